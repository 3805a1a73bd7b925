"""Receive files from a browser: check, count and store them before they are read."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from rag.core.errors import UsageError
from rag.ingest.readers.document import MAX_BYTES
from rag.web.auth.permissions import Refusal
from rag.web.i18n import strings
from rag.web.library.ingest_job import IngestJob
from rag.web.library.uploads import Uploads

PATH = "/library/uploads"


class _TooLargeError(Exception):
    pass


def router(uploads: Uploads, ingest_job: IngestJob, refusal: Refusal, limit: int = MAX_BYTES) -> APIRouter:
    """Return the route ``POST /library/uploads?name=NAME``, whose body is one file, which is then ingested.

    ``begins=false`` says that the file belongs to the same batch as the one before.
    It answers 202, or an error status with ``{"message": a sentence}``: 403 if the reader may not add articles, 400 if
    there is no name, 413 if there are more than ``limit`` bytes, 507 if the file cannot be stored.
    """
    routes = APIRouter()

    @routes.post(PATH)
    async def receive(request: Request, name: str = "", begins: bool = True) -> JSONResponse:
        refused = refusal(request)
        if refused:
            return _answer(403, refused)
        try:
            uploads.path_of(name)
            if int(request.headers.get("content-length") or 0) > limit:
                raise _TooLargeError
            part = uploads.new_part()
            try:
                await _write(request, part, limit)
                file = await run_in_threadpool(uploads.keep, part, name)
            finally:
                part.unlink(missing_ok=True)
        except UsageError as error:
            return _answer(400, str(error))
        except _TooLargeError:
            return _answer(413, strings.TOO_LARGE.format(size=limit >> 20))
        except ClientDisconnect:
            return _answer(400, strings.UNREACHABLE)
        except OSError as error:
            return _answer(507, strings.NOT_KEPT.format(reason=error.strerror or error))
        await run_in_threadpool(ingest_job.add, [file], new_batch=begins)
        return _answer(202, "")

    return routes


async def _write(request: Request, part: Path, limit: int) -> None:
    """Write the body of a request to a file. Raises _TooLargeError once it is longer than ``limit`` bytes."""
    size = 0
    with part.open("xb") as file:
        async for block in request.stream():
            size += len(block)
            if size > limit:
                raise _TooLargeError
            await run_in_threadpool(file.write, block)


def _answer(status: int, message: str) -> JSONResponse:
    return JSONResponse({"message": message}, status)
