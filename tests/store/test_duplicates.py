"""Marks of near-duplicates follow every change as if all of them had been found anew."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder
from rag.text.minhash import NEAR, signature, similarity

EMBEDDER = FakeEmbedder(16)
WORDS = [f"word{number}" for number in range(2000)]
STORY = random.Random(3).choices(WORDS, k=120)


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    return SqliteLibrary.create(tmp_path / "library.db", EMBEDDER.name, EMBEDDER.dimensions)


def article(name: str, words: list[str]) -> Article:
    return Article(name, f"Title {name}", " ".join(words) + ".", f"/{name}", source=name)


def variant(seed: int, changes: int) -> list[str]:
    words = list(STORY)
    for at in random.Random(seed).sample(range(len(words)), changes):
        words[at] = f"other{seed}"
    return words


def store(library: SqliteLibrary, one: Article) -> None:
    passages = chunk(one, 60)
    library.store(one, passages, EMBEDDER.embed_passages(passages, [one.title] * len(passages)))


def marks(library: SqliteLibrary) -> dict[str, str | None]:
    return {header.id: header.duplicate_of for header in library.headers(1000)}


def test_the_same_story_in_five_papers_is_kept_and_marked(library: SqliteLibrary) -> None:
    for number in range(5):
        store(library, article(f"paper{number}", variant(number, 1)))
    store(library, article("other", random.Random(9).choices(WORDS, k=120)))
    assert marks(library) == {"other": None, "paper0": None} | {f"paper{n}": "paper0" for n in range(1, 5)}
    assert library.duplicates("paper0") == ["paper1", "paper2", "paper3", "paper4"]
    assert library.duplicate_count() == 4


def test_the_next_one_takes_the_place_of_the_first(library: SqliteLibrary) -> None:
    for number in range(4):
        store(library, article(f"paper{number}", variant(number, 1)))
    library.remove(["paper0"])
    assert marks(library) == {"paper1": None, "paper2": "paper1", "paper3": "paper1"}
    store(library, article("paper1", random.Random(5).choices(WORDS, k=80)))
    assert marks(library) == {"paper1": None, "paper2": None, "paper3": "paper2"}
    store(library, article("paper1", variant(1, 1)))
    assert marks(library) == {"paper1": None, "paper2": "paper1", "paper3": "paper1"}
    library.remove(["paper1", "paper2", "paper3"])
    assert marks(library) == {}


def test_short_texts_are_never_marked(library: SqliteLibrary) -> None:
    for name in ("a", "b"):
        store(library, replace(article(name, []), text="Nothing to see."))
    assert library.duplicate_count() == 0


def by_the_rule(library: SqliteLibrary, order: list[str]) -> dict[str, str | None]:
    """Each article's mark is the earliest unmarked one that is near it, worked out by comparing all with all."""
    signatures = {}
    for name in order:
        one = library.article(name)
        assert one is not None
        signatures[name] = signature(one.text)
    found: dict[str, str | None] = {}
    for name in order:
        near = [
            earlier
            for earlier, mark in found.items()
            if mark is None and float(similarity(signatures[name], signatures[earlier][None])[0]) >= NEAR
        ]
        found[name] = near[0] if near else None
    return found


@pytest.mark.parametrize("seed", range(6))
def test_marks_after_any_changes_are_those_of_the_rule(library: SqliteLibrary, seed: int) -> None:
    chance = random.Random(seed)
    order: list[str] = []
    for _ in range(60):
        name = f"paper{chance.randrange(14)}"
        if name in order and chance.random() < 0.4:
            gone = [name, *chance.sample(order, min(len(order), chance.randrange(3)))]
            library.remove(gone)
            order = [one for one in order if one not in gone]
        else:
            store(library, article(name, variant(chance.randrange(1000), chance.choice([0, 1, 2, 3, 4, 20]))))
            order += [name] if name not in order else []
    expected = by_the_rule(library, order)
    assert marks(library) == expected
    assert any(expected.values())
    assert library.rebuild_duplicates() == 0
    assert marks(library) == expected


def test_marks_that_were_lost_are_found_again(library: SqliteLibrary) -> None:
    for number in range(4):
        store(library, article(f"paper{number}", variant(number, 1)))
    expected = marks(library)
    with library._database.transaction() as connection:
        connection.execute("DELETE FROM bands")
        connection.execute("UPDATE articles SET duplicate_of = NULL, signature = NULL")
    assert library.rebuild_duplicates() == 3
    assert marks(library) == expected
    library.remove(["paper0"])
    assert marks(library)["paper3"] == "paper1"
