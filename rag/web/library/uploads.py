"""Files that were uploaded: each kept in the index folder for as long as an article comes from it.

``index/uploads/KEY/NAME``: the key belongs to the name that the file had, so that a file of the same name takes the
place of the one before; NAME is that name, with what might mislead a file system written as ``%XX``.
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
"""What stands in a name as it is. Of the rest, "#" ends a path within an origin, and "%" begins an escape."""


class Uploads:
    """The folder of uploaded files of one index. Nothing is made before the first file comes."""

    def __init__(self, index: Path) -> None:
        self.folder = index.resolve() / FOLDER

    def path_of(self, name: str) -> Path:
        """Where the file that is called ``name`` is kept. Raises UsageError where nothing is left of the name."""
        name = original(name)
        if not name:
            raise UsageError("The file has no name. Give it one, and upload it again.")
        key = hashlib.sha256(name.encode()).hexdigest()[:KEY_DIGITS]
        return self.folder / key / _escaped(name)

    def name_of(self, origin: str) -> str | None:
        """What the file of an origin was called, and the article within it; None where it was not uploaded."""
        file = self.file_of(origin)
        if file is None:
            return None
        inner = origin[len(str(file)) :].removeprefix("#")
        return unquote(file.name) + (f" › {inner}" if inner else "")

    def file_of(self, origin: str) -> Path | None:
        """The uploaded file that an origin, or a path, lies in; None where it lies elsewhere."""
        start = str(self.folder) + os.sep
        if not origin.startswith(start):
            return None
        key, separator, rest = origin[len(start) :].partition(os.sep)
        name = rest.partition("#")[0]
        return self.folder / key / name if separator and name else None

    def new_part(self) -> Path:
        """Where to write a file while it arrives. Makes the folder. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{secrets.token_hex(8)}.part"

    def keep(self, part: Path, name: str) -> Path:
        """Put a file that has arrived in the place of its name; returns that. Raises UsageError and OSError."""
        path = self.path_of(name)
        path.parent.mkdir(exist_ok=True)
        part.replace(path)
        return path

    def discard(self, file: Path) -> None:
        """Delete an uploaded file. One that cannot be deleted takes up space and does no other harm."""
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)
            file.parent.rmdir()


def original(name: str) -> str:
    """The last part of a name, whatever system it comes from, spelled in one way, on one line."""
    last = re.split(r"[/\\]", name.encode("utf-8", "replace").decode())[-1]
    spelled = unicodedata.normalize("NFC", last)
    words = " ".join("".join(one if one.isprintable() else " " for one in spelled).split())
    return words if words.strip(". ") else ""


def _escaped(name: str) -> str:
    """The name as a file may have it anywhere, at most NAME_BYTES long; the middle of a longer one is left out."""
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
