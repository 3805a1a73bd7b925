"""Reads many damaged files of one kind, in a process of its own, which may hang, crash or eat memory without harm.

    python fuzz_worker.py KIND COUNT SEED

prints an object with what came of them. Any exception but ArticleError, an article that is wrong in itself, a write, a
connection or ten seconds of one file end the process with another exit code than 0.
"""

from __future__ import annotations

import faulthandler
import io
import json
import os
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable

import tests.ingest.readers.sample_files as made
from rag.core.types import Article
from rag.ingest.readers import Document, read_document

SECONDS = 10
MEMORY = 1 << 30
HTML = b"""<!doctype html><html lang="de"><head><meta charset="utf-8"><title>The ferry</title>
<meta name="author" content="Ina"><meta property="article:published_time" content="2024-05-17"></head><body>
<nav><a href="/">Home</a></nav><article><h1>The ferry</h1><p>The car ferry was sold on <b>Thursday</b>.</p><h2>Next</h2>
<p hidden>x</p><ul><li>one<li>two</ul><table><tr><td>a<td>b</table><pre>code</pre></article><footer>F</footer></body>"""
MAIL = b"""From: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <a@example.org>\nSubject: The ferry\nDate: Fri, 17 May 2024 09:30:00 +0200
MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Type: multipart/alternative; boundary=C\n
--C\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nF=E4hre\n--C
Content-Type: text/html\n\n<p>F</p>\n--C--\n--B\nContent-Disposition: attachment; filename*=utf-8''t%C3%A4.csv
Content-Type: text/csv\n\nid,text\n1,x\n--B\nContent-Type: message/rfc822\n\nFrom: x@y\nSubject: i\n\nInner\n--B--\n"""
FEED = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Gazette</title><item>
<title>Sold</title><link>https://example.org/1</link><pubDate>Fri, 17 May 2024 09:30:00 +0200</pubDate>
<description>&lt;p&gt;The ferry&lt;/p&gt;</description></item></channel></rss>"""
MARKDOWN = b"""---\ntitle: "The ferry"\ndate: 2024-05-17\ntags: [a, b]\n---\n# Sold\n\nThe *car* [ferry](x) was **old**.

## Next\n\n- one\n  - two\n\n1. three\n\n> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<div>html</div>\n
```\ncode\n```\n"""
ROWS = [{"id": "a", "title": "T", "text": "Words.", "date": "2024-05-17", "tags": ["x"]}, {"body": "More words."}]
LINES = "\n".join(map(json.dumps, ROWS)).encode()
DOCX = made.docx(
    made.paragraph("The ferry", "Titel"),
    made.paragraph("Next", "H1"),
    made.paragraph("Words of it.", "Bullets"),
    f"<w:tbl><w:tr><w:tc>{made.paragraph('a')}</w:tc><w:tc>{made.paragraph('b')}</w:tc></w:tr></w:tbl>",
    footnotes=f"<w:footnote>{made.paragraph('A note.')}</w:footnote>",
)
PDF = made.pdf(
    [made.printed_page("The car ferry was sold on Thurs-", "day.", heading="Sold"), made.printed_page("And so on.")],
    "/Title(The ferry)/Author(Ina)/CreationDate(D:20240517093000Z)",
    "/Lang(de-DE)",
)
SHAPES = [made.shape("Why", place="title"), made.shape("one", "two", place="body")]
SAMPLES: dict[str, bytes] = {
    "text.txt": "The ferry\n\nIt was sold on Thursday – für 5 €.\n".encode(),
    "latin.txt": "La traversée\n\nÀ Noël le café du théâtre a fermé.\n".encode("cp1252"),
    "wide.txt": "The ferry\n\nIt was sold on Thursday.\n".encode("utf-16"),
    "markdown.md": MARKDOWN,
    "page.html": HTML,
    "pages.pdf": PDF,
    "word.docx": DOCX,
    "slides.pptx": made.pptx([made.slide(*SHAPES), made.slide(*SHAPES)], {1: made.slide(SHAPES[1])}),
    "sheet.xlsx": made.xlsx(
        {"One": '<row><c r="A1" t="s"><v>0</v></c><c r="C1" s="1"><v>45429</v></c></row>', "Two": "<row/>"}, ["Name"]
    ),
    "open.odt": made.odt(
        '<text:p text:style-name="P1">The ferry</text:p><text:h text:outline-level="2">Next</text:h><text:list>'
        "<text:list-item><text:p>one</text:p></text:list-item></text:list><table:table><table:table-row>"
        "<table:table-cell><text:p>a</text:p></table:table-cell></table:table-row></table:table>"
    ),
    "book.epub": made.epub({"a.xhtml": "<h1>One</h1><p>Words.</p>", "b.xhtml": "<h2>Two</h2><p>More.</p>"}),
    "mail.eml": MAIL,
    "feed.rss": FEED,
    "rows.jsonl": LINES,
    "rows.json": json.dumps({"articles": ROWS}).encode(),
    "rows.csv": b'id,title,text,date\n1,T,"Words, ""quoted""",2024-05-17\n2,U,More,\n',
    "all.zip": made.packed(
        {"a.md": MARKDOWN, "b.html": HTML, "c.pdf": PDF, "d/e.zip": made.packed({"f.jsonl": LINES, "g.docx": DOCX})}
    ),
}
TOKENS = [
    *(
        b"\0",
        b"\xff" * 8,
        b"<",
        b">",
        b"&x;",
        b"&#1;",
        b"&#xffff;",
        b"<!--",
        b"<![CDATA[",
        b"]]>",
        b"<!DOCTYPE x [<!ENTITY y 'z'>]>",
    ),
    *(b"-1", b"99999999999999999999", b"1e999", b"NaN", b"PK\x03\x04", b"PK\x01\x02", b"%PDF-", b" 0 obj", b"stream\n"),
    *(b"<<", b"/Kids", b"/Count 4294967296", b"/Filter/FlateDecode", b"/Length 99999999", b"\r\n\r\n", b"\n---\n"),
    *(b"--B--", b"=?utf-8?b?/w==?=", b"{", b"[" * 200, b'"', b",", b"\xef\xbb\xbf", b"\xff\xfe", b"\xed\xa0\x80"),
    *(
        b"<table>" * 50,
        b"<p>" * 300,
        b"> " * 300,
        b"*" * 300,
        b"<w:p>",
        b"<text:p>",
        b"hidden",
        b"style='display:none'",
    ),
]


def mutated(sample: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A damaged copy: bytes flipped, cut out, repeated, or put in from elsewhere, once to eight times."""
    data = bytearray(sample)
    for _ in range(chance.randint(1, 8)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice((1, 2, 5, 20, 100, len(data))))
        way = chance.randrange(6)
        if way == 0 and data:
            data[min(start, len(data) - 1)] ^= 1 << chance.randrange(8)
        elif way == 1:
            del data[start:end]
        elif way == 2:
            data[start:start] = data[start : min(end, start + 200)] * chance.choice((1, 2, 10, 100))
        elif way == 3:
            other = chance.choice(others)
            begin = chance.randint(0, len(other))
            data[start:end] = other[begin : begin + chance.choice((1, 10, 100, 1000))]
        elif way == 4:
            data[start:start] = chance.choice(TOKENS)
        else:
            data[start:end] = chance.randbytes(end - start)
    return bytes(data)


def repacked(sample: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A ZIP file with one of its members damaged, and the packing right: else only the packing were looked at."""
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(list(members))
    if members[name].startswith(b"PK") and chance.random() < 0.7:
        members[name] = repacked(members[name], others, chance)
    else:
        members[name] = mutated(members[name], others, chance)
    return made.packed(members)


def check(article: Article) -> None:
    """Raises AssertionError where an article is wrong in itself."""
    text = article.text
    assert article.id and article.title and text.strip(), "empty"
    for words in (article.id, article.title, text, article.author, article.source, *article.tags):
        words.encode()
        assert "\0" not in words, "NUL"
    for heading in article.headings:
        words = text[heading.start : heading.end]
        assert words and words == words.strip() and "\n" not in words, "heading"
        assert 1 <= heading.level <= 6, "level"
    assert list(article.pages) == sorted(article.pages), "pages"
    assert all(0 <= page <= len(text) for page in article.pages), "pages"


def forbid_writing() -> None:
    """From here on, a file opened for writing, a new process or a connection ends the process."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int):
            writing = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        else:
            writing = event.startswith(("os.mkdir", "os.rename", "os.remove", "os.symlink", "subprocess", "socket.c"))
        if writing:
            os.write(2, f"{event} {arguments}\n".encode())
            os._exit(3)

    sys.addaudithook(hook)


def main(kind: str, count: int, seed: int) -> None:
    chance = random.Random(seed)
    sample, others = SAMPLES[kind], list(SAMPLES.values())
    damage: Callable[[bytes, list[bytes], random.Random], bytes] = mutated
    for found in read_document(Document(sample, kind, "a", "/a")):  # Everything is imported now.
        assert isinstance(found, Article), f"the sample is refused: {found}"
        check(found)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    forbid_writing()
    outcomes: Counter[str] = Counter()
    longest = 0.0
    for number in range(count):
        if sample.startswith(b"PK"):
            damage = repacked if number % 4 else mutated
        content = damage(sample, others, chance)
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        started = time.monotonic()
        for found in read_document(Document(content, kind, "a", "/a")):
            if isinstance(found, Article):
                check(found)
            assert "more memory than" not in str(found), "memory"
            outcomes["articles" if isinstance(found, Article) else "refused"] += 1
        faulthandler.cancel_dump_traceback_later()
        longest = max(longest, time.monotonic() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
    figures = {"inputs": count, **outcomes, "longest_seconds": round(longest, 3), "memory_bytes": memory}
    sys.stdout.write(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
