"""ZIP, read in memory: members by name, none of them a bomb. What .docx, .epub and archives are made of."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping

from rag.core.errors import ArticleError
from rag.ingest.readers.xml import xml_tree

MAX_MEMBERS = 10_000
MAX_UNPACKED_BYTES = 1 << 30
"""Bytes of all members together, unpacked."""
MAX_RATIO = 200
"""Bytes unpacked for one packed; text has 3 to 20, a bomb 1,000."""
SMALL_BYTES = 16 << 20
"""Unpacked, below which the ratio does not matter."""
SIGNATURE = b"PK\x01\x02"
METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError, KeyError)
"""What zipfile raises where the bytes make no sense; RuntimeError, of which one is a subclass, is about passwords."""


class ZipReader:
    """The members of a ZIP file. Raises ArticleError where it is damaged, locked, or unpacks to too much."""

    def __init__(self, content: bytes) -> None:
        # Every member has this signature: millions of them are refused before zipfile makes an object of each.
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
                f"It would unpack to {unpacked >> 20:,} MiB from {len(content) / (1 << 20):,.1f}, as archives do that "
                f"are made to fill up memory; at most {MAX_UNPACKED_BYTES >> 20:,} MiB and {MAX_RATIO} times its size "
                "are read. Unpack it and give the files."
            )
        self._members = {member.filename: member for member in members}

    @property
    def names(self) -> list[str]:
        """The names of the members in the archive's order, as they stand there."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Bytes of a member, unpacked, as the archive declares them; reading it gives no more."""
        return self._members[name].file_size

    def read(self, name: str) -> bytes:
        """A member's bytes. Raises ArticleError where there is none, or it is damaged or locked."""
        member = self._members.get(name)
        if member is None:
            raise ArticleError(
                f"Its part {name} is missing. Open it in the program that it comes from, and save it anew."
            )
        if member.flag_bits & ENCRYPTED:
            raise ArticleError("It has a password. Save it without one.")
        if member.compress_type not in METHODS:
            raise ArticleError(
                "It is packed in a way that is not read. Pack it with deflate, as ZIP files usually are."
            )
        try:
            return self._zip.read(member)
        except (*DAMAGE, RuntimeError) as error:
            raise ArticleError(_damaged(error)) from None

    def read_if_there(self, name: str) -> bytes:
        return self.read(name) if name in self else b""

    def related(self, part: str) -> Mapping[str, str]:
        """Names of parts by id, as an Office file's part relates to them; the last of a kind also by its kind."""
        folder, name = posixpath.split(part)
        relations = f"{folder}/_rels/{name}.rels".lstrip("/")
        if relations not in self:
            return {}
        found: dict[str, str] = {}
        for relation in xml_tree(self.read(relations)).iter("{*}Relationship"):
            target = str(relation.get("XmlHandler", ""))
            if relation.get("TargetMode") != "External" and target:
                name = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[str(relation.get("Id"))] = name
                found[str(relation.get("Type")).rpartition("/")[2]] = name
        return found


def _too_many(members: int) -> str:
    return f"It holds {members:,} files; at most {MAX_MEMBERS:,} are read. Unpack it and give the folder."


def _damaged(error: Exception) -> str:
    return f"Its packing is damaged or cut short ({error}). Save, pack or download it anew."
