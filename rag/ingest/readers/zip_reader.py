"""Read ZIP files in memory, within limits: the documents in an archive, and the parts of .docx, .odt, .epub and others.

Nothing is written to disk: a member's name is only a label.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.core.errors import ArticleError
from rag.ingest.readers.document import MAX_BYTES, Document, Found, too_large
from rag.ingest.readers.metadata import one_line

MAX_NESTING = 2  # Levels of archives within archives that are opened.
MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 1 << 30  # Unpacked bytes of all members together.
MAX_RATIO = 200  # Unpacked bytes per packed byte; text has 3 to 20, a bomb 1,000.
SMALL_BYTES = 16 << 20  # Unpacked bytes below which the ratio does not matter.
SIGNATURE = b"PK\x01\x02"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError, KeyError)
"""What zipfile raises for damaged files. (It raises RuntimeError for passwords.)"""


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


class ZipReader:
    """The members of a ZIP file. Raises ArticleError if it is damaged, encrypted, or unpacks to too much."""

    def __init__(self, content: bytes) -> None:
        # Every member has this signature: refuse millions of members before zipfile makes an object of each.
        if content.count(SIGNATURE) > 4 * MAX_MEMBERS:
            raise ArticleError(_too_many(content.count(SIGNATURE)))
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGE as error:
            raise ArticleError(_damaged(error)) from None
        members = [member for member in self._zip.infolist() if not member.filename.endswith("/")]
        if len(members) > MAX_MEMBERS:
            raise ArticleError(_too_many(len(members)))
        unpacked = sum(member.file_size for member in members)
        packed = sum(member.compress_size for member in members)
        if unpacked > MAX_UNPACKED_BYTES or (
            unpacked > SMALL_BYTES and unpacked > MAX_RATIO * min(packed, len(content))
        ):
            raise ArticleError(
                f"It would unpack from {len(content) / (1 << 20):,.1f} MiB to {unpacked >> 20:,} MiB, as archives that "
                f"are made to fill memory do; the limits are {MAX_UNPACKED_BYTES >> 20:,} MiB and {MAX_RATIO} times "
                "its size. Unpack it and give the files."
            )
        self._members = {member.filename: member for member in members}
        self.names = list(self._members)
        """The names of the members in the archive's order, unchanged."""

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Return the unpacked bytes that the archive declares for a member; reading gives no more."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """Return a member's bytes. Raises ArticleError if it is missing, damaged or encrypted."""
        member = self._members.get(name)
        if member is None:
            raise ArticleError(f"Its part {name} is missing. Open it in the program that made it, and save it again.")
        if member.flag_bits & ENCRYPTED:
            raise ArticleError("It has a password. Save it without one.")
        if member.compress_type not in METHODS:
            raise ArticleError(
                "Its compression method is not supported. Pack it with deflate, as ZIP files usually are."
            )
        try:
            return self._zip.read(member)
        except (*DAMAGE, RuntimeError) as error:
            raise ArticleError(_damaged(error)) from None

    def read_optional(self, name: str) -> bytes:
        """Return a member's bytes; b"" if there is no such member."""
        return self.read(name) if name in self else b""


def _too_many(members: int) -> str:
    return f"It holds {members:,} files; at most {MAX_MEMBERS:,} are read. Unpack it and give the folder."


def _damaged(error: Exception) -> str:
    return f"It is damaged or cut short ({error}). Save, pack or download it again."
