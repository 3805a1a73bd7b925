"""What the documents say is what the program does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from rag.core.filters import DateRange
from rag.core.settings import Settings
from rag.evaluation.metrics.definitions import DEFINITIONS
from rag.text.dates import time_expressions

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_default_and_bounds(name: str) -> None:
    field = Settings.model_fields[name]
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    row = next((line for line in table.splitlines() if line.startswith(f"| `{name}` |")), "")

    assert str(field.description) in row
    if field.default_factory is None:
        default = "not set" if field.default is None else f"`{str(field.default).lower()}`"
        assert default in row.lower()
    for bound in field.metadata:
        for sign, value in (("≥", getattr(bound, "ge", None)), ("≤", getattr(bound, "le", None))):
            assert value is None or f"{sign} {value}" in row


def test_no_setting_is_documented_that_does_not_exist() -> None:
    table = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == set(Settings.model_fields)


@pytest.mark.parametrize("metric", DEFINITIONS)
def test_every_figure_of_an_evaluation_is_documented_as_it_is_defined(metric: str) -> None:
    """A row names every metric of a family; *k* in it is the number after the @."""
    page = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+`) \| (.+) \|$", page, re.M)

    documented = [text for names, text in rows if f"`{metric}`" in names]

    assert [text.replace("*k*", metric.partition("@")[2]) for text in documented] == [DEFINITIONS[metric]]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_documents_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))

    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert missing == []


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))

    assert named
    assert {target for target in named if not re.search(rf"^{target}:", makefile, re.M)} == set()


def test_commands_of_the_readme_exist() -> None:
    from rag.cli import app

    named = set(re.findall(r"(?<!from )\brag ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    known = commands | {group.name for group in app.registered_groups}

    assert named - known == set()


def test_the_python_of_the_readme_is_the_example_that_is_tested() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)

    assert (ROOT / "examples" / "ask.py").read_text(encoding="utf-8").endswith(block)


def test_days_of_a_question_are_documented_as_they_are_understood() -> None:
    page = (ROOT / "docs" / "searching.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| ([\d–-]+) \| ([\d–-]+) \|$", page, re.M)

    assert len(rows) >= 10
    for words, first, last in rows:
        (found,) = time_expressions(f"What was decided {words}?", date(2024, 5, 16))
        assert found.days == DateRange(*(None if day == "–" else date.fromisoformat(day) for day in (first, last)))
