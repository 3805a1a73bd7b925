"""What holds of all style sheets and scripts of the page."""

from __future__ import annotations

import re

import pytest

from rag.web.static import theme

FILES = sorted(file.name for end in ("css", "js") for file in theme.FOLDER.glob(f"*/*.{end}"))
PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)|(?:left|right))\s*:|(?:text-align|float|clear):\s*(?:left|right)"
)
OTHER_ORIGIN = re.compile(r"https?://(?!www\.w3\.org/2000/svg)|@import|//[a-z0-9-]+\.[a-z]{2,}/")


def text_of(name: str) -> str:
    return theme.read(name)


def test_each_of_them_is_on_the_page_once() -> None:
    used = [*theme.EARLY_STYLES, *theme.EARLY_SCRIPTS, *theme.STYLES, *theme.SCRIPTS, "login.css"]
    assert sorted(used) == FILES


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".css")])
def test_no_side_is_called_left_or_right_so_that_arabic_mirrors_by_itself(name: str) -> None:
    assert PHYSICAL.findall(text_of(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    assert OTHER_ORIGIN.findall(text_of(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_it_can_stand_inline_in_the_document(name: str) -> None:
    assert "</" not in re.sub(r"</?[a-z]+>`", "", text_of(name))


def test_what_is_used_of_the_colours_is_there() -> None:
    everything = "".join(text_of(name) for name in FILES)
    used = set(re.findall(r"var\((--fn-[a-z-]+)\)", everything))
    assert used - set(re.findall(r"(--fn-[a-z-]+):", text_of("colours.css"))) == set()
