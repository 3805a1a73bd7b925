"""What frames the page: ways for the keyboard and for screen readers, and the choice of light or dark."""

from __future__ import annotations

from markupsafe import Markup

from rag.web.rendering.environment import render


def opening() -> Markup:
    """Render what comes first on the page: the way past the header, live regions, and the names of its regions.

    mending.js gives the names to the elements they are for; announcing.js and connection.js fill the other two.
    """
    return render("page_frame.opening")


def appearance() -> Markup:
    """Render the choice of light, dark, or as the device has it; appearance.js remembers it."""
    return render("page_frame.appearance")


def without_scripts() -> Markup:
    """Render what the document says if scripts are not allowed."""
    return render("page_frame.without_scripts")


def languages() -> Markup:
    """Render a fold with a link for each language, by the name that it has for itself."""
    return render("page_frame.languages")
