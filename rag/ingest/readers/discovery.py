"""Find the article files below paths."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from rag.core.errors import ArticleError, PathError
from rag.ingest.readers.file_types import HEAD_BYTES, SUFFIXES, extensions, is_wanted

logger = logging.getLogger(__name__)


def find_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Find article files in a stable order, each with the id that its name suggests.

    A file that is named is always taken; in folders, hidden files, READMEs, unsupported types and links out of the
    folder are skipped. Raises PathError if a path does not exist, and ArticleError if there is no article at all.
    """
    found: list[tuple[Path, str]] = []
    paths = list(paths)
    for path in paths:
        if path.is_dir():
            files = sorted(_files_below(path))
            found += [(file, _without_extension(file.relative_to(path)).as_posix()) for file in files]
        elif path.exists():
            found.append((path, _without_extension(path).name))
        else:
            raise PathError(f"There is no file or folder {path}. Check the spelling, or give another path.")
    if not found:
        named = ", ".join(str(path) for path in paths)
        raise ArticleError(f"No article was found in {named}. Put files of these types there: {extensions()}.")
    return list(dict(found).items())


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the article files below a folder. Links to folders are not followed, because they may be loops."""
    inside = folder.resolve()
    for place, folders, files in os.walk(folder, onerror=_warn):
        for name in [*folders, *files]:
            path = Path(place, name)
            if path.is_symlink() and path.exists() and not path.resolve().is_relative_to(inside):
                logger.warning("%s leads out of the folder and is skipped. Name it to ingest it.", path)
            elif name not in folders and path.is_file():
                inner = path.relative_to(folder)
                if is_wanted(str(inner), partial(_head, path)):
                    yield path


def _head(path: Path) -> bytes:
    """Return the first bytes of a file."""
    try:
        with path.open("rb") as file:
            return file.read(HEAD_BYTES)
    except OSError as error:
        _warn(error)
        return b""


def _warn(error: OSError) -> None:
    logger.warning("%s cannot be opened (%s) and is skipped. Check its permissions.", error.filename, error.strerror)


def _without_extension(path: Path) -> Path:
    """Remove a supported extension; others, as in "Report 3.5", belong to the name."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
