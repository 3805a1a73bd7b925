"""The theme: values of Gradio's variables, and the style sheets and scripts in the page's head."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FONTS = FOLDER / "fonts"
SANS = ("Source Sans 3", "Noto Sans Arabic", "system-ui", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")

EARLY_STYLES, EARLY_SCRIPTS = ("fonts.css", "colours.css"), ("language.js", "appearance.js")
"""Needed before the page is drawn."""
EARLY_FONTS = ("source-sans-3.052-latin.woff2", "source-serif-4.004-latin.woff2")
STYLES = (
    "frame.css",
    "chat.css",
    "history.css",
    "filters.css",
    "sources.css",
    "library.css",
    "account.css",
    "languages.css",
    "reading.css",
    "print.css",
)
SCRIPTS = (
    "mending.js",
    "announcing.js",
    "connection.js",
    "page.js",
    "views.js",
    "library.js",
    "reading.js",
    "answering.js",
    "history.js",
)

VALUES = {
    "body_background_fill": "#f7f5f0",
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


@cache
def early_head() -> str:
    """Return what the document's head has from the start, all inline; two of the fonts are preloaded."""
    fonts = "".join(
        f'<link rel="preload" as="font" type="font/woff2" crossorigin href="fonts/{name}">' for name in EARLY_FONTS
    )
    return fonts + _inline(EARLY_STYLES, EARLY_SCRIPTS)


def page_head() -> str:
    """Return what Gradio adds to the head before it draws the page: the other style sheets and scripts."""
    return _inline(STYLES, SCRIPTS)


@cache
def fonts() -> frozenset[str]:
    """Return the names of the font files."""
    return frozenset(file.name for file in FONTS.glob("*.woff2"))


def favicon() -> bytes:
    """Return the page's icon, an SVG."""
    return (FOLDER / "favicon.svg").read_bytes()


def _inline(styles: tuple[str, ...], scripts: tuple[str, ...]) -> str:
    style, script = ("".join(read(name) for name in names) for names in (styles, scripts))
    return f"<style>{style}</style><script>{script}</script>"


def read(name: str) -> str:
    """Return the text of a style sheet or script by its file name."""
    return (FOLDER / name.rpartition(".")[2] / name).read_text(encoding="utf-8")
