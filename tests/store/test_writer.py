from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.types import Article, Heading, Passage, Source, Span
from rag.ingest.chunking import chunk
from rag.store import SqliteLibrary
from rag.testing import FakeEmbedder

EMBEDDER = FakeEmbedder(16)
FERRY = Article(
    id="ferry",
    title="The ferry changes hands",
    text="The Sorrel was sold. 😀 Captain Ilves stays.\n\nCafé owners in Zürich cheer.",
    origin="/articles/ferry.md",
    source="Gazette",
    url="https://example.org/ferry",
    author="Ina Weld",
    date=date(2024, 5, 17),
    tags=("harbour", "a, b"),
    language="de",
    pages=(0, 21),
)
LAMP = Article("lamp", "The lamp", "The lighthouse went dark. Keepers wept.", "/articles/lamp.md")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index" / "library.db"


@pytest.fixture
def library(file: Path) -> SqliteLibrary:
    return SqliteLibrary.create(file, EMBEDDER.name, EMBEDDER.dimensions)


def store(library: SqliteLibrary, article: Article) -> None:
    passages = chunk(article, 30)
    library.store(article, passages, EMBEDDER.embed_passages(passages, [article.title] * len(passages)))


def all_ids(library: SqliteLibrary) -> list[int]:
    return library.passage_vectors()[0].tolist()


def texts_with(library: SqliteLibrary, *terms: str) -> set[str]:
    return {stored.passage.article_id for stored in library.passages(library.bm25(terms, 10))}


def test_article_comes_back_as_it_was_stored(library: SqliteLibrary) -> None:
    store(library, FERRY)
    assert library.article("ferry") == FERRY
    divided = replace(FERRY, headings=(Heading(0, 3, 2), Heading(9, 12, 3)))
    store(library, divided)
    assert library.article("ferry") == divided
    store(library, FERRY)
    assert library.article("lamp") is None
    assert library.known(FERRY.origin) == ("ferry", FERRY.content_sha256)
    assert library.known("/elsewhere") is None


def test_passages_come_back_in_the_order_asked_for_with_their_vectors(library: SqliteLibrary) -> None:
    long = replace(FERRY, text="\n\n".join(f"Paragraph {at} says {'word ' * 25}end." for at in range(5)))
    store(library, long)
    expected = chunk(long, 30)
    vectors = EMBEDDER.embed_passages(expected, [long.title] * len(expected))
    ids = all_ids(library)
    assert len(ids) == len(expected) == 5
    found = library.passages([ids[3], 999_999, ids[0]])
    assert [stored.passage for stored in found] == [expected[3], expected[0]]
    assert [stored.id for stored in found] == [ids[3], ids[0]]
    np.testing.assert_array_equal(found[0].vectors.passage, vectors[3].passage)
    np.testing.assert_allclose(found[0].vectors.sentences, vectors[3].sentences, atol=1e-3)
    assert found[0].vectors.sentences.dtype == np.float32
    assert found[0].header.text_sha256 == long.text_sha256
    np.testing.assert_array_equal(library.passage_vectors()[1], np.stack([vector.passage for vector in vectors]))


def test_more_ids_than_sqlite_takes_at_once(library: SqliteLibrary) -> None:
    store(library, FERRY)
    (number,) = all_ids(library)
    assert [stored.id for stored in library.passages([*range(5000, 9000), number])] == [number]


def test_storing_again_replaces_the_article_and_its_words(library: SqliteLibrary) -> None:
    store(library, FERRY)
    store(library, LAMP)
    before = library.generation()
    store(library, replace(FERRY, text="A trawler sank."))
    assert library.generation() == before + 1
    assert library.statistics().articles == 2
    assert library.statistics().passages == 2
    assert texts_with(library, "sorrel") == set()
    assert texts_with(library, "trawler") == {"ferry"}
    assert texts_with(library, "lighthouse") == {"lamp"}


def test_article_of_the_same_origin_is_replaced_under_its_new_id(library: SqliteLibrary) -> None:
    store(library, FERRY)
    store(library, replace(FERRY, id="sorrel"))
    assert library.article("ferry") is None
    assert library.known(FERRY.origin) == ("sorrel", FERRY.content_sha256)
    assert library.statistics().articles == 1


def test_statistics_count_what_is_there(library: SqliteLibrary) -> None:
    assert library.statistics().sentences == 0
    store(library, FERRY)
    statistics = library.statistics()
    assert (statistics.articles, statistics.passages, statistics.generation) == (1, 1, 1)
    assert statistics.sentences == len(chunk(FERRY, 30)[0].sentences)
    assert statistics.embedder == "fake-embedder"
    assert statistics.sources == 1
    assert statistics.bytes == sum(each.stat().st_size for each in library.file.parent.iterdir()) > 0
    store(library, LAMP)
    assert library.sources() == {"": 1, "Gazette": 1}


def test_headers_come_newest_first_and_undated_last(library: SqliteLibrary) -> None:
    store(library, LAMP)
    store(library, FERRY)
    store(library, replace(LAMP, id="new", origin="/new", date=date(2025, 1, 1)))
    headers = library.headers(10)
    assert [header.id for header in headers] == ["new", "ferry", "lamp"]
    assert (headers[1].tags, headers[1].date, headers[1].author) == (FERRY.tags, FERRY.date, FERRY.author)
    assert [header.id for header in library.headers(1)] == ["new"]
    assert [header.id for header in library.headers(2, 1)] == ["ferry", "lamp"]
    assert library.headers(2, 3) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ferry", {"ferry", "zurich"}),
        ("FERRY CHANGES", {"ferry"}),
        ("zürich", {"zurich"}),
        ("example.org", {"ferry"}),
        ("articles/lamp", {"lamp"}),
        ("ina weld", {"ferry"}),
        ("%", set()),
        ("", {"ferry", "lamp", "zurich"}),
    ],
)
def test_articles_are_found_by_anything_of_their_header(library: SqliteLibrary, text: str, expected: set[str]) -> None:
    store(library, FERRY)
    store(library, LAMP)
    store(library, replace(LAMP, id="zurich", origin="z", title="Ferry of ZÜRICH", date=date(2024, 1, 1), source="A"))
    assert {header.id for header in library.find(text, 10)} == expected
    assert library.count_found(text, None) == len(expected)
    assert {header.id for header in library.find(text, 10, source="A")} == expected & {"zurich"}


def test_an_article_without_origin_or_of_a_wrong_id_is_nothing(library: SqliteLibrary) -> None:
    assert library.header("ferry") is None
    assert library.origins("ferry") == library.duplicates("ferry") == []
    assert library.passages_of("ferry") == 0


def test_ids_of_passages_are_never_used_again(library: SqliteLibrary) -> None:
    store(library, FERRY)
    before = set(all_ids(library))
    library.remove(["ferry"])
    assert library.passage_ids().tolist() == []
    store(library, LAMP)
    store(library, FERRY)
    assert before.isdisjoint(all_ids(library))
    assert library.passage_ids().tolist() == all_ids(library) == sorted(all_ids(library))
    assert library.passage_vectors(after=all_ids(library)[0])[0].tolist() == all_ids(library)[1:]


def test_headings_are_found_and_come_back(library: SqliteLibrary) -> None:
    passage = Passage("lamp", 0, 4, "The ", (Span(0, 3),), "Storms › Damage")
    library.store(LAMP, [passage], EMBEDDER.embed_passages([passage], [""]))
    assert [stored.passage for stored in library.passages(library.bm25(["storm", "damage"], 5))] == [passage]


def test_the_page_of_a_quote_is_counted_from_one(library: SqliteLibrary) -> None:
    store(library, FERRY)
    header = library.header("ferry")
    assert header is not None
    passage = chunk(FERRY, 30)[0]
    pages = [Source(1, header, passage, Span(start, start + 1), 0.0).page for start in (0, 20, 21, 40)]
    assert pages == [1, 1, 2, 2]
    assert Source(1, replace(header, pages=()), passage, Span(0, 1), 0.0).page is None


def test_free_id_differs_only_for_another_origin(library: SqliteLibrary) -> None:
    store(library, FERRY)
    assert library.free_id("ferry", FERRY.origin) == "ferry"
    assert library.free_id("lamp", "/any") == "lamp"
    other = library.free_id("ferry", "/other/ferry.md")
    assert other.startswith("ferry-")
    assert other != library.free_id("ferry", "/third/ferry.md")


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)


@given(
    st.builds(
        Article,
        id=TEXT,
        title=TEXT,
        text=TEXT.map(lambda text: text + " End."),
        origin=TEXT,
        author=TEXT,
        tags=st.lists(TEXT, max_size=3).map(tuple),
        date=st.none() | st.dates(),
        language=st.sampled_from(["en", "zh", ""]),
        pages=st.lists(st.integers(0, 80), max_size=3).map(sorted).map(tuple),
    )
)
@settings(max_examples=20)
def test_any_article_and_its_offsets_survive(article: Article) -> None:
    library = SqliteLibrary.create(Path(mkdtemp()) / "library.db", EMBEDDER.name, EMBEDDER.dimensions)
    store(library, article)
    assert library.article(article.id) == article
    expected = chunk(article, 30)
    assert [stored.passage for stored in library.passages(all_ids(library))] == expected
    if expected:
        assert library.passages(all_ids(library))[0].header.pages == article.pages
    library.close()


@pytest.mark.parametrize(
    "term",
    ['"', '"AND"', "OR", "NEAR(", "ferry*", "title:", "a - b", "(", "^", "{x", "😀", "", " ", "\x00", "ferry' --"],
)
def test_operators_in_terms_are_read_as_words(library: SqliteLibrary, term: str) -> None:
    store(library, FERRY)
    assert isinstance(library.passages_with([term])[term], int)
    assert library.bm25([term, "sorrel"], 10) == all_ids(library)


def test_operators_find_nothing_of_themselves(library: SqliteLibrary) -> None:
    store(library, FERRY)
    assert library.bm25(["NOT", "AND", "NEAR(", "😀"], 10) == []
    assert library.bm25([], 10) == []


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("Café owners cheer.", "cafe"),
        ("Андрей Ёлкин пришёл.", "андреи"),
        ("한국어 문장이다.", "한국어"),
        ("Ελλάδα και Αθήνα.", "αθηνα"),
        ("यह हिन्दी है।", "हनद"),
        ("Two ferries sailed.", "ferry"),
        ("Don't stop.", "don't"),
    ],
)
def test_words_of_many_scripts_are_found(library: SqliteLibrary, text: str, term: str) -> None:
    from rag.text.tokenization import all_words

    store(library, replace(LAMP, text=text))
    assert library.bm25([term], 5) == all_ids(library)
    assert all(count == 1 for count in library.passages_with(all_words(text)).values())


def test_title_words_are_found_and_the_rarer_word_ranks_first(library: SqliteLibrary) -> None:
    store(library, replace(LAMP, id="a", origin="a", title="Whales", text="Ships ships sailed in the harbour."))
    store(library, replace(LAMP, id="b", origin="b", title="Ships", text="Ships came into the harbour."))
    store(library, replace(LAMP, id="c", origin="c", title="Ships", text="Other ships left."))
    assert texts_with(library, "whale") == {"a"}
    assert library.passages(library.bm25(["ship", "whale"], 10))[0].passage.article_id == "a"
    assert library.passages_with(["ship", "whale", "moon"]) == {"ship": 3, "whale": 1, "moon": 0}
    assert len(library.bm25(["ship"], 2)) == 2


def test_two_threads_read_whole_articles_while_one_writes(library: SqliteLibrary) -> None:
    versions = [replace(LAMP, text=f"Version {at} is here. " * 40) for at in range(12)]
    store(library, versions[0])
    allowed = {version.text for version in versions}
    done = threading.Event()
    seen: list[set[str]] = [set(), set()]
    failures: list[object] = []

    def read(into: set[str]) -> None:
        try:
            while not done.is_set():
                article = library.article("lamp")
                into.add(article.text if article else "missing")
                for stored in library.passages(all_ids(library)):
                    assert stored.passage.text.startswith("Version ")
        except BaseException as error:
            failures.append(error)
        finally:
            library.close()

    threads = [threading.Thread(target=read, args=(into,)) for into in seen]
    for thread in threads:
        thread.start()
    for version in versions:
        store(library, version)
    done.set()
    for thread in threads:
        thread.join(10)
    assert failures == []
    assert all(into and into <= allowed for into in seen)
    assert library.generation() == 13


def test_generation_is_seen_by_another_connection(library: SqliteLibrary, file: Path) -> None:
    other = SqliteLibrary.open(file)
    before = other.generation()
    store(library, LAMP)
    assert other.generation() == before + 1
    assert other.article("lamp") == LAMP


def test_failure_in_the_middle_of_an_article_leaves_the_old_one(library: SqliteLibrary) -> None:
    store(library, FERRY)
    changed = replace(FERRY, text="A trawler sank. " * 60)
    passages = chunk(changed, 30)
    with pytest.raises(ValueError, match="zip"):
        library.store(changed, passages, EMBEDDER.embed_passages(passages[:2], ["", ""]))
    assert library.article("ferry") == FERRY
    assert library.generation() == 1
    assert texts_with(library, "sorrel") == {"ferry"}
    assert texts_with(library, "trawler") == set()
    store(library, changed)
    assert library.article("ferry") == changed


CRASH = """
import os
import sys
from pathlib import Path

import numpy as np

from rag.store import SqliteLibrary
from rag.core.types import Article, Passage, PassageVectors, Span

library = SqliteLibrary.open(Path(sys.argv[1]))
article = Article("ferry", "New", "Gone.", "/articles/ferry.md")
vector = PassageVectors(np.zeros(16, np.float32), np.zeros((1, 16), np.float32))

def passages():
    yield Passage("ferry", 0, 5, "Gone.", (Span(0, 5),))
    os._exit(9)

library.store(article, passages(), [vector, vector])
"""


def test_crash_in_the_middle_of_an_article_leaves_the_old_one(library: SqliteLibrary, file: Path) -> None:
    store(library, FERRY)
    library.close()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", CRASH, str(file)], env=environment, check=False).returncode == 9
    again = SqliteLibrary.open(file, EMBEDDER.name)
    assert again.article("ferry") == FERRY
    assert again.generation() == 1
    assert len(again.passages(again.bm25(["sorrel"], 5))) == 1
