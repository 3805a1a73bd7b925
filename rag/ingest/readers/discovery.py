"""Paths → the files below them that are articles."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from rag.core.errors import ArticleError, PathError
from rag.ingest.readers.file_types import HEAD_BYTES, SUFFIXES, endings, is_wanted

logger = logging.getLogger(__name__)


def find_files(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every article file below the paths, in a stable order, each with the id that its name suggests.

    A path that is named is taken whatever it is; in folders, hidden files, files called README and those of no kind
    that is read are passed over, and links that lead out of the folder. Raises PathError for a path that does not
    exist, and ArticleError where there is no article at all.
    """
    found: list[tuple[Path, str]] = []
    paths = list(paths)
    for path in paths:
        if path.is_dir():
            found += [(file, _id_below(path, file)) for file in _articles_below(path)]
        elif path.exists():
            found.append((path, _without_ending(path).name))
        else:
            raise PathError(f"There is no file or folder {path}. Check the spelling, or give another path.")
    if not found:
        named = ", ".join(str(path) for path in paths)
        raise ArticleError(f"No article was found in {named}. Put files of these kinds there: {endings()}.")
    return list(dict(found).items())


def _articles_below(folder: Path) -> list[Path]:
    return sorted(file for file in _files_below(folder) if is_wanted(str(file.relative_to(folder)), _Head(file)))


def _files_below(folder: Path) -> Iterator[Path]:
    """The regular files of a folder and of those in it. Links to folders are not followed, so no loop has no end."""
    inside = folder.resolve()
    for place, folders, files in os.walk(folder, onerror=_warn):
        for name in [*folders, *files]:
            path = Path(place, name)
            if path.is_symlink() and path.exists() and not path.resolve().is_relative_to(inside):
                logger.warning("%s leads out of the folder and is passed over. Name it to take it in.", path)
            elif name not in folders and path.is_file():
                yield path


class _Head:
    """The first bytes of a file, read when they are asked for."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> bytes:
        try:
            with self._file.open("rb") as file:
                return file.read(HEAD_BYTES)
        except OSError as error:
            _warn(error)
            return b""


def _warn(error: OSError) -> None:
    text = "%s cannot be opened (%s) and is passed over. Check its permissions."
    logger.warning(text, error.filename, error.strerror)


def _id_below(folder: Path, file: Path) -> str:
    return _without_ending(file.relative_to(folder)).as_posix()


def _without_ending(path: Path) -> Path:
    """Without an ending that is read; others, as of "Report 3.5", belong to the name."""
    return path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
