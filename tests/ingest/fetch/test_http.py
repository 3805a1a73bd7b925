from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.settings import Settings
from rag.ingest.fetch.http import (
    USER_AGENT,
    Limits,
    StatusError,
    display_url,
    fetch,
    gunzip,
    is_read,
    parse_address,
)
from tests.helpers.page_server import PageServer, serve_pages

QUICK = Limits(connect_seconds=2.0, read_seconds=0.15, total_seconds=0.25, content_bytes=100_000)


@pytest.fixture(scope="module")
def shared_site() -> Iterator[PageServer]:
    with serve_pages() as site:
        yield site


@pytest.fixture
def site(shared_site: PageServer) -> PageServer:
    shared_site.pages.clear()
    shared_site.asked.clear()
    return shared_site


@pytest.fixture
def private(settings: Settings) -> Settings:
    return settings.model_copy(update={"allow_private_addresses": True})


def resolve_as(monkeypatch: pytest.MonkeyPatch, names: dict[str, list[str]]) -> list[str]:
    """Let names have these addresses; returns the list of the names that were looked up."""
    real, looked_up = socket.getaddrinfo, []

    def getaddrinfo(host: str, port: int, *arguments: object, **named: object) -> list:
        if host not in names:
            return real(host, port, *arguments, **named)
        looked_up.append(host)
        return [answer for address in names[host] for answer in real(address, port, type=socket.SOCK_STREAM)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return looked_up


# What is fetched


def test_page_comes_with_what_its_server_says_of_it(site: PageServer, private: Settings) -> None:
    address = site.add("/a", b"<p>\xe4</p>", "Text/HTML; charset=ISO-8859-1")
    page = fetch(f" {address}#part ", private)
    assert (page.url, page.content, page.content_type, page.charset) == (
        address,
        b"<p>\xe4</p>",
        "text/html",
        "iso-8859-1",
    )


def test_request_says_who_asks_and_carries_nothing_else(site: PageServer, private: Settings) -> None:
    site.add("/a", "hello")
    fetch(f"{site.url}/a?x=1", private)
    (asked,) = site.asked
    assert asked.path == "/a?x=1"
    assert asked.headers["User-Agent"] == USER_AGENT
    assert asked.headers["Host"] == f"127.0.0.1:{site.port}"
    assert set(asked.headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}


def test_page_without_a_type_is_read_all_the_same(site: PageServer, private: Settings) -> None:
    page = fetch(site.add("/a", "hello", ""), private)
    assert (page.content, page.content_type) == (b"hello", "")


def test_compressed_page_is_unpacked(site: PageServer, private: Settings) -> None:
    address = site.add("/a", gzip.compress(b"hello " * 1000, mtime=0), Content_Encoding="gzip")
    assert fetch(address, private).content == b"hello " * 1000


def test_page_of_an_ipv6_address_is_fetched(private: Settings) -> None:
    try:
        with serve_pages("::1") as site:
            assert fetch(site.add("/a", "hello"), private).content == b"hello"
            assert site.asked[0].headers["Host"] == f"[::1]:{site.port}"
    except OSError:
        pytest.skip("this machine has no IPv6")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_the_last_address_is_told(site: PageServer, private: Settings, status: int) -> None:
    site.redirect("/old", "/folder/middle", status)
    site.redirect("/folder/middle", "../new?x=1#part", status)
    site.add("/new", "hello")
    assert fetch(f"{site.url}/old", private).url == f"{site.url}/new?x=1"


# Where nothing is fetched from


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "localhost.", "127.1", "0x7f000001", "2130706433", "0177.1"]
)
def test_this_machine_is_not_asked_however_it_is_spelled(site: PageServer, settings: Settings, host: str) -> None:
    site.add("/a", "secret")
    with pytest.raises(ArticleError, match="allow_private_addresses"):
        fetch(f"http://{host}:{site.port}/a", settings)
    assert site.asked == []


@pytest.mark.parametrize("host", ["[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[fc00::1]"])
def test_ipv6_disguises_are_refused(settings: Settings, host: str) -> None:
    with pytest.raises(ArticleError, match="private network or on this machine"):
        fetch(f"http://{host}/", settings)


def test_name_of_a_private_address_is_refused(
    site: PageServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_as(monkeypatch, {"inside.example": ["127.0.0.1"], "mixed.example": ["93.184.216.34", "127.0.0.1"]})
    for host in ("inside.example", "mixed.example"):
        with pytest.raises(ArticleError, match=rf"'{host}' is in a private network"):
            fetch(f"http://{host}:{site.port}/a", settings)
    assert site.asked == []


def test_redirect_to_a_private_address_is_refused(
    site: PageServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.redirect("/a", f"http://localhost:{site.port}/secret")
    site.add("/secret", "secret")
    resolve_as(monkeypatch, {"outside.example": ["127.0.0.1"]})
    first_alone = iter([True])
    monkeypatch.setattr("rag.core.network.is_public", lambda address: next(first_alone, False))
    with pytest.raises(ArticleError, match="'localhost' is in a private network"):
        fetch(f"http://outside.example:{site.port}/a", settings)
    assert site.paths() == ["/a"]


def test_connection_is_made_to_the_address_that_was_judged(
    site: PageServer, private: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name server that answers otherwise the second time gains nothing: it is asked once."""
    site.add("/a", "hello")
    looked_up = resolve_as(monkeypatch, {"rebinding.example": ["127.0.0.1"]})
    assert fetch(f"http://rebinding.example:{site.port}/a", private).content == b"hello"
    assert looked_up == ["rebinding.example"]
    assert site.asked[0].headers["Host"] == f"rebinding.example:{site.port}"


def test_next_address_of_a_name_is_tried_where_the_first_does_not_answer(
    site: PageServer, private: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.add("/a", "hello")
    resolve_as(monkeypatch, {"two.example": ["::1", "127.0.0.1"]})
    assert fetch(f"http://two.example:{site.port}/a", private).content == b"hello"


def test_proxies_of_the_environment_are_not_used(
    site: PageServer, private: Settings, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{site.port}")
    resolve_as(monkeypatch, {"inside.example": ["10.0.0.1"]})
    with pytest.raises(ArticleError, match="private network"):
        fetch("http://inside.example/", settings)
    assert site.asked == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("file:///etc/passwd", "Give one with http"),
        ("ftp://example.org/a", "Give one with http"),
        ("gopher://127.0.0.1:70/", "Give one with http"),
        ("example.org/a", "Give one with http"),
        ("//example.org/a", "Give one with http"),
        ("http://", "has no host"),
        ("http:///path", "has no host"),
        ("http://./", "has no host"),
        ("http://example.org:port/", "is not an address"),
        ("http://[::1", "is not an address"),
        ("http://exa\nmple.org/", "is not an address"),
        ("http://１２７.0.0.1/", "is not an address"),
        ("http://" + "x" * 70_000, "is not an address"),
        ("http://ina:secret@example.org/", "without them"),
        ("http://ina@example.org/", "without them"),
        ("http://example.org\\@127.0.0.1/", "without them"),
        ("https://:secret@example.org/", "without them"),
    ],
)
def test_address_that_is_none_is_refused(settings: Settings, address: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason) as refused:
        fetch(address, settings)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value)) < 500


@given(st.text(max_size=40) | st.from_regex(r"https?://[\[\]:@%\w.\\/?#-]{0,30}", fullmatch=True))
def test_any_text_is_an_address_or_an_article_error(text: str) -> None:
    try:
        url = parse_address(text)
    except ArticleError:
        return
    assert url.scheme in {"http", "https"}
    assert url.host
    assert not url.userinfo
    assert parse_address(str(url)) == url


@given(st.text(max_size=300))
def test_password_is_never_shown(path: str) -> None:
    message = display_url(f"https://ina:s3cr3t@example.org/{path}")
    assert "s3cr3t" not in message.replace(path, "")
    assert message.isprintable()
    assert len(message) <= 200


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "//user:pw@127.0.0.1/", "http://[", "ftp://127.0.0.1/", "data:text/html,hello"],
)
def test_redirect_to_what_is_no_page_is_refused(site: PageServer, private: Settings, location: str) -> None:
    with pytest.raises(ArticleError):
        fetch(site.redirect("/a", location), private)
    assert site.paths() == ["/a"]


def test_redirects_in_a_circle_end(site: PageServer, private: Settings) -> None:
    site.redirect("/a", "/b")
    with pytest.raises(ArticleError, match="redirects more than 5 times"):
        fetch(site.redirect("/b", "/a"), private)
    assert len(site.asked) == 6


def test_offline_opens_no_connection(site: PageServer, private: Settings) -> None:
    address = site.add("/a", "hello")
    with pytest.raises(ArticleError, match=r"because offline is set\. Run again with RAG_OFFLINE=0"):
        fetch(address, private.model_copy(update={"offline": True}))
    assert site.asked == []


# What is not taken


@pytest.mark.parametrize(
    ("status", "step"), [(404, "Check the address"), (403, "save the page"), (503, "Try again later"), (299, "Check")]
)
def test_status_is_told_with_the_next_step(site: PageServer, private: Settings, status: int, step: str) -> None:
    with pytest.raises(StatusError, match=rf"answered {status}.*{step}") as refused:
        fetch(site.fail("/a", status), private)
    assert refused.value.status == status


@pytest.mark.parametrize("kind", ["image/png", "video/mp4", "application/x-msdownload", "font/woff2", "image/svg+xml"])
def test_what_is_no_text_is_refused_by_its_type(site: PageServer, private: Settings, kind: str) -> None:
    with pytest.raises(ArticleError, match=rf"has the type '{kind.replace('+', '.')}', which is not supported"):
        fetch(site.add("/a", b"\0" * 10, kind), private)


@pytest.mark.parametrize(
    "kind",
    "text/html application/xhtml+xml application/rss+xml application/atom+xml application/xml text/xml text/plain "
    "text/markdown text/csv application/pdf application/json application/ld+json application/gzip "
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document application/octet-stream "
    "application/vnd.oasis.opendocument.text application/epub+zip message/rfc822".split(),
)
def test_what_may_hold_an_article_is_read(kind: str) -> None:
    assert is_read(kind)


def test_page_that_says_it_is_too_large_is_not_downloaded(site: PageServer, private: Settings) -> None:
    address = site.add("/a", "hello", Content_Length="99999999999999999999")
    with pytest.raises(ArticleError, match="more than 20 MiB"):
        fetch(address, private)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"x" * 10_000)


def test_endless_page_is_cut_off(site: PageServer, private: Settings) -> None:
    with pytest.raises(ArticleError, match="more than 0 MiB"):
        fetch(site.misbehave("/a", endless), private, limits=QUICK)


def test_bomb_is_refused(site: PageServer, private: Settings) -> None:
    with pytest.raises(ArticleError, match="more than"):
        fetch(site.add("/a", gzip.compress(bytes(1_000_000)), Content_Encoding="gzip"), private, limits=QUICK)


def test_bomb_is_not_unpacked_beyond_the_limit() -> None:
    bomb = gzip.compress(bytes(20_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(ArticleError, match="more than"):
            gunzip([bomb], 100_000)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "deflate", "made-up"])
def test_packing_that_was_not_asked_for_is_refused(site: PageServer, private: Settings, encoding: str) -> None:
    with pytest.raises(ArticleError, match="which is not supported"):
        fetch(site.add("/a", b"?", Content_Encoding=encoding), private)


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"x" * 1000, mtime=0)[:-9], b""])
def test_damaged_packing_is_told(site: PageServer, private: Settings, body: bytes) -> None:
    with pytest.raises(ArticleError, match=r"damaged|cut short"):
        fetch(site.add("/a", body, Content_Encoding="gzip"), private)


@given(st.binary(max_size=2000), st.integers(1, 50))
def test_gunzip_gives_back_what_was_packed_whatever_the_blocks(content: bytes, size: int) -> None:
    packed = gzip.compress(content, mtime=0)
    blocks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert gunzip(blocks, len(content)) == content
    if content:
        with pytest.raises(ArticleError):
            gunzip(blocks, len(content) - 1)


# Servers that misbehave


def silent(connection: socket.socket) -> None:
    time.sleep(0.5)


def slow_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(40):
        connection.sendall(b"X-A: b\r\n")
        time.sleep(0.05)


def slow_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(40):
        connection.sendall(b"x")
        time.sleep(0.05)


def endless_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-A: " + b"b" * 10_000 + b"\r\n")


def no_http(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n")


def hang_up(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nhalf")


def ever_continue(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("rude", "reason"),
    [
        (silent, r"sent nothing for 0\.15 seconds"),
        (slow_headers, r"took longer than 0\.25 seconds"),
        (slow_body, r"took longer than 0\.25 seconds"),
        (ever_continue, r"took longer than 0\.25 seconds"),
        (endless_headers, "broke"),
        (no_http, "broke"),
        (hang_up, "broke"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_rude_server_is_left_in_time(site: PageServer, private: Settings, rude, reason: str) -> None:
    started = time.monotonic()
    with pytest.raises(ArticleError, match=reason):
        fetch(site.misbehave("/a", rude), private, limits=QUICK)
    assert time.monotonic() - started < 1.0


def test_time_is_one_for_all_redirects(site: PageServer, private: Settings) -> None:
    def slow_redirect(connection: socket.socket) -> None:
        time.sleep(0.1)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /a\r\nContent-Length: 0\r\n\r\n")

    with pytest.raises(ArticleError, match=r"took longer than 0\.25 seconds"):
        fetch(site.misbehave("/a", slow_redirect), private, limits=QUICK)


def test_closed_port_is_told(private: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(ArticleError, match=r"127\.0\.0\.1 cannot be reached"):
            fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", private)


# Secure connections


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", "/CN=articles.example", "-addext", "subjectAltName=DNS:articles.example"]
    subprocess.run([*command, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return key, certificate


@contextmanager
def secure_server(key: Path, certificate: Path) -> Iterator[tuple[int, list[str | None]]]:
    """A port that answers every request with a page, and the names that its clients asked for."""
    context, names = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), []
    context.load_cert_chain(certificate, key)
    context.sni_callback = lambda connection, name, context: names.append(name)
    listening = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        while True:
            try:
                plain, _ = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65_536)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")
            except OSError:
                continue

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], names
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=5)


def test_certificate_is_checked_against_the_name_and_not_the_address(
    certificate: tuple[Path, Path], private: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve_as(monkeypatch, {"articles.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]})
    with secure_server(*certificate) as (port, names):
        with pytest.raises(ArticleError, match=r"No secure connection to articles\.example .*SSL_CERT_FILE"):
            fetch(f"https://articles.example:{port}/", private)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[1]))
        assert fetch(f"https://articles.example.:{port}/", private).content == b"hello"
        with pytest.raises(ArticleError, match=r"No secure connection to other\.example"):
            fetch(f"https://other.example:{port}/", private)
    assert names == ["articles.example", "articles.example", "other.example"]


def test_server_that_speaks_no_tls_is_told(site: PageServer, private: Settings) -> None:
    with pytest.raises(ArticleError, match="No secure connection"):
        fetch(site.add("/a", "hello").replace("http:", "https:"), private, limits=QUICK)
