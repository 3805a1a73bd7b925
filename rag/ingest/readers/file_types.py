"""Recognise the format of a document by its bytes, and by its name only if the bytes are not enough."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from rag.core.errors import ArticleError
from rag.ingest.readers import (
    csv_table,
    docx,
    email,
    epub,
    feed,
    html,
    jsonl,
    markdown,
    odf,
    pdf,
    plain_text,
    pptx,
    xlsx,
    xml,
    zip_reader,
)
from rag.ingest.readers.document import Document, Reader

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class FileType:
    """A format: what people call it, its file extensions, and its reader."""

    name: str
    suffixes: tuple[str, ...]
    read: Reader


MARKDOWN = FileType("Markdown", (".md", ".markdown"), markdown.read)
TEXT = FileType("plain text", (".txt", ".text"), plain_text.read)
HTML = FileType("web page", (".html", ".htm", ".xhtml"), html.read)
PDF = FileType("PDF", (".pdf",), pdf.read)
WORD = FileType("Word", (".docx", ".docm"), docx.read)
SLIDES = FileType("PowerPoint", (".pptx", ".pptm", ".ppsx"), pptx.read)
SPREADSHEET = FileType("Excel", (".xlsx", ".xlsm"), xlsx.read)
OPEN_DOCUMENT = FileType("OpenDocument", (".odt", ".odp", ".ods"), odf.read)
EPUB = FileType("EPUB", (".epub",), epub.read)
MAIL = FileType("e-mail", (".eml", ".mht", ".mhtml"), email.read)
FEED = FileType("feed", (".rss", ".atom"), feed.read)
JSONL = FileType("JSONL", (".jsonl", ".ndjson"), jsonl.read)
JSON = FileType("JSON", (".json",), jsonl.read_json)
CSV = FileType("CSV", (".csv", ".tsv"), csv_table.read)
ARCHIVE = FileType("ZIP", (".zip",), zip_reader.read)

FILE_TYPES = (
    MARKDOWN, TEXT, HTML, PDF, WORD, SLIDES, SPREADSHEET, OPEN_DOCUMENT, EPUB, MAIL, FEED, JSONL, JSON, CSV, ARCHIVE,
)  # fmt: skip
SUFFIXES = {suffix: kind for kind in FILE_TYPES for suffix in kind.suffixes}

OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Unsupported formats by their first bytes, and what to do instead.
UNSUPPORTED = {
    rb"\{\\rtf": "This is an RTF file. Save it as .docx, .odt or PDF.",
    rb"\x1f\x8b|BZh[1-9]|\xfd7zXZ\0|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07": (
        "This type of archive is not supported. Unpack it and give the files, or pack them as ZIP."
    ),
    rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\0|MM\0\*|RIFF....WEBP|BM....\0\0\0\0|....ftyp(?:hei|mif|avi)": (
        "This is a picture. Run text recognition (OCR) on it, and give the resulting text or PDF."
    ),
    rb"%!PS": "This is a PostScript file. Convert it to PDF.",
}
PACKED = {"word/": WORD, "ppt/": SLIDES, "xl/": SPREADSHEET}
OPEN_DOCUMENT_TYPE = b"application/vnd.oasis.opendocument."
EPUB_TYPE = b"application/epub+zip"
# The beginning of a ZIP file that is a document: the first member has a typical name.
DOCUMENT_PACKAGE = re.compile(
    rb"PK\x03\x04.{26}(?:\[Content_Types\]\.xml|_rels/|docProps/|word/|xl/|ppt/|mimetypeapplication/(?:epub|vnd\.oasis))",
    re.DOTALL,
)
COMMENT = re.compile(r"<!--.*?(?:-->\s*|\Z)", re.DOTALL)
BEGINS_HTML = re.compile(r"(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
BEGINS_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n[A-Za-z_-]+[ \t]*:.*?\n---\s", re.DOTALL)
BEGINS_OBJECTS = re.compile(r'\[\s*\{\s*"')
EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,9}\Z")
NO_ARTICLES = set("readme license licence copying makefile dockerfile authors contributors notice".split())
QUESTIONS = {"questions", "qa"}


def recognise(document: Document) -> FileType:
    """Return the format of a document. Raises ArticleError, with what to do instead, if it is not supported."""
    content = document.content
    head = content[:HEAD_BYTES]
    begins_late = document.suffix == ".pdf" and b"%PDF-" in head[:1024]
    if begins_late or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_type(content)
    if head.startswith(OLD_OFFICE):
        raise ArticleError(_old_office(content))
    for beginning, reason in UNSUPPORTED.items():
        if re.match(beginning, head, re.DOTALL):
            raise ArticleError(reason)
    if plain_text.is_binary(content):
        raise ArticleError(plain_text.NOT_TEXT)
    return _text_type(document, plain_text.preview(head))


def is_wanted(name: str, read_head: Callable[[], bytes]) -> bool:
    """Return whether a file in a folder or an archive is read as an article.

    Wanted are supported extensions, other files whose first bytes are those of a document, and text without an
    extension. Hidden files, READMEs and files of questions are not.
    """
    path = PurePosixPath(name)
    stem = path.stem.lower()
    suffix = path.suffix.lower()
    if any(part.startswith((".", "~$", "__MACOSX")) for part in path.parts) or stem == "readme":
        return False
    if suffix in {".jsonl", ".json", ".csv"} and stem in QUESTIONS:
        return False
    if suffix == ".json":
        return bool(re.search(rb'"(?:text|body|content|articles)"\s*:', read_head()[:HEAD_BYTES]))
    if suffix in SUFFIXES or suffix in {".doc", ".xls", ".ppt", ".rtf"}:
        return True
    head = read_head()[:HEAD_BYTES]
    if head.startswith(b"%PDF-") or DOCUMENT_PACKAGE.match(head) or email.is_mail(head):
        return True
    begins = plain_text.preview(head)
    if BEGINS_HTML.match(COMMENT.sub("", begins)):
        return True
    return (
        not EXTENSION.search(path.name) and bool(begins) and stem not in NO_ARTICLES and not plain_text.is_binary(head)
    )


def extensions() -> str:
    """Return the supported file extensions, for messages."""
    return ", ".join(sorted(SUFFIXES))


def _zip_type(content: bytes) -> FileType:
    package = zip_reader.ZipReader(content)
    declared = package.read_optional("mimetype")[:100]
    if declared.startswith(EPUB_TYPE):
        return EPUB
    if declared.startswith(OPEN_DOCUMENT_TYPE):
        return OPEN_DOCUMENT
    if "[Content_Types].xml" in package:
        for folder, kind in PACKED.items():
            if any(name.startswith(folder) for name in package.names):
                return kind
    return EPUB if epub.CONTAINER in package else ARCHIVE


def _old_office(content: bytes) -> str:
    def named(part: str) -> bool:
        return part.encode("utf-16-le") in content

    if named("EncryptedPackage"):
        return "The file has a password. Save it without one."
    if named("__substg1.0_"):
        return "This is an Outlook message. Save it as .eml."
    newer = ".docx" if named("WordDocument") else ".xlsx" if named("Workbook") or named("Book") else ".pptx"
    return f"This is a file of Office before 2007. Save it as {newer}."


def _text_type(document: Document, begins: str) -> FileType:
    """Return the format of a text; ``begins`` is its decoded beginning."""
    suffix = document.suffix
    by_suffix = SUFFIXES.get(suffix)
    if BEGINS_HTML.match(COMMENT.sub("", begins)):
        return HTML
    root = xml.root_name(document.content) if begins.startswith("<") else ""
    if feed.is_feed(document.content) and root:
        return FEED
    if begins.startswith("<?xml") and by_suffix is not HTML:
        raise ArticleError(f"This type of XML is not supported ({root or 'damaged'}). Save it as HTML or text.")
    if by_suffix in {JSONL, CSV, HTML, MAIL} and by_suffix:
        return by_suffix
    objects = begins.startswith("{") and jsonl.is_jsonl(document.content)
    if by_suffix is JSON:
        return JSONL if objects and re.search(r"\}\s*\n\s*\{", begins) else JSON
    if objects:
        return JSONL
    if BEGINS_OBJECTS.match(begins):
        return JSON
    if by_suffix is MARKDOWN:
        return MARKDOWN
    if email.is_mail(document.content):
        return MAIL
    if csv_table.is_table(begins):
        return CSV
    if BEGINS_FRONT_MATTER.match(begins) or (by_suffix is not TEXT and re.match(r"#{1,3} \S", begins)):
        return MARKDOWN
    return TEXT
