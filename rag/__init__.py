"""Footnote: ask your articles; every sentence of the answer is footnoted.

The public names are imported when they are first used: ``import rag`` loads none of the package's modules.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.chatbot import Chatbot
    from rag.core.errors import RagError
    from rag.core.events import (
        Answered,
        Declined,
        Event,
        Failed,
        QuoteFound,
        Reading,
        SentenceChecked,
        SourcesFound,
        TextAdded,
        Waiting,
    )
    from rag.core.filters import Filters
    from rag.core.protocols import Library
    from rag.core.settings import Settings
    from rag.core.types import Answer, Source, Turn
    from rag.evaluation.runner import evaluate
    from rag.ingest.pipeline import ingest as ingest
    from rag.store.opening import open_library

__version__ = "0.2.0"

_MODULES = {
    "Answer": "rag.core.types",
    "Answered": "rag.core.events",
    "Chatbot": "rag.chatbot",
    "Declined": "rag.core.events",
    "Event": "rag.core.events",
    "Failed": "rag.core.events",
    "Filters": "rag.core.filters",
    "Library": "rag.core.protocols",
    "QuoteFound": "rag.core.events",
    "RagError": "rag.core.errors",
    "Reading": "rag.core.events",
    "SentenceChecked": "rag.core.events",
    "Settings": "rag.core.settings",
    "Source": "rag.core.types",
    "SourcesFound": "rag.core.events",
    "TextAdded": "rag.core.events",
    "Turn": "rag.core.types",
    "Waiting": "rag.core.events",
    "evaluate": "rag.evaluation.runner",
    "ingest": "rag.ingest",
    "open_library": "rag.store.opening",
}
"""The module of each public name."""

__all__ = [
    "Answer",
    "Answered",
    "Chatbot",
    "Declined",
    "Event",
    "Failed",
    "Filters",
    "Library",
    "QuoteFound",
    "RagError",
    "Reading",
    "SentenceChecked",
    "Settings",
    "Source",
    "SourcesFound",
    "TextAdded",
    "Turn",
    "Waiting",
    "evaluate",
    "ingest",
    "open_library",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    module = import_module(_MODULES[name])
    return module if name == "ingest" else getattr(module, name)  # The package can be called.


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
