"""What Word, PowerPoint and Excel files have in common: their properties, and which of the three one is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rag.ingest.readers.metadata import one_line, parse_metadata_date, parse_tags
from rag.ingest.readers.xml import xml_tree
from rag.ingest.readers.zip_reader import ZipReader

UNTITLED = {"powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint", "untitled", "slide 1"}


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file says of itself."""

    title: str = ""
    author: str = ""
    date: date | None = None
    tags: tuple[str, ...] = ()
    language: str = ""


def properties_of(package: ZipReader) -> Properties:
    """Title, author, the day it was made, keywords and language. Raises ArticleError where they are damaged."""
    part = package.related("").get("core-properties", "docProps/core.xml")
    content = package.read_if_there(part)
    if not content:
        return Properties()
    root = xml_tree(content)
    fields = {str(element.tag).rpartition("}")[2]: one_line(element.text) for element in root.iterchildren("*")}
    title = fields.get("title", "")
    return Properties(
        title="" if title.casefold() in UNTITLED else title,
        author=fields.get("creator", ""),
        date=parse_metadata_date(fields.get("created")) or parse_metadata_date(fields.get("modified")),
        tags=parse_tags(fields.get("keywords", "").replace(";", ",")),
        language=fields.get("language", ""),
    )


def main_part(package: ZipReader, usual: str) -> str:
    """The name of the part that holds the document itself."""
    return package.related("").get("officeDocument", usual)
