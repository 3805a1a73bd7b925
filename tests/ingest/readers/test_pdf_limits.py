from __future__ import annotations

import zlib

import pytest

from rag.core.errors import ArticleError
from rag.ingest.readers.pdf_limits import MAX_PAGE_BYTES, refuse_bombs
from tests.ingest.readers.sample_files import pdf, printed_page


def stream(data: bytes, about: str = "/Filter/FlateDecode", end: bytes = b"\nendstream endobj") -> bytes:
    return f"%PDF-1.4\n1 0 obj<<{about}>>stream\r\n".encode() + data + end


def test_usual_files_pass() -> None:
    refuse_bombs(pdf([printed_page("Words.")] * 20))
    refuse_bombs(stream(zlib.compress(bytes(1 << 20))))
    refuse_bombs(b"%PDF-1.4 stream")


@pytest.mark.parametrize("size", [3 << 20, 128 << 20])
def test_tightly_packed_drawing_is_refused_without_unpacking_all_of_it(size: int) -> None:
    packing = zlib.compressobj(9)
    data = b"".join(packing.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packing.flush()
    for end in (b"\nendstream", b""):
        with pytest.raises(ArticleError, match="unpacks to more drawing"):
            refuse_bombs(stream(data, end=end))


def test_endless_drawing_that_is_not_packed_is_refused() -> None:
    with pytest.raises(ArticleError, match="unpacks to more drawing"):
        refuse_bombs(stream(b"q " * (MAX_PAGE_BYTES // 2 + 1), about=""))


@pytest.mark.parametrize("about", ["/Subtype /Image", "/Length1 99", "/Type/EmbeddedFile", "/Subtype/Type1C"])
def test_pictures_typefaces_and_attachments_may_be_large(about: str) -> None:
    refuse_bombs(stream(zlib.compress(bytes(64 << 20)), about=f"/Filter/FlateDecode{about}"))


def test_damaged_packing_is_left_to_those_who_read_it() -> None:
    refuse_bombs(stream(b"no deflate"))
    refuse_bombs(stream(zlib.compress(bytes(1 << 20))[:-9]))
