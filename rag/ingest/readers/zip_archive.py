"""ZIP → the documents in it. Nothing is written anywhere: a member's name is a label, and no path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.core.errors import ArticleError
from rag.ingest.readers.document import MAX_BYTES, Document, Found, too_large
from rag.ingest.readers.metadata import one_line
from rag.ingest.readers.zip_reader import ZipReader

MAX_NESTING = 2
"""Archives within each other that are opened."""


def read(document: Document) -> Iterator[Found]:
    """The documents of an archive, in its order; an ArticleError stands for one that cannot be unpacked.

    Raises ArticleError where the archive is damaged, a bomb, or lies too deep in others.
    """
    if document.depth >= MAX_NESTING:
        raise ArticleError(f"Archives within archives are opened {MAX_NESTING} deep. Unpack it and give the files.")
    package = ZipReader(document.content)
    for member in package.names:
        name = safe_name(member)
        if not name:
            continue
        try:
            if package.size(member) > MAX_BYTES:
                raise ArticleError(too_large(package.size(member), MAX_BYTES))
            content = package.read(member)
        except ArticleError as error:
            yield ArticleError(f"{name} in the archive: {error}")
            continue
        stem = str(PurePosixPath(name).with_suffix(""))
        yield document.within(content, name, f"{document.suggested_id}/{stem}")


def safe_name(member: str) -> str:
    """A member's name without what would lead out of a folder, such as ``..`` or a drive."""
    parts = [one_line(part) for part in member.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":"))
