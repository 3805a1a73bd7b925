"""One text under several names, and what goes when names go; any sequence of changes against a simple model."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rag.core.types import Article
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.store.integrity import CHECKS, check
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(16)
LAMP = Article("lamp", "The lamp", "The lighthouse went dark. Keepers wept.", "/articles/lamp.md")
COPY = replace(LAMP, id="copy", origin="/copies/lamp.md")


@pytest.fixture
def library(tmp_path: Path) -> SqliteLibrary:
    return SqliteLibrary.create(tmp_path / "library.db", EMBEDDER.name, EMBEDDER.dimensions)


def store(library: SqliteLibrary, article: Article, revision: str | None = None) -> str:
    passages = chunk(article, 30)
    vectors = EMBEDDER.embed_passages(passages, [article.title] * len(passages))
    return library.store(article, passages, vectors, revision)


def test_the_same_article_under_two_names_is_stored_once(library: SqliteLibrary) -> None:
    assert store(library, LAMP) == "lamp"
    assert store(library, COPY) == "lamp"
    assert library.ids() == ["lamp"]
    assert library.origins("lamp") == [LAMP.origin, COPY.origin]
    assert library.known(COPY.origin) == library.known(LAMP.origin) == ("lamp", LAMP.content_sha256)
    assert library.passage_count() == 1
    assert library.article("lamp") == LAMP


def test_an_origin_is_adopted_without_embedding_anything(library: SqliteLibrary) -> None:
    assert library.adopt(COPY.origin, COPY.content_sha256) is None
    assert library.generation() == 0
    store(library, LAMP)
    ids = library.passage_ids().tolist()
    assert library.adopt(COPY.origin, COPY.content_sha256) == "lamp"
    assert library.origins("lamp") == [LAMP.origin, COPY.origin]
    assert library.passage_ids().tolist() == ids
    generation = library.generation()
    assert library.adopt(COPY.origin, COPY.content_sha256) == "lamp"
    assert library.generation() == generation


def test_an_adopted_origin_leaves_what_it_held_before(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, replace(COPY, text="It was another one."))
    assert library.ids() == ["copy", "lamp"]
    assert library.adopt(COPY.origin, LAMP.content_sha256) == "lamp"
    assert library.ids() == ["lamp"]


def test_a_copy_that_changes_becomes_an_article_of_its_own(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, COPY)
    changed = replace(COPY, text="The lamp burns again.")
    assert store(library, changed) == "copy"
    assert library.origins("lamp") == [LAMP.origin]
    assert library.article("copy") == changed


def test_an_original_that_changes_leaves_the_copy_as_it_is(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, COPY)
    name = store(library, replace(LAMP, text="The lamp burns again."))
    assert name.startswith("lamp-")
    assert library.origins("lamp") == [COPY.origin]
    assert library.origins(name) == [LAMP.origin]
    again = store(library, replace(COPY, text="The lamp burns again."))
    assert again == name
    assert library.ids() == [name]


def test_an_article_that_is_cut_otherwise_keeps_its_id_and_all_its_origins(library: SqliteLibrary) -> None:
    store(library, LAMP, "30 words")
    store(library, COPY, "30 words")
    before = library.passage_ids().tolist()
    assert store(library, LAMP, "60 words") == "lamp"
    assert library.origins("lamp") == [LAMP.origin, COPY.origin]
    assert library.known(COPY.origin) == ("lamp", "60 words")
    assert library.passage_ids().tolist() != before


def test_an_id_that_is_taken_gets_a_variant_and_nothing_is_lost(library: SqliteLibrary) -> None:
    store(library, LAMP)
    other = replace(LAMP, origin="/other/lamp.md", text="Another lamp altogether.")
    wanted = library.free_id("lamp", other.origin)
    assert store(library, other) == wanted != "lamp"
    assert library.article("lamp") == LAMP
    assert store(library, replace(other, text="Once more.")) == wanted


def test_removing_takes_out_everything_of_an_article(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, COPY)
    other = replace(LAMP, id="other", origin="/o", text="The ferry sailed.")
    store(library, other)
    generation = library.generation()
    assert library.remove(["nobody"]) == []
    assert library.generation() == generation
    assert library.remove(["lamp", "lamp", "nobody"]) == ["lamp"]
    assert library.generation() == generation + 1
    assert library.ids() == ["other"]
    assert library.known(LAMP.origin) is library.known(COPY.origin) is None
    assert library.bm25(["lighthouse"], 5) == []
    assert library.passage_count() == 1
    assert [wrong for name in CHECKS for wrong in check(library, name)] == []


@pytest.mark.parametrize(
    ("below", "gone"),
    [
        (["/articles"], {"a", "b", "rows"}),
        (["/articles/"], {"a", "b", "rows"}),
        ([Path("/articles/rows.jsonl")], {"rows"}),
        (["/articles/b.md", "/elsewhere"], {"b"}),
        (["/art"], set()),
        (["/articles/row"], set()),
        (["https://example.org/news"], {"web"}),
        (["/"], {"a", "b", "rows", "similar"}),
        ([], set()),
    ],
)
def test_pruning_reaches_what_lies_below_a_place(library: SqliteLibrary, below: list, gone: set[str]) -> None:
    origins = {
        "a": "/articles/a.md",
        "b": "/articles/b.md",
        "rows": "/articles/rows.jsonl#1",
        "kept": "/articles/kept.md",
        "similar": "/articles-old/a.md",
        "web": "https://example.org/news/1",
    }
    for name, origin in origins.items():
        store(library, replace(LAMP, id=name, origin=origin, title=name))
    assert set(library.prune(["/articles/kept.md"], below)) == gone
    assert set(library.ids()) == set(origins) - gone


def test_pruning_removes_an_article_with_its_last_origin_only(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, COPY)
    assert library.prune([], ["/articles"]) == []
    assert library.origins("lamp") == [COPY.origin]
    assert library.article("lamp") == replace(LAMP, origin=COPY.origin)
    assert library.prune([], ["/copies"]) == ["lamp"]
    assert library.ids() == []


ORIGINS = st.sampled_from(["/north/a", "/north/b", "/south/a", "/south/b#1", "/south/b#2", "/south/c"])
TEXTS = st.sampled_from([f"{name} went out. The keeper of the {name} lamp wept all night long." for name in "PQRS"])


class AnySequenceOfChanges(RuleBasedStateMachine):
    """The model: which text each origin holds. An article is a text that some origin holds."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        self.library = SqliteLibrary.create(self.folder / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
        self.held: dict[str, str] = {}

    @rule(origin=ORIGINS, text=TEXTS, adopting=st.booleans())
    def store(self, origin: str, text: str, adopting: bool) -> None:
        article = Article(origin.rpartition("/")[2], "A lamp", text, origin)
        adopted = self.library.adopt(origin, article.content_sha256) if adopting else None
        assert (adopted is not None) == (adopting and text in self.held.values())
        if adopted is None:
            adopted = store(self.library, article)
        self.held[origin] = text
        assert origin in self.library.origins(adopted)

    @rule(origin=ORIGINS)
    def remove(self, origin: str) -> None:
        known = self.library.known(origin)
        assert (known is not None) == (origin in self.held)
        if known:
            assert self.library.remove([known[0]]) == [known[0]]
            self.held = {one: text for one, text in self.held.items() if text != self.held[origin]}

    @rule(below=st.sampled_from(["/north", "/south", "/south/b"]), keep=st.sets(ORIGINS))
    def prune(self, below: str, keep: set[str]) -> None:
        texts = set(self.held.values())
        gone = {one for one in self.held if one.startswith((below + "/", below + "#")) and one not in keep}
        self.held = {one: text for one, text in self.held.items() if one not in gone}
        assert len(self.library.prune(keep, [below])) == len(texts - set(self.held.values()))

    @rule()
    def reopen(self) -> None:
        self.library.close()
        self.library = SqliteLibrary.open(self.folder / "library.db", EMBEDDER.name)

    @invariant()
    def is_what_the_model_says(self) -> None:
        articles = [self.library.article(name) for name in self.library.ids()]
        assert all(articles)
        found = {origin: one.text for one in articles if one for origin in self.library.origins(one.id)}
        assert found == self.held
        assert sorted(one.text for one in articles if one) == sorted(set(self.held.values()))
        stored = self.library.passages(self.library.passage_ids().tolist())
        by_article = sorted((one.passage.article_id, one.passage.start, one.passage.text) for one in stored)
        expected = sorted((one.id, cut.start, cut.text) for one in articles if one for cut in chunk(one, 30))
        assert by_article == expected

    @invariant()
    def is_sound(self) -> None:
        assert [wrong for name in CHECKS for wrong in check(self.library, name)] == []

    def teardown(self) -> None:
        self.library.close()


TestAnySequenceOfChanges = pytest.mark.slow(AnySequenceOfChanges.TestCase)
TestAnySequenceOfChanges.settings = settings(max_examples=15, stateful_step_count=20, deadline=None)
