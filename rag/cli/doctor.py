"""Checks of an index, its models and its stored files for ``rag doctor``, and repairs of derived data."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from rag import store as library
from rag.core.errors import IndexDamagedError, RagError
from rag.core.settings import Settings
from rag.models.catalog import find_model, load_catalog
from rag.models.cross_encoder import locate_cross_encoder
from rag.models.endpoint_client import is_endpoint
from rag.models.openai_endpoint import open_endpoint
from rag.models.weights import locate, status, verify
from rag.store import SqliteLibrary, vector_index
from rag.store.integrity import CHECKS, check
from rag.store.lock import index_lock
from rag.store.vector_index import FaissIndex
from rag.web.embed.store import EmbedStore

State = Literal["ok", "warning", "problem"]
LITTLE_SPACE, NO_SPACE = 1_000_000_000, 50_000_000
"""Bytes of free disk space below which there is a warning, and a problem."""
SERVER_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
REPAIR = "Run: rag doctor --repair"
RESTORE = "Restore library.db from a backup, or move it away and run: rag ingest PATH"


@dataclass(frozen=True, slots=True)
class Check:
    """The result of one check: what was found, and what to do about it."""

    name: str
    state: State
    message: str
    remedy: str = ""


def examine(settings: Settings) -> list[Check]:
    """Check the index, the models, the disk and the saved conversations without changing them."""
    found = [*_permissions(settings), _disk(settings)]
    try:
        opened = SqliteLibrary.open(settings.index / library.FILE)
    except RagError as error:
        found.append(Check("library", "problem", str(error)))
    else:
        found += [*_library(opened, settings), *_vectors(opened, settings)]
        opened.close()
    return [*found, *_leftovers(settings), *_models(settings), *_chats(settings), *_embeds(settings)]


def repair(settings: Settings) -> list[str]:
    """Rebuild damaged derived data, and return a sentence for each repair.

    Raises:
        IndexBusyError: if another process is changing the index.
    """
    with index_lock(settings.index, wait=False):
        done = []
        for file in vector_index.leftovers(settings.index):
            file.unlink(missing_ok=True)
            done.append(f"Removed the leftover file {file.name}.")
        opened = SqliteLibrary.open(settings.index / library.FILE)
        wrong = {name for name in CHECKS if name in REPAIRS and check(opened, name)}
        done += [REPAIRS[name](opened) for name in CHECKS if name in wrong]
        with contextlib.suppress(IndexDamagedError):  # A damaged library is reported by the checks.
            done += _rewritten_vectors(opened, settings)
        opened.close()
    return done


def _rewritten_vectors(opened: SqliteLibrary, settings: Settings) -> Iterator[str]:
    index = FaissIndex(opened, settings.index, opened.dimensions)
    state = index.state_of_file()
    if state == "damaged":
        for file in vector_index.vector_files(settings.index):
            file.unlink(missing_ok=True)
    if state != "current":
        index.refresh()
        yield f"Rebuilt the vector file with {opened.passage_count():,} passages."


REPAIRS: Mapping[str, Callable[[SqliteLibrary], str]] = {
    "full text": lambda opened: f"Rebuilt the full-text index from {opened.rebuild_full_text()} passages.",
    "near-duplicates": lambda opened: f"Marked near-duplicates again; {opened.rebuild_duplicates()} marks changed.",
}
SOUND = {
    "file": "The database is intact.",
    "references": "Every row belongs to an article.",
    "texts": "Every text matches its checksum.",
    "passages": "Every passage and sentence is within its article.",
    "vectors": "Every vector has the right length.",
    "full text": "The full-text index has every passage.",
    "near-duplicates": "The near-duplicates are marked correctly.",
}


def _library(opened: SqliteLibrary, settings: Settings) -> Iterator[Check]:
    try:
        count = opened.count_found("")
    except RagError as error:
        yield Check("library", "problem", str(error))
        return
    if count:
        yield Check("library", "ok", f"{opened.file} can be read and holds {count:,} articles.")
    else:
        yield Check("library", "warning", f"{opened.file} can be read but is empty.", "Run: rag ingest PATH")
    if opened.embedder == settings.embedder:
        yield Check("embedder", "ok", f"The library uses the embedder of the settings, {opened.embedder}.")
    else:
        yield Check(
            "embedder",
            "problem",
            f"The library uses the embedder '{opened.embedder}', but the settings name '{settings.embedder}'.",
            f'Set embedder = "{opened.embedder}", or ingest into another folder with --index.',
        )
    for name in CHECKS:
        wrong = check(opened, name)
        if wrong:
            yield Check(name, "problem", " ".join(wrong), REPAIR if name in REPAIRS else RESTORE)
        else:
            yield Check(name, "ok", SOUND[name])


def _vectors(opened: SqliteLibrary, settings: Settings) -> Iterator[Check]:
    try:
        state = FaissIndex(opened, settings.index, opened.dimensions).state_of_file()
    except RagError as error:
        yield Check("vector file", "problem", f"The vector file cannot be compared with the library: {error}", RESTORE)
        return
    if state == "current":
        yield Check("vector file", "ok", "The vector file is intact and up to date.")
    elif state == "damaged":
        message = "The vector file is damaged or belongs to another library, and is not used."
        yield Check("vector file", "problem", message, REPAIR)
    elif opened.passage_count():
        what = "is older than the library" if state == "older" else "is missing"
        yield Check("vector file", "warning", f"The vector file {what}, so starting takes longer.", REPAIR)


def _permissions(settings: Settings) -> Iterator[Check]:
    folder = settings.index
    if not folder.exists():
        return
    files = [file for file in (folder / library.FILE, folder / "chats.db") if file.exists()]
    unreadable = [place.name for place in (folder, *files) if not os.access(place, os.R_OK)]
    fixed = [place.name for place in (folder, *files) if not os.access(place, os.W_OK)]
    if unreadable:
        yield Check(
            "permissions", "problem", f"No permission to read {', '.join(unreadable)}.", "Change the permissions."
        )
    elif fixed:
        yield Check(
            "permissions",
            "warning",
            f"No permission to write {', '.join(fixed)}: questions work, but the index cannot be changed.",
            "Change the permissions to add articles.",
        )
    else:
        yield Check("permissions", "ok", f"The folder {folder} is readable and writable.")


def _disk(settings: Settings) -> Check:
    place = next((folder for folder in (settings.index, *settings.index.parents) if folder.exists()), Path.cwd())
    free = shutil.disk_usage(place).free
    state: State = "ok" if free >= LITTLE_SPACE else "warning" if free >= NO_SPACE else "problem"
    return Check(
        "disk", state, f"{free / 1e9:,.1f} GB are free for the index.", "" if state == "ok" else "Free some space."
    )


def _leftovers(settings: Settings) -> Iterator[Check]:
    left = vector_index.leftovers(settings.index)
    if left:
        names = ", ".join(file.name for file in left)
        yield Check("leftovers", "warning", f"There are leftover temporary files: {names}.", REPAIR)
    else:
        yield Check("leftovers", "ok", "There are no leftover temporary files.")


def _models(settings: Settings) -> Iterator[Check]:
    """Check the weights of the models in use against their hashes; ask an endpoint which model it serves."""
    for role, name, place in (
        ("embedding model", settings.embedder, locate),
        ("cross-encoder", settings.reranker, locate_cross_encoder),
        ("answering model", settings.generator, locate),
    ):
        if name is None:
            continue
        try:
            if is_endpoint(name):
                model_name = open_endpoint(settings, SERVER_TIMEOUT).resolve_model()
                message = f"The server responds and serves the model {model_name}."
            elif name in load_catalog():
                model = find_model(name)
                found = status(model, settings)
                path = found.path or place(name, settings)
                verify(model, path)
                message = f"The weights of {name} are intact."
            else:
                message = f"The weights are in {place(name, settings)}."
            yield Check(role, "ok", message)
        except RagError as error:
            yield Check(role, "problem", str(error))


def _chats(settings: Settings) -> Iterator[Check]:
    file = settings.index / "chats.db"
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        result = str(error)
    if result == "ok":
        yield Check("conversations", "ok", "The saved conversations are readable.")
    else:
        yield Check(
            "conversations",
            "problem",
            f"The saved conversations are damaged: {result}.",
            "Restore chats.db from a backup, or move it away; the articles are not affected.",
        )


def _embeds(settings: Settings) -> Iterator[Check]:
    """Check the file of embeds, if there is one."""
    store = EmbedStore(settings.index)
    if not store.file.exists():
        return
    try:
        count = len(store.all())
    except RagError as error:
        yield Check("embeds", "problem", str(error))
        return
    if os.name == "posix" and store.file.stat().st_mode & 0o077:
        secrets = f"Other users of this machine can read {store.file}, which contains the secrets of embeds."
        yield Check("embeds", "warning", secrets, f"Run: chmod 600 {store.file}, then rag embed rotate NAME --keep 0")
    else:
        yield Check("embeds", "ok", f"{store.file} is readable by this user only; embeds: {count}.")
