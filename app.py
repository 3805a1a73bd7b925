"""The web application. ``python app.py`` serves it; ``uvicorn app:app`` does too, with uvicorn's own options."""

from __future__ import annotations

import sys
from typing import Any

from rag.core.errors import RagError, UsageError
from rag.core.settings import load_settings
from rag.web.server import open_app, serve


def __getattr__(name: str) -> Any:
    """``app`` is made when it is first asked for, so that importing this module loads no model."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["app"] = open_app(load_settings())
    return globals()["app"]


def announce(address: str) -> None:
    sys.stdout.write(f"Footnote is at {address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        serve(load_settings(), announce)
    except RagError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2 if isinstance(error, UsageError) else 1)
