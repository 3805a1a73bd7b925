"""Where the weights of models are downloaded from: the interface of a source, and the model hub.

A source of another kind is a class like ``HubSource``, registered in ``rag.models.catalog.WEIGHT_SOURCES``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from rag.models.catalog import CatalogModel, ModelFile
from rag.models.download import ProgressMeter, RetryPolicy, fetch


@dataclass(frozen=True, slots=True)
class Download:
    """What a source is to download: the ``missing`` files of ``model`` into ``folder``, each under its path."""

    model: CatalogModel
    missing: Sequence[ModelFile]
    folder: Path
    hub: str
    """The address of the model hub."""
    client: httpx.Client
    meter: ProgressMeter
    retries: RetryPolicy


class WeightSource(Protocol):
    """A place to download the weights of a model from. Its fields are those of its entry in the catalog."""

    @property
    def description(self) -> str:
        """How messages name this source."""
        ...

    def page(self, hub: str) -> str:
        """Return the address where a person can download the files, or ""."""
        ...

    def disk_needed(self, download: Download) -> int:
        """Return the bytes of disk that the download takes at its peak."""
        ...

    def pull(self, download: Download) -> None:
        """Download the missing files, resuming what an earlier download began; keep only what has the right sha256.

        Raises:
            DownloadError: with the reason in a sentence.
            OSError: if the disk refuses.
        """
        ...


@dataclass(frozen=True, slots=True)
class HubSource:
    """A repository of the model hub at one revision, with every file under its own path."""

    hub: str
    revision: str

    @property
    def description(self) -> str:
        return f"the model hub ({self.hub})"

    def page(self, hub: str) -> str:
        return f"{hub.rstrip('/')}/{self.hub}"

    def disk_needed(self, download: Download) -> int:
        return sum(file.size for file in download.missing)

    def pull(self, download: Download) -> None:
        done = 0
        for file in download.model.files:
            if file in download.missing:
                download.meter.begin(done)
                fetch(
                    download.client,
                    f"{self.page(download.hub)}/resolve/{self.revision}/{file.path}",
                    download.folder / file.path,
                    size=file.size,
                    sha256=file.sha256,
                    count=download.meter.count,
                    retries=download.retries,
                )
                download.meter.report("downloading", file.size)
            done += file.size
