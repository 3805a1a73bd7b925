"""Read the documents in a ZIP archive. Nothing is written to disk: a member's name is only a label."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.core.errors import ArticleError
from rag.ingest.readers.document import MAX_BYTES, Document, Found, too_large
from rag.ingest.readers.metadata import one_line
from rag.ingest.readers.zip_reader import ZipReader

MAX_NESTING = 2  # Levels of archives within archives that are opened.


def read(document: Document) -> Iterator[Found]:
    """Yield the documents of an archive; an ArticleError stands for one that cannot be unpacked.

    Raises ArticleError if the archive is damaged, a bomb, or nested too deeply.
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
    """Return a member's name without what would lead out of a folder, such as ``..`` or a drive."""
    parts = [one_line(part) for part in member.replace("\\", "/").split("/")]
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":"))
