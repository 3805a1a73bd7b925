"""What Word, PowerPoint and Excel files have in common: parts that refer to each other, and metadata."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.ingest.readers.metadata import Metadata, parse_tags
from rag.ingest.readers.xml import xml_tree
from rag.ingest.readers.zip_reader import ZipReader

if TYPE_CHECKING:
    from lxml.etree import _Element

UNTITLED = {"powerpoint presentation", "powerpoint-präsentation", "présentation powerpoint", "untitled", "slide 1"}


class OoxmlPackage(ZipReader):
    """An Office Open XML file. ``main`` is the name of the part that holds the document itself."""

    def __init__(self, content: bytes, usual_main: str) -> None:
        super().__init__(content)
        self.main = self.related("").get("officeDocument", usual_main)

    def metadata(self) -> Metadata:
        """Read title, author, date, keywords and language. Raises ArticleError if they are damaged."""
        content = self.read_optional(self.related("").get("core-properties", "docProps/core.xml"))
        if not content:
            return Metadata()
        metadata = Metadata.from_properties(xml_tree(content).iterchildren("*"), "keywords")
        title = "" if metadata.title.casefold() in UNTITLED else metadata.title
        return replace(metadata, title=title, tags=parse_tags(",".join(metadata.tags).replace(";", ",")))

    def related(self, part: str) -> Mapping[str, str]:
        """Return the names of the parts that a part refers to, by relationship id and by relationship type."""
        folder, name = posixpath.split(part)
        found: dict[str, str] = {}
        content = self.read_optional(f"{folder}/_rels/{name}.rels".lstrip("/"))
        for relation in xml_tree(content).iter("{*}Relationship") if content else ():
            target = str(relation.get("Target", ""))
            if relation.get("TargetMode") != "External" and target:
                name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[str(relation.get("Id"))] = name
                found[str(relation.get("Type")).rpartition("/")[2]] = name
        return found


def relationship_id(element: _Element) -> str:
    """Return the ``r:id`` of an element, whatever its prefix; "" if it has none."""
    return next((str(value) for name, value in element.items() if str(name).endswith("}id")), "")
