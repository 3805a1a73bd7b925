"""Sources of weights: another kind is registered by its name, and the mirrors are no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from rag.core.errors import DownloadError
from rag.core.settings import Settings
from rag.models import catalog
from rag.models.weight_source import Download
from rag.models.weights import pull
from tests.helpers.file_server import GGUF, answering

ROOT = Path(__file__).parents[2] / "rag"


@dataclass(frozen=True, slots=True)
class ShelfSource:
    """Weights that are on this machine already."""

    shelf: str
    description: str = "a shelf"

    def page(self, hub: str) -> str:
        return ""

    def disk_needed(self, download: Download) -> int:
        return download.model.size

    def pull(self, download: Download) -> None:
        for file in download.missing:
            (download.folder / file.path).write_bytes(Path(self.shelf, file.path).read_bytes())


def test_a_source_of_another_kind_is_registered_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.WEIGHT_SOURCES, "shelf", f"{__name__}:ShelfSource")
    (file,) = answering().files
    text = f"""
    [models.tiny]
    role = "answering"
    licence = "MIT"
    description = "d."
    files = [{{ path = "{file.path}", size = {file.size}, sha256 = "{file.sha256}" }}]
    sources = [{{ shelf = "{tmp_path}" }}]
    """
    (model,) = catalog.parse_catalog(text).values()
    settings = Settings(models=tmp_path / "models", model_cache=tmp_path / "cache", index=tmp_path)
    (tmp_path / "tiny-q4.gguf").write_bytes(GGUF[:-1] + b"?")
    with pytest.raises(DownloadError, match="a shelf: It brought files that are not the expected ones"):
        pull(model, settings)
    assert not list((tmp_path / "cache").rglob("*.gguf"))
    (tmp_path / "tiny-q4.gguf").write_bytes(GGUF)
    assert pull(model, settings).read_bytes() == GGUF


def test_nothing_but_the_registry_names_the_package_mirrors() -> None:
    naming = [file.relative_to(ROOT).as_posix() for file in ROOT.rglob("*.py") if "wheel_source" in file.read_text()]
    assert naming == ["models/catalog.py"]


def test_a_source_of_an_unknown_kind_or_field_is_refused() -> None:
    for source in ('{ torrent = "x" }', '{ hub = "a/b", revision = "c", branch = "d" }'):
        text = f'[models.x]\nrole="answering"\nlicence="MIT"\ndescription="d."\nfiles=[]\nsources=[{source}]'
        with pytest.raises(ValueError, match="not understood"):
            catalog.parse_catalog(text)
