from __future__ import annotations

import bz2
import gzip
import json

import pytest

import tests.ingest.readers.sample_files as made
from rag.core.errors import ArticleError
from rag.ingest.readers import file_types
from rag.ingest.readers.document import Document
from rag.ingest.readers.file_types import is_wanted, recognise

HTML = b"<!DOCTYPE html><html><body><p>x</p></body></html>"
MAIL = b"From: a@b\nTo: c@d\nSubject: x\nDate: Fri, 17 May 2024 09:30:00 +0200\n\nText."
FEED = b"<?xml version='1.0'?><rss><channel><item><title>x</title></item></channel></rss>"
DOCX = made.docx(made.paragraph("x"))
PPTX = made.pptx([made.slide(made.shape("x"))])
XLSX = made.xlsx({"One": "<row/>"})
EPUB = made.epub({"a.xhtml": "<p>x</p>"})
ODT = made.odt("<text:p>x</text:p>")
PDF = made.pdf([[(50, 50, 10, "x")]])
ZIP = made.packed({"a.txt": "x"})


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (PDF, "a.doc", file_types.PDF),
        (b"\xef\xbb\xbf\n" + PDF, "a", file_types.PDF),
        (b"junk first\n" + PDF, "a.pdf", file_types.PDF),
        (DOCX, "a.zip", file_types.WORD),
        (DOCX, "a.txt", file_types.WORD),
        (PPTX, "a.docx", file_types.SLIDES),
        (XLSX, "a.docx", file_types.SPREADSHEET),
        (EPUB, "a.zip", file_types.EPUB),
        (ODT, "a.epub", file_types.OPEN_DOCUMENT),
        (ZIP, "a.docx", file_types.ARCHIVE),
        (HTML, "a.txt", file_types.HTML),
        (HTML, "a.md", file_types.HTML),
        (HTML, "a.pdf", file_types.HTML),
        (b"\n<!-- saved -->\n" + HTML, "a", file_types.HTML),
        (b"<?xml version='1.0'?><html xmlns='x'/>", "a", file_types.HTML),
        (HTML.decode().encode("utf-16"), "a.txt", file_types.HTML),
        (b"just words", "a.html", file_types.HTML),
        (FEED, "a.xml", file_types.FEED),
        (FEED, "a.txt", file_types.FEED),
        (MAIL, "a.txt", file_types.MAIL),
        (MAIL, "", file_types.MAIL),
        (b"Text", "a.eml", file_types.MAIL),
        (b'{"text": "x"}\n{"text": "y"}', "a.txt", file_types.JSONL),
        (b'{"text": "x"}\n{"text": "y"}', "a.json", file_types.JSONL),
        (b'{"text": "x"}', "a.json", file_types.JSON),
        (b'[{"text": "x"}]', "a", file_types.JSON),
        (b'[ {\n"text": "x"}]', "a.txt", file_types.JSON),
        (b"[1] A footnote.", "a.txt", file_types.TEXT),
        (b"{not json}", "a.txt", file_types.TEXT),
        (b"{", "a.jsonl", file_types.JSONL),
        (b"id;text\n1;x", "a.txt", file_types.CSV),
        (b"name,price\n1,x", "a.tsv", file_types.CSV),
        (b"text", "a.md", file_types.MARKDOWN),
        (b"---\ntitle: x\n---\ntext", "a.txt", file_types.MARKDOWN),
        (b"# Title\n\nText", "a", file_types.MARKDOWN),
        (b"# no Markdown", "a.txt", file_types.TEXT),
        (b"---\nA line of dashes.\n---", "a.txt", file_types.TEXT),
        (b"words", "a.pdf", file_types.TEXT),
        (b"words", "Report 3.5", file_types.TEXT),
        (b"%PDF- is how they begin", "notes.txt", file_types.PDF),
        (b"They begin with %PDF-", "notes.txt", file_types.TEXT),
        (b"", "a.txt", file_types.TEXT),
        (b"<p align=center>Logo</p>\n\n# Title", "a.md", file_types.MARKDOWN),
    ],
)
def test_kind_is_told_by_the_bytes_first(content: bytes, name: str, kind: file_types.FileType) -> None:
    assert recognise(Document(content, name, "a", "/a")).name == kind.name


def ole(part: str) -> bytes:
    return file_types.OLD_OFFICE + b"\0" * 600 + part.encode("utf-16-le")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (ole("WordDocument"), r"before 2007. Save it as .docx"),
        (ole("Workbook"), r"Save it as .xlsx"),
        (ole("PowerPoint Document"), r"Save it as .pptx"),
        (ole("EncryptedPackage"), r"has a password"),
        (ole("__substg1.0_0037001F"), r"Save it as .eml"),
        (rb"{\rtf1 x}", r"RTF file. Save it as .docx"),
        (gzip.compress(b"x", mtime=0), r"type of archive is not supported"),
        (bz2.compress(b"x"), r"type of archive is not supported"),
        (b"\x89PNG\r\n\x1a\n", r"picture.*OCR"),
        (b"\xff\xd8\xff\xe0", r"picture.*OCR"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8", r"picture.*OCR"),
        (b"%!PS-Adobe", r"Convert it to PDF"),
        (b"<?xml version='1.0'?><svg/>", r"type of XML is not supported \(svg\)"),
        (b"\x7fELF\x02\x01\x01\x00\x00", r"not text or another supported type"),
        (b"PK\x03\x04", r"damaged or cut short"),
    ],
)
def test_kinds_that_are_not_read_are_refused_by_name(content: bytes, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        recognise(Document(content, "a.txt", "a", "/a"))


@pytest.mark.parametrize(
    ("name", "head", "wanted"),
    [
        ("a.md", b"", True),
        ("deep/er/A.PDF", b"", True),
        ("a.doc", b"", True),
        (".a.md", b"", False),
        (".git/a.md", b"", False),
        ("__MACOSX/a.md", b"", False),
        ("~$a.docx", b"", False),
        ("README.md", b"", False),
        ("questions.jsonl", b"", False),
        ("qa.csv", b"", False),
        ("picture.png", b"Some text.", False),
        ("program.py", b"print()", False),
        ("a.json", b'{"name": "x"}', False),
        ("a.json", json.dumps([{"text": "x"}]).encode(), True),
        ("a.bak", PDF, True),
        ("a.bak", DOCX, True),
        ("a.bak", ODT, True),
        ("a.bak", EPUB, True),
        ("a.bak", HTML, True),
        ("a.bak", MAIL, True),
        ("program.jar", ZIP, False),
        ("LETTER", b"Dear all,", True),
        ("Report 3.5", b"Words", True),
        ("LICENSE", b"Words", False),
        ("Makefile", b"all:", False),
        ("core", b"\x7fELF\0\0", False),
        ("empty", b"", False),
    ],
)
def test_files_that_nobody_named_are_wanted_or_not(name: str, head: bytes, wanted: bool) -> None:
    assert is_wanted(name, lambda: head) is wanted


def test_no_ending_belongs_to_two_kinds() -> None:
    assert len(file_types.SUFFIXES) == sum(len(kind.suffixes) for kind in file_types.FILE_TYPES)
