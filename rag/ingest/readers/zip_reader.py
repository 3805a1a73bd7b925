"""Read ZIP files in memory, within limits. The base of .docx, .xlsx, .pptx, .odt, .epub and .zip."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from rag.core.errors import ArticleError

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 1 << 30  # Unpacked bytes of all members together.
MAX_RATIO = 200  # Unpacked bytes per packed byte; text has 3 to 20, a bomb 1,000.
SMALL_BYTES = 16 << 20  # Unpacked bytes below which the ratio does not matter.
SIGNATURE = b"PK\x01\x02"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError, KeyError)
"""What zipfile raises for damaged files. (It raises RuntimeError for passwords.)"""


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

    @property
    def names(self) -> list[str]:
        """The names of the members in the archive's order, unchanged."""
        return list(self._members)

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
