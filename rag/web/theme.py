"""The looks: values for Gradio's own variables, and the style sheet and script that the page carries in its head."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
STYLES, SCRIPTS = ("style.css", "library.css"), ("page.js", "views.js", "library.js")
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")

VALUES = {
    "body_background_fill": "#f6f4ef",
    "body_background_fill_dark": "#14161b",
    "body_text_color": "#1e2329",
    "body_text_color_dark": "#e9e7e2",
    "background_fill_primary": "#ffffff",
    "background_fill_primary_dark": "#1c1f26",
    "border_color_primary": "#dfdacf",
    "border_color_primary_dark": "#333843",
    "input_background_fill": "#ffffff",
    "input_background_fill_dark": "#1c1f26",
}
"""Gradio's theme variables; everything else is in the style sheets."""


def page_head() -> str:
    """What the page's head holds besides Gradio's own: the style sheets and a few small scripts, all inline."""
    styles, scripts = ("".join(_read(name) for name in names) for names in (STYLES, SCRIPTS))
    return f"<style>{styles}</style><script>{scripts}</script>"


def favicon() -> bytes:
    """The page's icon, an SVG."""
    return (FOLDER / "favicon.svg").read_bytes()


def _read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
