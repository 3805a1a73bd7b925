"""Download one address to one verified file: resumed, retried, hashed, renamed into place. Knows nothing of models."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from rag.core.errors import DownloadError

Activity = Literal["waiting", "asking", "downloading", "checking", "joining"]

BLOCK = 1 << 20
PARTIAL = ".partial"
REPORT_SECONDS = 0.1
MAX_RETRY_AFTER = 30.0
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait, in seconds, and how many tries in a row may fail without one new byte."""

    connect_seconds: float = 15.0
    stall_seconds: float = 30.0
    tries: int = 3
    backoff_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Progress of a pull, in bytes of the whole model."""

    done_bytes: int
    total_bytes: int
    activity: Activity


class ProgressMeter:
    """Turns byte counts of files into PullProgress of the whole model, at most ten a second."""

    def __init__(self, progress: Callable[[PullProgress], None] | None, total_bytes: int) -> None:
        self._progress = progress
        self._total = total_bytes
        self._before = 0
        self._reported = 0.0

    def begin(self, before: int) -> None:
        """Begin a file; ``before`` bytes of the model are on disk already."""
        self._before = before

    def count(self, done: int) -> None:
        """Take note that ``done`` bytes of the current file are on disk."""
        now = time.monotonic()
        if now - self._reported >= REPORT_SECONDS:
            self._reported = now
            self.report("downloading", done)

    def report(self, activity: Activity, done: int) -> None:
        """Report at once what is being done, with ``done`` bytes of the current file."""
        if self._progress is not None:
            self._progress(PullProgress(min(self._before + done, self._total), self._total, activity))


def open_client(retries: RetryPolicy) -> httpx.Client:
    """Return a client that follows redirects, gives up on stalled reads, and reads proxies from the environment."""
    timeout = httpx.Timeout(retries.stall_seconds, connect=retries.connect_seconds)
    return httpx.Client(follow_redirects=True, timeout=timeout, headers={"User-Agent": "footnote"})


def file_sha256(path: Path) -> str:
    """Return the sha256 of a file in hex. Raises OSError."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def finish(partial: Path, target: Path) -> None:
    """Rename a complete file so that a power cut leaves either all of it or none. Raises OSError."""
    with partial.open("r+b") as stream:
        os.fsync(stream.fileno())
    partial.replace(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def fetch(
    client: httpx.Client,
    url: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    count: Callable[[int], None] = lambda done: None,
    retries: RetryPolicy | None = None,
) -> None:
    """Download ``url`` to ``target``, resuming ``target.partial`` if an earlier download left it.

    ``size`` (bytes) and ``sha256`` (hex) are what the file must have; ``count`` is told the bytes on disk. Raises
    DownloadError with the reason in a sentence; a file with the wrong content has then been deleted.
    """
    download = _FileDownload(client, url, target, size, count, retries or RetryPolicy())
    # A resumed file may be two versions in one: only a file from a single piece tells what the source holds.
    for last in (False, True):
        download.run()
        if sha256 is None or (found := file_sha256(download.partial)) == sha256:
            break
        resumed = download.resumed
        download.discard()
        if last or not resumed:
            raise DownloadError(
                f"The file '{target.name}' had the sha256 {found[:16]}… where {sha256[:16]}… is expected, "
                "so it was deleted."
            )
    finish(download.partial, target)


class _TransientError(Exception):
    """A failure that may pass, in words, with the seconds that the server asked to wait."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class _FileDownload:
    """The state of one download: the address and the part on disk."""

    def __init__(
        self,
        client: httpx.Client,
        url: str,
        target: Path,
        size: int | None,
        count: Callable[[int], None],
        retries: RetryPolicy,
    ) -> None:
        self.client, self.url, self.size, self.count, self.retries = client, url, size, count, retries
        self.name, self.resumed = target.name, False
        match = re.match(r"[a-z]+://(?:[^/@]*@)?([^/?#]+)", url)
        self.host = match[1] if match else url
        self.partial = target.with_name(target.name + PARTIAL)
        target.parent.mkdir(parents=True, exist_ok=True)

    @property
    def on_disk(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def discard(self) -> None:
        self.resumed = False
        self.partial.unlink(missing_ok=True)

    def run(self) -> None:
        """Try until the whole file is in ``partial``. A failure after new bytes starts the count of tries again."""
        furthest, failed = self.on_disk, 0
        while True:
            try:
                self._attempt()
                return
            except _TransientError as failure:
                failed = 1 if self.on_disk > furthest else failed + 1
                furthest = max(furthest, self.on_disk)
                if failed >= self.retries.tries:
                    raise DownloadError(f"{failure} It was tried {failed} times.") from None
                backoff = self.retries.backoff_seconds * 2 ** (failed - 1)
                time.sleep(max(backoff, min(failure.wait, MAX_RETRY_AFTER)))

    def _attempt(self) -> None:
        begun = self.on_disk
        if self.size is not None and begun == self.size:
            self.resumed = True
            self.count(begun)
            return
        if self.size is not None and begun > self.size:
            self.discard()
            begun = 0
        headers = {"Accept-Encoding": "identity"}  # A range of a compressed body is not a range of the file.
        headers |= {"Range": f"bytes={begun}-"} if begun else {}
        with self._explained(), self.client.stream("GET", self.url, headers=headers) as response:
            if not self._is_complete(response, begun):
                self._write(response, self._start(response, begun))
        if self.size is not None and self.on_disk != self.size:
            raise _TransientError(f"{self.host} sent {self.on_disk} of {self.size} bytes of '{self.name}' and stopped.")

    def _is_complete(self, response: httpx.Response, begun: int) -> bool:
        """Return whether the server says that a file of unknown size is on disk completely."""
        return (
            response.status_code == 416
            and begun > 0
            and self.size is None
            and response.headers.get("Content-Range", "").replace(" ", "") == f"bytes*/{begun}"
        )

    def _start(self, response: httpx.Response, begun: int) -> int:
        """Return the offset in the file that the body begins at. Raises if there is no usable body."""
        status = response.status_code
        if status == 206 or (status == 416 and begun):
            span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
            if status == 416 or not span or int(span[1]) != begun:
                self.discard()
                raise _TransientError(f"{self.host} has another version of '{self.name}' at each request.")
            if span[2] != "*":
                self._check_size(int(span[2]))
            self.resumed = begun > 0
            return begun
        if status != 200:
            phrase = httpx.codes.get_reason_phrase(status)
            reason = f"{self.host} answered {status}{phrase and f' ({phrase})'} to the request for '{self.name}'."
            if status in _TRANSIENT:
                wait = response.headers.get("Retry-After", "")
                raise _TransientError(reason, float(wait) if wait.isdigit() else 0.0)
            raise DownloadError(reason)
        if "Content-Encoding" not in response.headers and response.headers.get("Content-Length", "").isdigit():
            self._check_size(int(response.headers["Content-Length"]))
        self.resumed = False
        return 0

    def _check_size(self, size: int) -> None:
        # What is on disk is kept: a login page of the network must not cost a gigabyte already fetched.
        if self.size is not None and size != self.size:
            raise DownloadError(
                f"{self.host} has {size:,} bytes for '{self.name}' where {self.size:,} are expected: not the same file."
            )

    def _write(self, response: httpx.Response, start: int) -> None:
        done = start
        with self.partial.open("ab" if start else "wb") as stream:
            for block in response.iter_raw() if "Content-Encoding" not in response.headers else response.iter_bytes():
                done += stream.write(block)
                if self.size is not None and done > self.size:
                    break
                self.count(done)
        if self.size is not None and done > self.size:
            self.discard()
            raise DownloadError(f"{self.host} sent more than the expected {self.size:,} bytes of '{self.name}'.")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what httpx raises into a sentence."""
        try:
            yield
        except httpx.ReadTimeout:
            raise _TransientError(
                f"{self.host} sent nothing for {self.retries.stall_seconds:g} seconds in the middle of '{self.name}'."
            ) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise DownloadError(f"The address '{self.url}' cannot be used ({error}).") from None
        except (httpx.TransportError, httpx.TooManyRedirects) as error:
            if isinstance(error.__context__, ssl.SSLError) or "CERTIFICATE" in str(error):
                raise DownloadError(
                    f"The certificate of {self.host} is not trusted here ({error}). Name the file of trusted "
                    "certificates in SSL_CERT_FILE."
                ) from None
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.ProxyError):
                raise _TransientError(f"{self.host} cannot be reached ({error or 'no answer'}).") from None
            raise _TransientError(f"The connection to {self.host} broke in '{self.name}' ({error}).") from None
