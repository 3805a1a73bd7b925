"""Uploaded files: each is stored in the index folder as long as an article comes from it.

The path is ``index/uploads/KEY/NAME``. KEY is a hash of the file's name, so that a file of the same name replaces the
one before; NAME is that name, with characters that a file system may reject written as ``%XX``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import unicodedata
from pathlib import Path
from urllib.parse import quote, unquote

from rag.core.errors import UsageError

FOLDER = "uploads"
NAME_BYTES = 160
KEY_DIGITS = 16
PLAIN = r"[\w .()\[\],;=+@!&~$'’-]"
"""Characters that are not escaped. Among the others, "#" ends the path in an origin, and "%" begins an escape."""


class Uploads:
    """The folder of uploaded files of one index. It is created with the first file."""

    def __init__(self, index: Path) -> None:
        self.folder = index.resolve() / FOLDER

    def path_of(self, name: str) -> Path:
        """Return the path of the file that is called ``name``. Raises UsageError if nothing is left of the name."""
        name = original(name)
        if not name:
            raise UsageError("The file has no name. Give it one, and upload it again.")
        key = hashlib.sha256(name.encode()).hexdigest()[:KEY_DIGITS]
        return self.folder / key / _escaped(name)

    def name_of(self, origin: str) -> str | None:
        """Return the name of an origin's file, and of the article within it; None if it was not uploaded."""
        file = self.file_of(origin)
        if file is None:
            return None
        inner = origin[len(str(file)) :].removeprefix("#")
        return unquote(file.name) + (f" › {inner}" if inner else "")

    def file_of(self, origin: str) -> Path | None:
        """Return the uploaded file of an origin or path; None if it is not in this folder."""
        start = str(self.folder) + os.sep
        if not origin.startswith(start):
            return None
        key, separator, rest = origin[len(start) :].partition(os.sep)
        name = rest.partition("#")[0]
        return self.folder / key / name if separator and name else None

    def new_part(self) -> Path:
        """Return a path for a file while it is received. Creates the folder. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{secrets.token_hex(8)}.part"

    def keep(self, part: Path, name: str) -> Path:
        """Move a received file to the path of its name, and return that. Raises UsageError and OSError."""
        path = self.path_of(name)
        path.parent.mkdir(exist_ok=True)
        part.replace(path)
        return path

    def discard(self, file: Path) -> None:
        """Delete an uploaded file, if possible; one that stays only takes up space."""
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
            file.parent.rmdir()


def original(name: str) -> str:
    """Return the last part of a path of any system, normalized and on one line; "" if nothing is left."""
    last = re.split(r"[/\\]", name.encode("utf-8", "replace").decode())[-1]
    spelled = unicodedata.normalize("NFC", last)
    words = " ".join("".join(one if one.isprintable() else " " for one in spelled).split())
    return words if words.strip(". ") else ""


def _escaped(name: str) -> str:
    """Escape a name for any file system, and shorten its stem so that it has at most NAME_BYTES."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 10:
        stem, dot, ending = name, "", ""
    tail = _quoted(dot + ending)
    while len((_quoted(stem) + tail).encode()) > NAME_BYTES:
        stem = stem[:-1]
    escaped = _quoted(stem) + tail
    return f"%2E{escaped[1:]}" if escaped.startswith(".") else escaped


def _quoted(text: str) -> str:
    return "".join(one if re.fullmatch(PLAIN, one) else quote(one, safe="") for one in text)
