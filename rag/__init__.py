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

_PUBLIC = {
    "rag.core.types": "Answer Source Turn",
    "rag.core.events": "Answered Declined Event Failed QuoteFound Reading SentenceChecked SourcesFound TextAdded "
    "Waiting",
    "rag.chatbot": "Chatbot",
    "rag.core.filters": "Filters",
    "rag.core.protocols": "Library",
    "rag.core.errors": "RagError",
    "rag.core.settings": "Settings",
    "rag.evaluation.runner": "evaluate",
    "rag.ingest": "ingest",
    "rag.store.opening": "open_library",
}
"""The public names of each module."""
_MODULES = {name: module for module, names in _PUBLIC.items() for name in names.split()}

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
