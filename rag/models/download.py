"""One address → one verified file: resumed, retried, hashed, renamed into place. Knows nothing of models."""

from __future__ import annotations

import hashlib
import os
import re
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import httpx

from rag.core.errors import DownloadError

Activity = Literal["waiting", "asking", "downloading", "checking", "joining"]

BLOCK = 1 << 20
PARTIAL = ".partial"
_TAG = ".etag"
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, and how many tries in a row may fail without one new byte."""

    connect_seconds: float = 15.0
    stall_seconds: float = 30.0
    tries: int = 3
    backoff_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is. Bytes are of the whole model; ``file`` is the one in hand; ``source`` is for people."""

    file: str
    source: str
    done_bytes: int
    total_bytes: int
    bytes_per_second: float | None = None
    activity: Activity = "downloading"

    @property
    def seconds_left(self) -> float | None:
        """Seconds to the end at the present speed; ``None`` while there is no speed to judge by."""
        if not self.bytes_per_second or self.activity != "downloading":
            return None
        return (self.total_bytes - self.done_bytes) / self.bytes_per_second


Progress = Callable[[PullProgress], None]


class Meter:
    """Turns byte counts into PullProgress: at most ten a second, with the speed of the last five seconds."""

    def __init__(self, progress: Progress | None, total_bytes: int) -> None:
        self._progress = progress
        self._total = total_bytes
        self._file, self._source, self._before = "", "", 0
        self._seen: deque[tuple[float, int]] = deque()
        self._told = 0.0

    def begin(self, file: str, source: str, before: int) -> None:
        """The next counts are of this file, and ``before`` bytes of the model were there already."""
        self._file, self._source, self._before = file, source, before
        self._seen.clear()

    def count(self, done: int) -> None:
        """``done`` bytes of the file in hand are on disk."""
        now = time.monotonic()
        if self._seen and done < self._seen[-1][1]:  # the download began again
            self._seen.clear()
        self._seen.append((now, done))
        while len(self._seen) > 2 and self._seen[0][0] < now - 5.0:
            self._seen.popleft()
        if now - self._told >= 0.1:
            self._told = now
            self._tell("downloading", done)

    def say(self, activity: Activity, done: int) -> None:
        """Tell at once what is being done, with ``done`` bytes of the file in hand."""
        self._tell(activity, done)

    def _tell(self, activity: Activity, done: int) -> None:
        if self._progress is None:
            return
        speed = None
        if len(self._seen) > 1 and self._seen[-1][0] - self._seen[0][0] > 0.2:
            speed = (self._seen[-1][1] - self._seen[0][1]) / (self._seen[-1][0] - self._seen[0][0])
        so_far = min(self._before + done, self._total)
        self._progress(PullProgress(self._file, self._source, so_far, self._total, speed, activity))


def open_client(patience: Patience) -> httpx.Client:
    """A client that follows redirects, gives up on stalled reads, and reads proxies from the environment."""
    timeout = httpx.Timeout(patience.stall_seconds, connect=patience.connect_seconds)
    return httpx.Client(follow_redirects=True, timeout=timeout, headers={"User-Agent": "footnote"})


def file_sha256(path: Path) -> str:
    """The sha256 of a file, in hex. Raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def settle(partial: Path, target: Path) -> None:
    """Give a finished file its name so that a power cut leaves either all of it or none. Raises OSError."""
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
    count: Callable[[int], None] | None = None,
    patience: Patience | None = None,
) -> None:
    """Download ``url`` to ``target``, going on from ``target.partial`` where an earlier download stopped.

    ``size`` (bytes) and ``sha256`` (hex) are what the file must have; ``count`` is told the bytes on disk.
    Raises DownloadError with the reason in a sentence; a file with the wrong content has then been deleted.
    """
    download = _Download(client, url, target, size, count or (lambda done: None), patience or Patience())
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
    settle(download.partial, target)
    download.tag_file.unlink(missing_ok=True)


class _RestartError(Exception):
    """What is on disk cannot be gone on from: it has been discarded, and the next try starts at byte 0."""


class _FaultError(Exception):
    """A fault that may pass, in words, with the seconds that the server asked to wait."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


class _Download:
    """The state of one download: the address, the part on disk and the tag of the version that it is of."""

    def __init__(
        self,
        client: httpx.Client,
        url: str,
        target: Path,
        size: int | None,
        count: Callable[[int], None],
        patience: Patience,
    ) -> None:
        self.client, self.url, self.size, self.count, self.patience = client, url, size, count, patience
        self.name, self.resumed = target.name, False
        match = re.match(r"[a-z]+://(?:[^/@]*@)?([^/?#]+)", url)
        self.host = match[1] if match else url
        self.partial = target.with_name(target.name + PARTIAL)
        self.tag_file = self.partial.with_name(self.partial.name + _TAG)
        target.parent.mkdir(parents=True, exist_ok=True)

    @property
    def have(self) -> int:
        return self.partial.stat().st_size if self.partial.exists() else 0

    def discard(self) -> None:
        self.resumed = False
        self.partial.unlink(missing_ok=True)
        self.tag_file.unlink(missing_ok=True)

    def run(self) -> None:
        """Try until the whole file is in ``partial``. A fault after new bytes starts the count of tries again."""
        furthest, failed = self.have, 0
        while True:
            try:
                self._attempt()
                return
            except _RestartError:
                failed += 1
                if failed >= self.patience.tries:
                    raise DownloadError(f"{self.host} gave another '{self.name}' at each of {failed} tries.") from None
            except _FaultError as fault:
                failed = 1 if self.have > furthest else failed + 1
                furthest = max(furthest, self.have)
                if failed >= self.patience.tries:
                    raise DownloadError(f"{fault} It was tried {failed} times.") from None
                time.sleep(max(self.patience.backoff_seconds * 2 ** (failed - 1), min(fault.wait, 30.0)))

    def _attempt(self) -> None:
        have = self.have
        if self.size is not None and have >= self.size:
            if have == self.size:
                self.resumed = True
                self.count(have)
                return
            self.discard()
            have = 0
        tag = self.tag_file.read_text(encoding="utf-8") if have and self.tag_file.exists() else ""
        headers = {"Accept-Encoding": "identity"}  # a range of a compressed body is not a range of the file
        if have:
            headers["Range"] = f"bytes={have}-"
        if tag:
            headers["If-Range"] = tag
        with self._faults(), self.client.stream("GET", self.url, headers=headers) as response:
            start = self._start(response, have, tag)
            self._write(response, start)
        if self.size is not None and self.have != self.size:
            raise _FaultError(f"{self.host} sent {self.have} of {self.size} bytes of '{self.name}' and stopped.")

    def _start(self, response: httpx.Response, have: int, tag: str) -> int:
        """The byte that the body begins at. Raises where there is no body to be had."""
        status, new_tag = response.status_code, response.headers.get("ETag", "")
        if status == 206:
            span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
            if not span or int(span[1]) != have or (tag and new_tag and new_tag != tag):
                self.discard()
                raise _RestartError
            if span[2] != "*":
                self._check_size(int(span[2]))
            self.resumed = have > 0
            return have
        if status == 416 and have:
            span = re.fullmatch(r"bytes \*/(\d+)", response.headers.get("Content-Range", ""))
            if self.size is None and span and int(span[1]) == have:
                return have
            self.discard()
            raise _RestartError
        if status != 200:
            reason = f"{self.host} answered {status}{_phrase(status)} to the request for '{self.name}'."
            if status in _TRANSIENT:
                wait = response.headers.get("Retry-After", "")
                raise _FaultError(reason, float(wait) if wait.isdigit() else 0.0)
            raise DownloadError(reason)
        if "Content-Encoding" not in response.headers and response.headers.get("Content-Length", "").isdigit():
            self._check_size(int(response.headers["Content-Length"]))
        self.resumed = False
        # A weak tag (W/) promises only a similar file, so it cannot guard a resumed one.
        if new_tag and not new_tag.startswith("W/"):
            self.tag_file.write_text(new_tag, encoding="utf-8")
        else:
            self.tag_file.unlink(missing_ok=True)
        return 0

    def _check_size(self, told: int) -> None:
        # What is on disk is kept: a login page of the network must not cost a gigabyte already fetched.
        if self.size is not None and told != self.size:
            raise DownloadError(
                f"{self.host} has {told:,} bytes for '{self.name}' where {self.size:,} are expected: not the same file."
            )

    def _write(self, response: httpx.Response, start: int) -> None:
        if response.status_code == 416:
            return
        done = start
        with self.partial.open("ab" if start else "wb") as stream:
            for block in response.iter_raw() if "Content-Encoding" not in response.headers else response.iter_bytes():
                stream.write(block)
                done += len(block)
                if self.size is not None and done > self.size:
                    break
                self.count(done)
        if self.size is not None and done > self.size:
            self.discard()
            raise DownloadError(f"{self.host} sent more than the expected {self.size:,} bytes of '{self.name}'.")

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except httpx.ReadTimeout:
            raise _FaultError(
                f"{self.host} sent nothing for {self.patience.stall_seconds:g} seconds in the middle of '{self.name}'."
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
                raise _FaultError(f"{self.host} cannot be reached ({error or 'no answer'}).") from None
            raise _FaultError(f"The connection to {self.host} broke in '{self.name}' ({error}).") from None


def _phrase(status: int) -> str:
    try:
        return f" ({HTTPStatus(status).phrase})"
    except ValueError:
        return ""
