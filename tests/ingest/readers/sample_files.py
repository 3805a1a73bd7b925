"""Small valid files of each kind, made here so that a test can say what is in them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:title>{title}</dc:title><dc:creator>Ina Weld</dc:creator><cp:keywords>harbour; sea</cp:keywords>"
    "<dcterms:created>2024-05-17T09:30:00Z</dcterms:created><dc:language>de-DE</dc:language></cp:coreProperties>"
)


def packed(members: Mapping[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            # The kind of a book or an OpenDocument file stands there to be read without unpacking.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return buffer.getvalue()


def relations(targets: Mapping[str, str]) -> str:
    """The .rels of a part: kind → target; the ids are r1, r2, …"""
    rows = "".join(
        f'<Relationship Id="r{number}" Type="{RELATIONS}/{kind.partition("#")[0]}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{PACKAGE_RELATIONS}">{rows}</Relationships>'


STYLES = f"""<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="fr-FR"/></w:rPr></w:rPrDefault>
</w:docDefaults><w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:styleId="Own"><w:name w:val="Own heading"/><w:basedOn w:val="H2"/></w:style>
<w:style w:styleId="Bullets"><w:name w:val="List Bullet"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>
</w:style>
</w:styles>"""


def paragraph(words: str, style: str = "") -> str:
    """A paragraph of Word."""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f'<w:p>{properties}<w:r><w:t xml:space="preserve">{escape(words)}</w:t></w:r></w:p>'


def docx(*body: str, title: str = "", footnotes: str = "", properties: bool = True) -> bytes:
    """A Word file with this body, of which each part is a paragraph, a table or the like."""
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations({"officeDocument": "word/document.xml", "core-properties": "docProps/core.xml"}),
        "word/_rels/document.xml.rels": relations({"styles": "styles.xml", "footnotes": "/word/footnotes.xml"}),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{"".join(body)}</w:body></w:document>',
        "word/styles.xml": STYLES,
    }
    if properties:
        members["docProps/core.xml"] = CORE.format(title=title)
    if footnotes:
        members["word/footnotes.xml"] = f'<w:footnotes xmlns:w="{W}">{footnotes}</w:footnotes>'
    return packed(members)


def slide(*shapes: str, attributes: str = "") -> str:
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    tree = f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>"
    return f'<p:sld xmlns:a="{a}" xmlns:p="{p}" {attributes}>{tree}</p:sld>'


def shape(*paragraphs: str, place: str = "") -> str:
    """A shape of a slide; ``place`` is the type of its placeholder."""
    holder = f'<p:nvSpPr><p:nvPr><p:ph type="{place}"/></p:nvPr></p:nvSpPr>' if place else ""
    runs = "".join(f'<a:p><a:r><a:rPr lang="de-DE"/><a:t>{escape(words)}</a:t></a:r></a:p>' for words in paragraphs)
    return f"<p:sp>{holder}<p:txBody>{runs}</p:txBody></p:sp>"


def pptx(slides: Sequence[str], notes: Mapping[int, str] | None = None, title: str = "") -> bytes:
    """Slides, and the notes of some of them by number, from 1."""
    notes = notes or {}
    numbers = range(1, len(slides) + 1)
    identifiers = "".join(f'<p:sldId id="{255 + number}" r:id="r{number}"/>' for number in numbers)
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations({"officeDocument": "ppt/presentation.xml", "core-properties": "docProps/core.xml"}),
        "docProps/core.xml": CORE.format(title=title),
        "ppt/_rels/presentation.xml.rels": relations(
            {f"slide#{number}": f"slides/slide{number}.xml" for number in numbers}
        ),
        "ppt/presentation.xml": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
        f' xmlns:r="{RELATIONS}"><p:sldIdLst>{identifiers}</p:sldIdLst></p:presentation>',
    }
    for number, one in enumerate(slides, start=1):
        members[f"ppt/slides/slide{number}.xml"] = one
        if number in notes:
            members[f"ppt/slides/_rels/slide{number}.xml.rels"] = relations(
                {"notesSlide": f"../notesSlides/notesSlide{number}.xml"}
            )
            members[f"ppt/notesSlides/notesSlide{number}.xml"] = notes[number]
    return packed(members)


def xlsx(sheets: Mapping[str, str], strings: Sequence[str] = (), hidden: Sequence[str] = ()) -> bytes:
    """Sheets by name, each the XML of its rows."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    states = dict.fromkeys(hidden, "hidden")
    rows = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{number}" state="{states.get(name, "visible")}"/>'
        for number, name in enumerate(sheets, start=1)
    )
    targets = {f"worksheet#{number}": f"worksheets/sheet{number}.xml" for number in range(1, len(sheets) + 1)}
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations({"officeDocument": "xl/workbook.xml", "core-properties": "docProps/core.xml"}),
        "docProps/core.xml": CORE.format(title=""),
        "xl/_rels/workbook.xml.rels": relations(
            targets | {"sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}
        ),
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{RELATIONS}"><sheets>{rows}</sheets></workbook>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}">{"".join(f"<si><t>{escape(s)}</t></si>" for s in strings)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts>'
        '<numFmt numFmtId="170" formatCode="dd\\.mm\\.yyyy"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/><xf numFmtId="10"/><xf numFmtId="22"/></cellXfs></styleSheet>',
    }
    for number, content in enumerate(sheets.values(), start=1):
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{content}</sheetData></worksheet>'
        )
    return packed(members)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"


def odt(body: str, kind: str = "text", manifest: str = "") -> bytes:
    """An OpenDocument file; ``kind`` is text, presentation or spreadsheet."""
    names = " ".join(
        f'xmlns:{name}="{OFFICE}{name}:1.0"' for name in ("office", "text", "table", "style", "presentation")
    )
    names += f' xmlns:draw="{OFFICE}drawing:1.0"'
    return packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "META-INF/manifest.xml": f"<manifest>{manifest}</manifest>",
            "meta.xml": f'<office:document-meta {names} xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xmlns:meta="{OFFICE}meta:1.0"><office:meta><dc:title>The ferry</dc:title>'
            "<meta:initial-creator>Ina Weld</meta:initial-creator><dc:creator>Another</dc:creator>"
            "<meta:creation-date>2024-05-17T09:30:00</meta:creation-date><meta:keyword>harbour</meta:keyword>"
            "<meta:keyword>sea</meta:keyword><dc:language>de-DE</dc:language></office:meta></office:document-meta>",
            "content.xml": f"<office:document-content {names}><office:automatic-styles>"
            '<style:style style:name="P1" style:parent-style-name="Title"/></office:automatic-styles>'
            f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>",
        },
    )


def epub(chapters: Mapping[str, str], encryption: str = "") -> bytes:
    """A book of these chapters, each the HTML of its body, in the folder OEBPS."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in chapters)
    spine = "".join(f'<itemref idref="{name}"/>' for name in chapters)
    members = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        "OEBPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The ferry</dc:title><dc:creator>Ina Weld</dc:creator>'
        "<dc:creator>Tobias Henk</dc:creator><dc:date>2024-05-17</dc:date><dc:publisher>Gazette</dc:publisher>"
        f"<dc:subject>sea</dc:subject><dc:language>de-DE</dc:language></metadata><manifest>{items}</manifest>"
        f"<spine>{spine}</spine></package>",
    }
    if encryption:
        members["META-INF/encryption.xml"] = encryption
    for name, body in chapters.items():
        members[f"OEBPS/{name}"] = (
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title>{name}</title></head><body>{body}</body></html>"
        )
    return packed(members)


def pdf(pages: Sequence[Sequence[tuple[float, float, float, str]]], about: str = "", catalog: str = "") -> bytes:
    """Pages of lines, each (from the left, from the foot, size, words), in Helvetica on 600 by 800 points."""
    objects = [
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{5 + 2 * n} 0 R' for n in range(len(pages)))}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        f"<<{about}>>".encode("latin-1"),
    ]
    for number, lines in enumerate(pages):
        shown = "".join(f"BT /F1 {size} Tf {x} {y} Td ({_quoted(words)}) Tj ET\n" for x, y, size, words in lines)
        content = shown.encode("cp1252")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {6 + 2 * number} 0 R>>".encode()
        )
        objects.append(b"<</Length %d>>stream\n%sendstream" % (len(content), content))
    data = b"%PDF-1.4\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj" % number + one + b"endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, len(data))
    )


def printed_page(*lines: str, size: float = 10, top: float = 700, heading: str = "") -> list:
    """Lines below each other, as a page for ``pdf``."""
    shown = [(50.0, top + 2 * size, 2 * size, heading)] if heading else []
    return shown + [(50.0, top - 1.2 * size * number, size, words) for number, words in enumerate(lines) if words]


def _quoted(words: str) -> str:
    return words.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
