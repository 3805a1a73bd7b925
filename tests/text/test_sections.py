from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.types import Heading
from rag.text.sections import LONGEST_RUN, find_sections


def marked(*lines: str) -> tuple[str, list[Heading]]:
    """A text of lines, those that begin with # being its headings."""
    text, headings = "", []
    for line in lines:
        words = line.lstrip("#").strip()
        if line.startswith("#"):
            headings.append(Heading(len(text), len(text) + len(words), line.count("#")))
        text += f"{words}\n\n"
    return text, headings


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["text"], [("text", "")]),
        (["# A", "text"], [("text", "A")]),
        (["intro", "# A", "text"], [("intro", ""), ("text", "A")]),
        (["# A", "## B", "1", "### C", "2", "## D", "3"], [("1", "A › B"), ("2", "A › B › C"), ("3", "A › D")]),
        (["### Deep", "one", "# High", "two"], [("one", "Deep"), ("two", "High")]),
        (["# A", "## Empty", "## B", "text"], [("text", "A › Empty / A › B")]),
        (["# A", "## E", "### F", "## G", "## B", "text"], [("text", "A › E › F / A › G / A › B")]),
        (["# A", "text", "# Empty", "# E"], [("text", "A / Empty / E")]),
        (["text", "# Empty"], [("text", "Empty")]),
        (["# A", "## B", "# C"], [("A\n\nB\n\nC", "")]),
        (["#  A\tB ", "text"], [("text", "A B")]),
        ([], []),
    ],
)  # fmt: skip
def test_sections(lines: list[str], expected: list[tuple[str, str]]) -> None:
    text, headings = marked(*lines)
    found = [(text[one.span.start : one.span.end].strip(), one.heading) for one in find_sections(text, headings)]
    assert found == expected


def test_long_run_of_headings_is_a_section_of_its_own() -> None:
    titles = [f"# Heading number {number}" for number in range(LONGEST_RUN)]
    text, headings = marked("before", *titles, "after")
    sections = find_sections(text, headings)
    assert text[sections[0].span.start : sections[0].span.end].strip() == "before"
    assert max(len(section.heading) for section in sections) < 2 * LONGEST_RUN
    covered = " ".join(text[one.span.start : one.span.end] + one.heading for one in sections)
    assert all(title.removeprefix("# ") in covered for title in titles)


HEADINGS = st.lists(st.builds(Heading, st.integers(0, 60), st.integers(0, 70), st.integers(1, 6)), max_size=8)


@given(st.text(st.sampled_from("ab \n"), max_size=60), HEADINGS)
def test_every_word_is_in_one_section_or_in_a_heading(text: str, headings: list[Heading]) -> None:
    sections = find_sections(text, headings)
    covered = [0] * len(text)
    end = 0
    for section in sections:
        assert end <= section.span.start < section.span.end <= len(text)
        end = section.span.end
        for at in range(section.span.start, end):
            covered[at] += 1
    named = "".join(section.heading for section in sections)
    for at, letter in enumerate(text):
        if not covered[at] and not letter.isspace():
            assert any(one.start <= at < one.end for one in headings)
            assert letter in named
