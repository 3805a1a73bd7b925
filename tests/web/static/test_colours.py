"""Every text can be read: WCAG 2.2 asks for a contrast of 4.5 to 1, and of 3 to 1 for what is no text."""

from __future__ import annotations

import re

import pytest

from rag.web.static import theme

COLOUR = re.compile(r"--fn-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
SHEET = theme.read("colours.css")
SCHEMES = {
    scheme: {name: values[at] for name, *values in COLOUR.findall(SHEET)} for at, scheme in enumerate(("light", "dark"))
}
TEXTS = [
    *((ink, ground) for ink in ("ink", "soft", "accent", "doubt", "stop") for ground in ("page", "surface")),
    *((ink, "sunken") for ink in ("ink", "soft")),
    *((ink, "accent-wash") for ink in ("ink", "soft", "accent")),
    ("mark-ink", "mark"), ("doubt", "doubt-wash"), ("on-accent", "accent"), ("on-accent", "accent-strong"),
    ("surface", "stop"), ("page", "doubt"),
]  # fmt: skip
OTHERS = [(edge, ground) for edge in ("edge", "accent") for ground in ("page", "surface")]


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return sum(share * one for share, one in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("ink", "ground"), TEXTS)
def test_texts_can_be_read(scheme: str, ink: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("edge", "ground"), OTHERS)
def test_edges_of_fields_and_rings_of_focus_can_be_seen(scheme: str, edge: str, ground: str) -> None:
    colours = SCHEMES[scheme]
    assert contrast(colours[edge], colours[ground]) >= 3


def test_gradio_is_told_the_same_colours() -> None:
    names = {
        "body_background_fill": "page", "body_text_color": "ink", "background_fill_primary": "surface",
        "border_color_primary": "line", "input_background_fill": "surface",
    }  # fmt: skip
    told = {f"{value}{end}": SCHEMES[scheme][name] for value, name in names.items() for scheme, end in ENDS}
    assert told == theme.VALUES


ENDS = (("light", ""), ("dark", "_dark"))
