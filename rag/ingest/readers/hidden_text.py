"""Remove what a browser would not show from an HTML tree: hidden by attribute, by style or by colour."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

NEVER_SHOWN = {"noscript", "template"}
ALWAYS_SHOWN = {"html", "body"}
SAME_COLOUR = 16
"""Largest difference, of 255, of red, green and blue between colours that look the same. Chosen by hand."""
OUT_OF_SIGHT = -500.0  # Pixels left of or above the page at which text is out of view. Chosen by hand.
COLOURS = {"white": "#fff", "snow": "#fffafa", "ivory": "#fffff0", "whitesmoke": "#f5f5f5", "black": "#000"}

CSS_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
BRACE = re.compile(r"[{}]")
SIMPLE = re.compile(r"[.#]?[\w-]+")
LENGTH = re.compile(r"(-?(?:\d+\.?\d*|\.\d+))([a-z%]*)")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|rgba?\([^)]{0,60}\)|transparent|\b(?:" + "|".join(COLOURS) + r")\b")
BACKGROUND_IMAGE = re.compile(r"url\(|gradient")

Style = Mapping[str, str]


def remove_hidden(root: _Element) -> None:
    """Empty the elements that are not shown; the text after them stays."""
    sheet = _StyleSheet.of(root)
    shown = _Appearance(background=None if sheet.incomplete else (255.0, 255.0, 255.0))
    pending = [(root, shown)]
    while pending:
        element, around = pending.pop()
        style = sheet.style(element)
        if element.tag not in ALWAYS_SHOWN and (
            element.tag in NEVER_SHOWN or _is_marked_hidden(element) or _hides(style)
        ):
            element.clear(keep_tail=True)
            element.tag = "span"
            continue
        here = around.within(element, style, sheet)
        if here.invisible:
            element.text = None
            for child in element:
                child.tail = None
        pending += [(child, here) for child in element if isinstance(child.tag, str)]


@dataclass(frozen=True, slots=True)
class _Appearance:
    """What an element inherits. Colours are (red, green, blue), 0 to 255; an unknown background is None."""

    background: tuple[float, ...] | None
    colour: tuple[float, ...] | None = None
    no_size: bool = False
    transparent: bool = False

    @property
    def invisible(self) -> bool:
        same = (
            self.colour is not None
            and self.background is not None
            and all(abs(one - other) <= SAME_COLOUR for one, other in zip(self.colour, self.background, strict=True))
        )
        return self.no_size or self.transparent or same

    def within(self, element: _Element, style: Style, sheet: _StyleSheet) -> _Appearance:
        """Return the appearance within an element of that style."""
        here = self
        if sheet.incomplete and ("class" in element.attrib or "id" in element.attrib):
            here = replace(here, background=None)  # An external style sheet may set another one.
        painted = style.get("background-color") or style.get("background") or str(element.get("bgcolor", "")).lower()
        if painted:
            background = _colour(painted)
            if BACKGROUND_IMAGE.search(painted):
                here = replace(here, background=None)
            elif background:
                here = replace(here, background=background)
        written = style.get("color") or (str(element.get("color", "")).lower() if element.tag == "font" else "")
        if written and written not in {"inherit", "currentcolor"}:
            here = replace(here, colour=_colour(written), transparent=_is_transparent(written))
        size = LENGTH.match(style.get("font-size", ""))
        if size:
            relative = size[2] in {"em", "%"}
            here = replace(here, no_size=float(size[1]) == 0 or (relative and here.no_size))
        elif "font-size" in style:
            here = replace(here, no_size=here.no_size and style["font-size"] in {"inherit", "smaller", "larger"})
        return here


@dataclass(frozen=True, slots=True)
class _StyleSheet:
    """The rules of a page's own style sheets for a single tag, class or id.

    ``incomplete``: there are external sheets or other kinds of rules, so that backgrounds are not known.
    """

    rules: Mapping[str, Style]
    incomplete: bool

    @classmethod
    def of(cls, root: _Element) -> _StyleSheet:
        rules: dict[str, dict[str, str]] = defaultdict(dict)
        overridden: dict[str, set[str]] = defaultdict(set)
        compound = False
        for element in root.iter("style"):
            for selectors, style, conditional in _rules(element.text or ""):
                for selector in selectors.split(","):
                    selector = selector.strip()
                    if SIMPLE.fullmatch(selector) and not conditional:
                        rules[selector].update(style)
                        continue
                    compound = True
                    for name in SIMPLE.findall(selector):
                        overridden[name].update(style)
        kept = {
            selector: {name: value for name, value in style.items() if name not in overridden.get(selector, ())}
            for selector, style in rules.items()
        }
        linked = any("stylesheet" in str(link.get("rel", "")).lower() for link in root.iter("link"))
        return cls(kept, compound or linked)

    def style(self, element: _Element) -> Style:
        """Return the style of an element: the rules for it, then its own."""
        own = str(element.get("style", ""))
        if not self.rules:
            return _declarations(own) if own else {}
        names = [str(element.tag), *(f".{name}" for name in str(element.get("class", "")).split())]
        names.append(f"#{element.get('id', '')}")
        found: dict[str, str] = {}
        for name in names:
            found.update(self.rules.get(name, {}))
        found.pop("opacity", None)  # Elements that fade in start like this.
        return {**found, **_declarations(own)} if own else found


def _rules(sheet: str) -> Iterator[tuple[str, Style, bool]]:
    """Yield (selectors, style, whether it is conditional) of each rule of a style sheet; damaged ones are skipped."""
    sheet = CSS_COMMENT.sub("", sheet)
    opened: list[str] = []
    at = 0
    for brace in BRACE.finditer(sheet):
        words = sheet[at : brace.start()]
        at = brace.end()
        if brace[0] == "{":
            opened.append(words.rpartition(";")[2].strip())
        elif opened:
            selectors = opened.pop()
            if not selectors.startswith("@"):
                yield selectors, _declarations(words), bool(opened)


def _declarations(style: str) -> Style:
    """Return the properties of a style and their values, in lower case."""
    plain = ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0x10FFFF)), CSS_COMMENT.sub("", style)).lower()
    pairs = (declaration.partition(":") for declaration in plain.split(";"))
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs if value.strip()}


def _is_marked_hidden(element: _Element) -> bool:
    """Return whether attributes hide the element from view or from screen readers."""
    return "hidden" in element.attrib or str(element.get("aria-hidden", "")).strip().lower() == "true"


def _hides(style: Style) -> bool:
    """Return whether a style hides an element with all that is in it."""
    if not style:
        return False
    no_room = style.get("overflow") in {"hidden", "clip"} and any(
        _is_at_most(style, name, 1) for name in ("height", "width", "max-height", "max-width")
    )
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or style.get("content-visibility") == "hidden"
        or (_is_at_most(style, "opacity", 0) and not {"transform", "transition", "animation"} & style.keys())
        or no_room
        or _is_at_most(style, "text-indent", OUT_OF_SIGHT)
        or (
            style.get("position") in {"absolute", "fixed"}
            and (_is_at_most(style, "left", OUT_OF_SIGHT) or _is_at_most(style, "top", OUT_OF_SIGHT) or _clips(style))
        )
    )


def _is_at_most(style: Style, name: str, most: float) -> bool:
    """Return whether a length is at most ``most`` pixels; in other units, whether it is 0 or far out of view."""
    length = LENGTH.match(style.get(name, ""))
    if length is None:
        return False
    value = float(length[1])
    return value <= (most if length[2] in {"", "px"} else min(most, 0)) and (value == 0 or value <= most)


def _clips(style: Style) -> bool:
    edges = [float(edge) for edge, _ in LENGTH.findall(style.get("clip", ""))]
    return len(edges) == 4 and max(edges) - min(edges) <= 1


def _colour(value: str) -> tuple[float, ...] | None:
    """Parse a colour; None if it is unknown or transparent."""
    found = COLOUR.search(value)
    if not found or _is_transparent(value):
        return None
    colour = COLOURS.get(found[0], found[0])
    if colour.startswith("#"):
        digits = colour[1:]
        digits = "".join(2 * digit for digit in digits) if len(digits) < 6 else digits
        return tuple(float(int(digits[at : at + 2], 16)) for at in (0, 2, 4))
    parts = [float(number) * (2.55 if unit == "%" else 1) for number, unit in LENGTH.findall(colour)]
    return tuple(parts[:3]) if len(parts) >= 3 else None


def _is_transparent(value: str) -> bool:
    alpha = re.match(r"rgba?\([^)]{0,60}[,/]\s*(\d*\.?\d+)%?\s*\)", value)
    parts = value.count(",") + value.count("/")
    return value == "transparent" or bool(alpha and parts == 3 and float(alpha[1]) == 0)
