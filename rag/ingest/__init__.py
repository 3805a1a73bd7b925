"""Articles into the library: files and addresses → readers → chunks → vectors → store. ``pipeline.py`` is read first.

The package can be called: ``rag.ingest(...)`` is ``rag.ingest.pipeline.ingest(...)``. So ``from rag import ingest``
works as for the other public names, whether or not a module of this package was imported before.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _CallablePackage(ModuleType):
    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from rag.ingest.pipeline import ingest

        return ingest(*args, **kwargs)


sys.modules[__name__].__class__ = _CallablePackage
