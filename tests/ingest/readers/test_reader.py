from __future__ import annotations

import json
import os
import pickle
import socket
from pathlib import Path

import pytest

import tests.ingest.readers.sample_files as made
from rag.core.types import Article
from rag.ingest.readers import Document, Unreadable, find_files, load, read_document
from rag.ingest.readers.document import MAX_BYTES

MAIL = b"From: Ina <i@x>\nSubject: Mail\nDate: Fri, 17 May 2024 09:30:00 +0200\n"
MAIL += b"Content-Type: multipart/mixed; boundary=b\n\n"


def write(tmp_path: Path, name: str, content: bytes) -> Path:
    file = tmp_path / name
    file.write_bytes(content)
    return file


def articles_of(content: bytes, name: str = "all.zip") -> list[Article]:
    found = list(read_document(Document(content, name, "all", f"/folder/{name}")))
    assert all(isinstance(one, Article) for one in found), found
    return [one for one in found if isinstance(one, Article)]


def test_articles_of_an_archive_have_ids_and_origins_of_their_own() -> None:
    inner = made.packed({"e.txt": "E"})
    rows = "\n".join(json.dumps({"id": "row", "text": text}) for text in "C")
    found = articles_of(
        made.packed(
            {
                "a.md": "---\nid: own\n---\nA",
                "sub/a.md": "---\nid: own\n---\nB",
                "c.jsonl": rows,
                "d.docx": made.docx(made.paragraph("D")),
                "inner.zip": inner,
                "picture.png": b"\x89PNG\r\n\x1a\n",
                "README.md": "no",
                "__MACOSX/a.md": "no",
            }
        )
    )
    assert [(one.id, one.text) for one in found] == [
        ("own", "A"),
        ("own-2", "B"),
        ("row", "C"),
        ("all/d", "D"),
        ("all/inner/e", "E"),
    ]
    assert [one.origin for one in found] == [f"/folder/all.zip#{one.id}" for one in found]


def test_message_and_what_is_attached_are_articles() -> None:
    table = b"Content-Disposition: attachment; filename=t.csv\n\ntext\nrow\n"
    picture = b"Content-Disposition: attachment; filename=p.png\n\n\x89PNG\n"
    body = b"--b\n\nWords.\n--b\n" + table + b"--b\n" + picture + b"--b--\n"
    message, row = articles_of(MAIL + body, "m.eml")
    assert (message.title, message.origin) == ("Mail", "/folder/m.eml")
    assert (row.text, row.origin) == ("row", "/folder/m.eml#all/t-1")


def test_what_cannot_be_read_in_an_archive_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    deepest = made.packed({"deep.zip": made.packed({"x.txt": "x"})})
    members = {"a.pdf": "%PDF-1.4", "b.txt": b"\0\1\2", "c.txt": "C", "d.zip": deepest, "e.doc": made.packed({})[:9]}
    file = write(tmp_path, "all.zip", made.packed(members))
    found = list(load(file, "all"))
    reasons = [one.reason for one in found if isinstance(one, Unreadable)]
    assert [one.text for one in found if isinstance(one, Article)] == ["C"]
    assert [reason.partition(":")[0] for reason in reasons] == [
        "a.pdf in it",
        "b.txt in it",
        "deep.zip in it",
        "e.doc in it",
    ]
    assert all(one.source == str(file) for one in found if isinstance(one, Unreadable))


@pytest.mark.parametrize("members", [{}, {"p.png": b"\x89PNG"}, {"README.md": "x"}])
def test_archive_without_articles_is_unreadable(tmp_path: Path, members: dict[str, bytes]) -> None:
    (found,) = load(write(tmp_path, "a.zip", made.packed(members)), "a")
    assert isinstance(found, Unreadable)
    assert "has no article" in found.reason


def test_archives_share_their_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.reader.MAX_MEMBERS", 5)
    inner = made.packed({f"{number}.txt": "x" for number in range(4)})
    found = list(read_document(Document(made.packed({"a.zip": inner, "b.zip": inner}), "all.zip", "all", "/all")))
    assert sum(isinstance(one, Article) for one in found) == 4
    assert "the rest was left out" in str(found[-1])


def test_messages_in_messages_end_somewhere() -> None:
    message = b"From: a\nSubject: deepest\nDate: x\n\nText"
    for number in range(8):
        part = b"--b%d\nContent-Type: message/rfc822\n\n%s\n--b%d--\n" % (number, message, number)
        message = MAIL.replace(b"=b", b"=b%d" % number) + b"--b%d\n\nWords.\n" % number + part
    found = list(read_document(Document(message, "m.eml", "m", "/m")))
    assert sum(isinstance(one, Article) for one in found) == 6
    assert "are nested" in str(found[-1])


def test_document_that_takes_too_much_is_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, reason in ((MemoryError(), "more memory than is available"), (RecursionError(), "nested too deeply")):
        monkeypatch.setattr(
            "rag.ingest.readers.reader.recognise", lambda document, error=error: (_ for _ in ()).throw(error)
        )
        (found,) = read_document(Document(b"x", "a.txt", "a", "/a"))
        assert reason in str(found)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.md", b"", "empty"),
        ("binary.txt", b"\x00\x01\x02", "not text"),
        ("broken.md", b"---\na: [\n---\ntext", "front matter"),
        ("date.md", b"---\ndate: 2024-13-41\n---\ntext", "front matter|date"),
        ("deep.md", b"---\na: " + b"[" * 1500 + b"\n---\ntext", "front matter|nested"),
        ("broken.jsonl", b"{", "Line 1"),
        ("program.exe", b"MZ\x00\x00", "not text or another supported type"),
    ],
)
def test_file_that_cannot_be_read_comes_back_with_a_reason(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    file = write(tmp_path, name, data)
    (found,) = load(file, "id")
    assert isinstance(found, Unreadable)
    assert found.source == str(file)
    assert any(part in found.reason for part in reason.split("|"))


def test_file_that_vanished_comes_back_with_a_reason(tmp_path: Path) -> None:
    (found,) = load(tmp_path / "gone.md", "gone")
    assert isinstance(found, Unreadable)
    assert "cannot be opened (No such file or directory)" in found.reason


def test_file_name_that_is_not_utf8_comes_back_with_a_reason(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    try:
        file.write_text("Some text.")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (found,) = load(file, "cafe")
    assert isinstance(found, Unreadable)
    assert "name is not UTF-8" in found.reason
    assert found.source.encode().decode() == f"{tmp_path}/caf?.md"


@pytest.mark.parametrize("name", ["huge.txt", "huge.jsonl", "huge.pdf"])
def test_file_over_the_limit_is_refused_without_reading_it(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    with file.open("wb") as sparse:
        sparse.truncate(2 << 30)
    (found,) = load(file, "huge")
    assert isinstance(found, Unreadable)
    assert "has 2,048 MiB; the limit is 100 MiB" in found.reason


def test_jsonl_over_the_limit_is_read_a_line_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.readers.reader.MAX_BYTES", 100)
    file = write(tmp_path, "all.txt", b'{"text": "x"}\n' * 20)
    assert sum(isinstance(one, Article) for one in load(file, "all")) == 20
    assert MAX_BYTES == 100 << 20


def test_pipes_folders_devices_and_sockets_are_refused_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.md")
        for path, kind in (
            (tmp_path / "pipe.md", "a named pipe"),
            (tmp_path, "a folder"),
            (Path("/dev/zero"), "a device or a socket"),
            (tmp_path / "socket.md", "a device or a socket"),
        ):
            (found,) = load(path, "x")
            assert isinstance(found, Unreadable)
            assert found.reason.startswith(f"This is {kind}")


def test_what_goes_between_processes_can_be_pickled(tmp_path: Path) -> None:
    file = write(tmp_path, "a.md", b"# T\n\nx\n\n## H")
    again_find, again_load = pickle.loads(pickle.dumps((find_files, load)))
    found = [one for path, suggested in again_find([tmp_path]) for one in again_load(path, suggested)]
    assert pickle.loads(pickle.dumps(found)) == list(load(file, "a"))
