"""What is kept of the pages that may show the chat."""

from __future__ import annotations

import json
import stat
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import EmbedError, FilterError, IndexDamagedError
from rag.core.filters import DateRange, Filters
from rag.web.embed.filter_schema import FilterFields, narrowed
from rag.web.embed.store import FILE, EmbedStore, Issuer, origin_of

ORIGIN = "https://portal.example"


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://portal.example", "https://portal.example"),
        ("https://Portal.Example/", "https://portal.example"),
        ("https://portal.example:443", "https://portal.example"),
        ("http://localhost:8010", "http://localhost:8010"),
        ("http://portal.example:80/", "http://portal.example"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:8010", "http://[::1]:8010"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(written: str, origin: str) -> None:
    assert origin_of(written) == origin


@pytest.mark.parametrize(
    "written",
    [
        "", "*", "null", "portal.example", "https://", "https://*.portal.example", "https://portal.example/path",
        "https://portal.example?x", "https://ada@portal.example", "ftp://portal.example", "javascript:alert(1)",
        "https://portal.example:99999", "https://portal.example, https://evil.example", "https://[::1",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(ValueError, match="is not an origin"):
        origin_of(written)
    with pytest.raises(EmbedError):
        EmbedStore(tmp_path).create("portal", (written,))
    assert EmbedStore(tmp_path).all() == ()


@given(st.text(max_size=60))
def test_an_origin_once_read_stays_the_same(text: str) -> None:
    try:
        origin = origin_of(text)
    except ValueError:
        return
    assert origin_of(origin) == origin


def test_nothing_is_allowed_that_was_not_made(tmp_path: Path) -> None:
    store = EmbedStore(tmp_path)
    assert not store.allows(ORIGIN)
    made = store.create("portal", (ORIGIN,))
    assert store.allows(ORIGIN) and not store.allows("http://portal.example")
    assert store.find(made.id) == made and store.find("portal") is None
    store.change("portal", is_active=False)
    assert not store.allows(ORIGIN)


def test_another_process_sees_a_change_at_once(tmp_path: Path) -> None:
    one, other = EmbedStore(tmp_path), EmbedStore(tmp_path)
    made = one.create("portal", (ORIGIN,))
    assert other.find(made.id) == made
    one.change("portal", origins=("https://new.example",))
    assert other.allows("https://new.example") and not other.allows(ORIGIN)
    one.delete("portal")
    assert other.all() == ()


def test_secrets_are_long_and_only_for_who_runs_footnote(tmp_path: Path) -> None:
    store = EmbedStore(tmp_path)
    made = store.create("portal", (ORIGIN,))
    assert len(made.secrets[0].value) >= 43
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert made.secrets[0].value not in repr(made)


def test_names_are_told_apart_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    store = EmbedStore(tmp_path)
    store.create("portal", (ORIGIN,))
    with pytest.raises(EmbedError, match="already"):
        store.create("Portal", (ORIGIN,))
    with pytest.raises(EmbedError, match=r"Choose one of: portal\."):
        store.named("prtal")
    for name in ("", "a b", "-x", "x" * 65, "ä"):
        with pytest.raises(EmbedError, match="name"):
            store.create(name, (ORIGIN,))
    with pytest.raises(EmbedError, match="origins"):
        store.create("bare", ())


def test_a_token_must_say_for_which_embed_it_is(tmp_path: Path) -> None:
    store = EmbedStore(tmp_path)
    issuer = Issuer(keys="keys.json", name="https://login.example", audience="footnote")
    store.create("one", (ORIGIN,), issuer=issuer)
    with pytest.raises(EmbedError, match="same issuer and audience"):
        store.create("two", (ORIGIN,), issuer=issuer)


def test_many_who_write_at_once_lose_nothing(tmp_path: Path) -> None:
    def make(number: int) -> None:
        EmbedStore(tmp_path).create(f"portal-{number}", (ORIGIN,))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.name for one in EmbedStore(tmp_path).all()) == sorted(f"portal-{number}" for number in range(12))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"embeds": [{}]}', '{"schema_version": 2}', "\x00"])
def test_a_damaged_file_lets_nobody_in_and_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    with pytest.raises(IndexDamagedError, match="move it away"):
        EmbedStore(tmp_path).all()
    with pytest.raises(IndexDamagedError):
        EmbedStore(tmp_path).create("portal", (ORIGIN,))
    assert (tmp_path / FILE).read_text() == content


def test_what_is_kept_reads_back_the_same(tmp_path: Path) -> None:
    fields = FilterFields(sources=("The Coast Gazette",), tags=("harbour",), since=date(2024, 1, 1))
    made = EmbedStore(tmp_path).create("portal", (ORIGIN, "http://localhost:8010"), fields)
    assert EmbedStore(tmp_path).all() == (made,)
    assert json.loads((tmp_path / FILE).read_text())["schema_version"] == 1
    assert made.filters.filters() == Filters(("The Coast Gazette",), ("harbour",), (), DateRange(date(2024, 1, 1)))


def test_filters_within_those_of_an_embed() -> None:
    fixed = Filters(("The Coast Gazette", "Courier"), (), (), DateRange(date(2024, 1, 1), date(2024, 6, 30)))
    asked = Filters(("the coast gazette",), ("harbour",), (), DateRange(date(2024, 3, 1), date(2025, 1, 1)))
    assert narrowed(fixed, asked) == Filters(
        ("the coast gazette",), ("harbour",), (), DateRange(date(2024, 3, 1), date(2024, 6, 30))
    )
    assert narrowed(fixed, Filters()) == fixed
    with pytest.raises(FilterError, match="cannot be asked for here"):
        narrowed(fixed, Filters(("The Secret Times",)))
    with pytest.raises(FilterError, match="ends"):
        narrowed(fixed, Filters(published=DateRange(date(2025, 1, 1), None)))


def test_what_depends_on_what_is_there_is_not_lost_when_many_change_it(tmp_path: Path) -> None:
    EmbedStore(tmp_path).create("portal", (ORIGIN,))
    now = datetime.now(UTC)

    def revoke(number: int) -> None:
        EmbedStore(tmp_path).revise(
            "portal", lambda one: {"revoked_tokens": {**one.revoked_tokens, f"token-{number}": now}}
        )

    threads = [threading.Thread(target=revoke, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(EmbedStore(tmp_path).named("portal").revoked_tokens) == 12
