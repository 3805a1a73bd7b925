"""The weights on disk: download them from their sources in turn, find them, verify them, report their state."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from filelock import FileLock, Timeout

from rag.core.errors import DownloadError, ModelDamagedError, ModelMissingError
from rag.core.settings import Settings
from rag.models.catalog import CatalogModel, ModelFile, find_model, load_catalog
from rag.models.download import PARTIAL, ProgressMeter, PullProgress, RetryPolicy, file_sha256, open_client
from rag.models.weight_source import Download, WeightSource

State = Literal["ready", "unverified", "incomplete", "damaged", "missing"]

_WORST_FIRST: tuple[State, ...] = ("damaged", "incomplete", "unverified")
_LOG = logging.getLogger(__name__)
_RECORD = "verified.json"
_GGUF_MAGIC = b"GGUF"
_GGUF_HEADER = 24  # bytes: magic, version, number of tensors, number of keys


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """The state of a model's weights. ``unverified``: of the right size, and hashed at their next use."""

    state: State
    path: Path | None


def pull(
    model: CatalogModel,
    settings: Settings,
    progress: Callable[[PullProgress], None] | None = None,
    *,
    retries: RetryPolicy | None = None,
) -> Path:
    """Download the weights of ``model`` into the user's cache, link them into the models folder, return their path.

    Files that are there are not downloaded again; a download that was begun is resumed. A second pull of the same
    model waits for the first.

    Raises:
        DownloadError: which names every source with its reason, and how to place the files by hand.
    """
    retries = retries or RetryPolicy()
    meter = ProgressMeter(progress, model.size)
    cached = _Copy.cached(model, settings)
    try:
        with contextlib.suppress(ModelMissingError, ModelDamagedError):
            found = locate(model.name, settings, model=model)
            return found if found != cached.path else _link(settings, cached)
        if settings.offline:
            raise DownloadError(
                f"The model '{model.name}' is not downloaded, because offline is set. "
                f"Run: RAG_OFFLINE=0 rag models pull {model.name}. {_by_hand(model, settings)}"
            )
        with _exclusively(model, settings, meter):
            if missing := cached.repair():
                with open_client(retries) as client:
                    download = Download(model, missing, cached.folder, settings.hub, client, meter, retries)
                    _try_sources(download, settings, cached)
                cached.record_verified()
                cached.delete_partials()
            return _link(settings, cached)
    except OSError as error:
        raise DownloadError(
            f"The model '{model.name}' cannot be written to {settings.model_cache} ({error.strerror or error}). "
            f"Free some space, or name another folder in RAG_MODEL_CACHE; then run: rag models pull {model.name}"
        ) from error


def locate(model_or_path: str, settings: Settings, *, model: CatalogModel | None = None) -> Path:
    """Return the verified weights of a model of the catalog, or a GGUF file given by its path.

    A file is hashed once, and again only if its size or time of change differs from then. Opens no connection.

    Raises:
        ModelMissingError: if they are not on this machine.
        ModelDamagedError: if they are incomplete or altered.
    """
    if model is None and model_or_path not in load_catalog() and _looks_like_path(model_or_path):
        return _gguf(Path(model_or_path).expanduser())
    model = model or find_model(model_or_path)
    damaged: ModelDamagedError | None = None
    for copy in _copies(model, settings):
        if copy.exists():
            try:
                copy.verify()
            except ModelDamagedError as error:
                damaged = damaged or error
            else:
                return copy.path
    raise damaged or ModelMissingError(
        f"The weights of '{model.name}' are not on this machine. Run: rag models pull {model.name}"
    )


def verify(model: CatalogModel, path: Path) -> None:
    """Hash every file of ``model`` at ``path`` (its GGUF file or its folder), even if it was verified before.

    Raises:
        ModelMissingError: if there is nothing.
        ModelDamagedError: which names the first wrong file.
    """
    if not path.exists():
        raise ModelMissingError(f"There is nothing at {path}. Run: rag models pull {model.name}")
    copy = _Copy.at(model, path)
    with contextlib.suppress(OSError):
        copy.record.unlink(missing_ok=True)
    copy.verify()


def status(model: CatalogModel, settings: Settings) -> ModelStatus:
    """Return the state of the weights by sizes and earlier verification: quick, hashes nothing, raises nothing."""
    for copy in _copies(model, settings):
        if copy.exists():
            states = copy.states().values()
            state: State = next((bad for bad in _WORST_FIRST if bad in states), "ready")
            return ModelStatus(state, copy.path)
    begun = _bytes_under(settings.model_cache / model.name)
    return ModelStatus("incomplete" if begun else "missing", None)


class _Copy:
    """One copy of a model on disk: the path of each of its files, and the record of their last verification."""

    def __init__(self, model: CatalogModel, path: Path, files: dict[str, Path], record: Path) -> None:
        self.model, self.path, self.files, self.record = model, path, files, record
        self.folder = record.parent

    @classmethod
    def at(cls, model: CatalogModel, path: Path) -> _Copy:
        if model.is_folder:
            return cls(model, path, {file.path: path / file.path for file in model.files}, path / _RECORD)
        real = path.resolve()
        record = real.with_name(_RECORD if real.parent.name == model.name else f"{real.name}.{_RECORD}")
        return cls(model, path, {model.files[0].path: path}, record)

    @classmethod
    def cached(cls, model: CatalogModel, settings: Settings) -> _Copy:
        folder = settings.model_cache / model.name
        return cls.at(model, folder if model.is_folder else folder / model.files[0].path)

    def exists(self) -> bool:
        return any(path.is_file() for path in self.files.values())

    def states(self) -> dict[str, State]:
        """Return the state of each file without hashing it."""
        try:
            recorded = json.loads(self.record.read_text(encoding="utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError):
            recorded = {}
        recorded = recorded if isinstance(recorded, dict) else {}
        return {file.path: self._state(file, recorded.get(file.path)) for file in self.model.files}

    def _state(self, file: ModelFile, recorded: object) -> State:
        path = self.files[file.path]
        if not path.is_file():
            return "incomplete"
        if path.stat().st_size != file.size:
            return "damaged"
        return "ready" if recorded == self._entry(file) else "unverified"

    def _entry(self, file: ModelFile) -> dict[str, Any]:
        found = self.files[file.path].stat()
        return {"sha256": file.sha256, "size": found.st_size, "mtime_ns": found.st_mtime_ns}

    def record_verified(self) -> None:
        """Record that all files have the right hash. If the folder is not writable, they are hashed each time."""
        entries = {file.path: self._entry(file) for file in self.model.files}
        partial = self.record.with_name(f"{self.record.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            partial.write_text(json.dumps({"files": entries}, indent=1, sort_keys=True), encoding="utf-8")
            partial.replace(self.record)

    def _fault(self, file: ModelFile, state: State) -> str:
        """Return what is wrong with a file, "" if nothing; hash it if it is unverified."""
        path = self.files[file.path]
        if state == "incomplete":
            return "is not there"
        if state == "damaged":
            return f"has {path.stat().st_size:,} bytes where {file.size:,} are expected"
        if state == "unverified" and (found := file_sha256(path)) != file.sha256:
            return f"has the sha256 {found[:16]}… where {file.sha256[:16]}… is expected"
        return ""

    def verify(self) -> None:
        """Hash what changed since the last verification. Raises ModelDamagedError if a file is not the pinned one."""
        states = self.states()
        for file in self.model.files:
            if fault := self._fault(file, states[file.path]):
                raise ModelDamagedError(
                    f"The weights of '{self.model.name}' are damaged: {self.files[file.path]} {fault}. "
                    f"Run: rag models pull {self.model.name}"
                )
        if "unverified" in states.values():
            self.record_verified()

    def repair(self) -> list[ModelFile]:
        """Delete the files that are not the pinned ones, and return those that are missing."""
        states = self.states()
        missing = [file for file in self.model.files if self._fault(file, states[file.path])]
        for file in missing:
            self.files[file.path].unlink(missing_ok=True)
        return missing

    def delete_partials(self) -> None:
        for leftover in list(self.folder.rglob(f"*{PARTIAL}*")):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _copies(model: CatalogModel, settings: Settings) -> list[_Copy]:
    """Return the places of a model, best first: the models folder, where people put files, then the cache."""
    return [_Copy.at(model, _place(model, settings)), _Copy.cached(model, settings)]


def _place(model: CatalogModel, settings: Settings) -> Path:
    return settings.models / (model.name if model.is_folder else f"{model.name}.gguf")


def _looks_like_path(text: str) -> bool:
    return text.lower().endswith(".gguf") or "/" in text or os.sep in text or Path(text).is_file()


def _gguf(path: Path) -> Path:
    if not path.is_file():
        raise ModelMissingError(f"There is no file {path}. Correct the path, or run: rag models list")
    try:
        with path.open("rb") as stream:
            header = stream.read(_GGUF_HEADER)
    except OSError as error:
        raise ModelMissingError(
            f"The file {path} cannot be read ({error.strerror}). Correct its permissions, or name another file."
        ) from error
    if len(header) < _GGUF_HEADER or not header.startswith(_GGUF_MAGIC):
        raise ModelDamagedError(
            f"The file {path} is no GGUF model, or was cut short. Download it again, or name another."
        )
    return path


def _try_sources(download: Download, settings: Settings, cached: _Copy) -> None:
    model = download.model
    failures: list[str] = []
    for source in model.sources:
        # The source before may have given some of the files before it failed.
        current = replace(download, missing=cached.repair()) if failures else download
        try:
            _check_disk(source, current)
            source.pull(current)
            if not cached.repair():  # A source may be anybody's: the sha256 decides.
                return
            raise DownloadError("It brought files that are not the expected ones, so they were deleted.")
        except DownloadError as error:
            failures.append(f"  {source.description}: {error}")
            _LOG.info("The model '%s' did not come from %s: %s", model.name, source.description, error)
    listed = "\n".join(failures)
    raise DownloadError(
        f"The model '{model.name}' could not be downloaded from any of its sources.\n{listed}\n"
        f"Check the network and run: rag models pull {model.name} (it resumes what was begun). "
        f"{_by_hand(model, settings)}"
    )


def _check_disk(source: WeightSource, download: Download) -> None:
    needed = max(0, source.disk_needed(download) - _bytes_under(download.folder, PARTIAL))
    free = shutil.disk_usage(download.folder).free
    if free < needed:
        raise DownloadError(
            f"It needs {needed / 1e6:,.0f} MB of disk and {download.folder} has {free / 1e6:,.0f} MB free: "
            "free some space, or name another folder in RAG_MODEL_CACHE."
        )


def _bytes_under(folder: Path, having: str = "") -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and having in str(path))


def _by_hand(model: CatalogModel, settings: Settings) -> str:
    place = _place(model, settings)
    page = next(filter(None, (source.page(settings.hub) for source in model.sources)), "")
    origin = f" of {page}" if page else ""
    if model.is_folder:
        names = ", ".join(file.path for file in model.files)
        return f"Or download by hand the files {names}{origin} into the folder {place}."
    file = model.files[0]
    return (
        f"Or download by hand {file.path}{origin} ({file.size:,} bytes, sha256 {file.sha256}) and save it as {place}."
    )


@contextmanager
def _exclusively(model: CatalogModel, settings: Settings, meter: ProgressMeter) -> Iterator[None]:
    """Hold the lock of the model; if another pull has it, report that and wait for its end."""
    (settings.model_cache / model.name).mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.model_cache / f"{model.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _LOG.info("Another pull of the model '%s' is running; this one waits for its end.", model.name)
        meter.report("waiting", 0)
        lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


def _link(settings: Settings, cached: _Copy) -> Path:
    """Make the models folder show the cached weights: a link, or a copy where links are refused. Raises OSError."""
    model, place, target = cached.model, _place(cached.model, settings), cached.path.resolve()
    if place.resolve() == target:
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        _copy_files(cached, place)  # Somebody made this folder: what else is in it stays.
        return place
    partial = place.with_name(f"{place.name}{PARTIAL}")
    try:
        partial.unlink(missing_ok=True)
        partial.symlink_to(target, target_is_directory=model.is_folder)
        partial.replace(place)
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        place.unlink(missing_ok=True)
        _copy_files(cached, place)
    return place


def _copy_files(cached: _Copy, place: Path) -> None:
    copy = _Copy.at(cached.model, place)
    for name, source in cached.files.items():
        target = copy.files[name]
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}{PARTIAL}")
        shutil.copyfile(source, partial)
        partial.replace(target)
    copy.record_verified()
