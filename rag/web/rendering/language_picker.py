"""The choice of the page's language."""

from __future__ import annotations

from markupsafe import Markup

from rag.web.rendering.environment import render


def choice() -> Markup:
    """Render a fold with a link for each language, by the name that it has for itself."""
    return render("page_frame.languages")
