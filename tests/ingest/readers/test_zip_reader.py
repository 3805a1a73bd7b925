from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.ingest.readers import zip_reader
from rag.ingest.readers.document import Document
from rag.ingest.readers.zip_reader import ZipReader, read, safe_name
from tests.ingest.readers.sample_files import packed


def found(content: bytes, depth: int = 0) -> list[object]:
    return list(read(Document(content, "all.zip", "all", "/folder/all.zip", depth=depth)))


def test_members_are_documents() -> None:
    one, two = found(packed({"a/": "", "a/b.md": "x", "c d.TXT": "y"}))
    assert isinstance(one, Document)
    assert (one.content, one.name, one.suggested_id, one.depth) == (b"x", "a/b.md", "all/a/b", 1)
    assert one.origin == "/folder/all.zip"
    assert isinstance(two, Document)
    assert two.suggested_id == "all/c d"


@pytest.mark.parametrize(
    ("member", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("..\\..\\windows\\x.txt", "windows/x.txt"),
        ("C:\\x.txt", "x.txt"),
        ("a/./b//c", "a/b/c"),
        ("..", ""),
        ("a\nb\x00\ud800.txt", "a b\ufffd.txt"),
    ],
)
def test_names_lead_nowhere(member: str, label: str) -> None:
    assert safe_name(member) == label


@given(st.text())
def test_no_name_leads_anywhere(member: str) -> None:
    label = safe_name(member)
    assert not label.startswith("/")
    assert ".." not in label.split("/")
    assert label.encode().decode() == label


def test_member_without_a_name_is_passed_over() -> None:
    nameless = zipfile.ZipInfo("x")
    nameless.filename = ""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(nameless, "x")
        archive.writestr("a.txt", "y")
    (member,) = found(buffer.getvalue())
    assert isinstance(member, Document)
    assert member.name == "a.txt"


def test_archives_too_deep_in_others_stay_closed() -> None:
    found(packed({"a.txt": "x"}), depth=1)
    with pytest.raises(ArticleError, match="opened 2 deep"):
        found(packed({"a.txt": "x"}), depth=2)


def test_member_that_is_too_large_is_named_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.zip_reader.MAX_BYTES", 10)
    error, member = found(packed({"large.txt": "x" * 11, "b.txt": "y"}))
    assert "large.txt in the archive: The file has" in str(error)
    assert isinstance(member, Document)


def test_damaged_member_is_named_and_the_next_is_read() -> None:
    content = packed({"a.txt": "unlikely words", "b.txt": "y"}, zipfile.ZIP_STORED)
    error, member = found(content.replace(b"unlikely", b"UNLIKELY", 1))
    assert "a.txt in the archive: It is damaged" in str(error)
    assert isinstance(member, Document)


def test_bomb_is_refused_before_it_bursts() -> None:
    bomb = packed({"a.txt": b"\0" * (32 << 20)})
    assert len(bomb) < 50_000
    with pytest.raises(ArticleError, match="made to fill memory"):
        ZipReader(bomb)


def test_bomb_of_members_that_share_their_bytes_is_refused() -> None:
    """Many entries of the directory point to the same member, so that the file stays small."""
    one = packed({"a.txt": b"\0" * (4 << 20)})
    directory = one[one.index(b"PK\x01\x02") : one.index(b"PK\x05\x06")]
    entries = b"".join(directory.replace(b"a.txt", b"%05d" % number) for number in range(2000))
    members = one[: one.index(b"PK\x01\x02")]
    end = b"PK\x05\x06" + b"\0" * 4 + (2000).to_bytes(2, "little") * 2
    end += len(entries).to_bytes(4, "little") + len(members).to_bytes(4, "little") + b"\0\0"
    with pytest.raises(ArticleError, match="made to fill memory"):
        ZipReader(members + entries + end)


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_reader, "MAX_MEMBERS", 10)
    for members in (11, 50):
        with pytest.raises(ArticleError, match="at most 10 are read"):
            ZipReader(packed({f"{number}.txt": "x" for number in range(members)}))


def test_members_with_a_password_or_of_another_packing_are_refused() -> None:
    content = bytearray(packed({"a.txt": "x"}))
    for place, flags in ((content.index(b"PK\x03\x04") + 6, 1), (content.index(b"PK\x01\x02") + 8, 1)):
        content[place] = flags
    with pytest.raises(ArticleError, match="password"):
        ZipReader(bytes(content)).read("a.txt")
    with pytest.raises(ArticleError, match="compression method is not supported"):
        ZipReader(packed({"a.txt": "x" * 99}, zipfile.ZIP_LZMA)).read("a.txt")


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x05\x06" + b"\xff" * 30, packed({"a": "x" * 99})[:-30]])
def test_damaged_archive_is_refused(content: bytes) -> None:
    with pytest.raises(ArticleError, match="damaged or cut short"):
        ZipReader(content)


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.binary(max_size=50), max_size=5))
def test_what_is_packed_is_read(members: dict[str, bytes]) -> None:
    buffer = io.BytesIO()
    members = {name: content for name, content in members.items() if name.isprintable() and "/" not in name}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    opened = ZipReader(buffer.getvalue())
    assert {name: opened.read(name) for name in opened.names} == members
