"""From files to the library: what is embedded, what is left alone, what is taken out, what is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

import rag.ingest.parsing
import rag.ingest.pipeline
import rag.ingest.sandbox
from rag.core.errors import ArticleError, IndexBusyError, IndexMismatchError, PathError
from rag.core.serialization import report_as_json
from rag.core.settings import Settings
from rag.core.types import IngestProgress
from rag.ingest.pipeline import ETA_WINDOW_SECONDS, EtaEstimator, check_sources, ingest
from rag.ingest.sandbox import SandboxedParser
from rag.store.lock import index_lock
from rag.store.opening import open_library
from rag.testing import FakeEmbedder
from tests.helpers.page_server import serve_pages


def test_first_ingest_takes_everything_and_says_how_far_it_is(
    articles_folder: Path, settings: Settings, embedder: FakeEmbedder
) -> None:
    seen: list[IngestProgress] = []
    report = ingest([articles_folder], settings, embedder, seen.append)
    assert (report.added, report.changed, report.unchanged, report.failed) == (5, 0, 0, ())
    library = open_library(settings)
    assert report.embedded_passages == embedder.embedded == library.statistics().passages == 5
    for name in ("done", "articles", "passages", "share"):
        steps = [getattr(step, name) for step in seen]
        assert steps == sorted(steps)
    assert (seen[-1].done, seen[-1].total, seen[-1].articles, seen[-1].passages, seen[-1].share) == (4, 4, 5, 5, 1.0)
    assert seen[0].article == "Bakery wins the rye prize"
    assert [header.id for header in library.headers(9)] == ["ferry", "lighthouse", "bakery", "choir", "mill"]


def test_repeated_ingest_embeds_nothing(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    generation = open_library(settings).generation()
    again = FakeEmbedder()
    report = ingest([articles_folder], settings, again)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 5)
    assert (report.embedded_passages, again.embedded) == (0, 0)
    assert open_library(settings).generation() == generation


def test_changed_file_is_embedded_once_more_and_alone(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    (articles_folder / "bakery.txt").write_text("Bakery closes\n\nThe bakery on Tanner Street has closed.\n")
    again = FakeEmbedder()
    report = ingest([articles_folder], settings, again)
    assert (report.added, report.changed, report.unchanged, again.embedded) == (0, 1, 4, 1)
    library = open_library(settings)
    assert library.article("bakery").title == "Bakery closes"
    assert library.bm25(["rye"], 5) == []
    assert library.statistics().articles == 5
    assert ingest([articles_folder], settings, again).unchanged == 5


def test_unreadable_files_are_reported_and_the_rest_goes_in(articles_folder: Path, settings: Settings) -> None:
    (articles_folder / "aaa.md").write_text("---\ndate: 2024-02-31\n---\nText.")
    (articles_folder / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    with (articles_folder / "notes.jsonl").open("a") as file:
        file.write('\n{broken\n{"id": "late", "text": "A late note."}\n')
    report = ingest([articles_folder], settings, FakeEmbedder())
    assert report.added == 6
    assert [Path(source).name for source, _ in report.failed] == ["aaa.md", "notes.jsonl", "picture.txt"]
    assert "Line 3" in report.failed[1][1]
    assert open_library(settings).article("late").text == "A late note."


def test_equal_names_in_two_folders_do_not_clash(tmp_path: Path, settings: Settings) -> None:
    folders = [tmp_path / "north", tmp_path / "south"]
    for folder in folders:
        folder.mkdir()
        (folder / "news.md").write_text(f"News of the {folder.name}.")
    assert ingest(folders, settings, FakeEmbedder()).added == 2
    library = open_library(settings)
    ids = [header.id for header in library.headers(9)]
    assert len(ids) == 2
    assert ids[0] == "news"
    assert ids[1].startswith("news-")
    assert {library.article(name).text for name in ids} == {"News of the north.", "News of the south."}
    assert ingest(reversed(folders), settings, FakeEmbedder()).unchanged == 2
    assert [header.id for header in open_library(settings).headers(9)] == ids


def test_ingest_of_nothing_is_an_error_and_makes_no_index(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(PathError):
        ingest([tmp_path / "nowhere"], settings, FakeEmbedder())
    (tmp_path / "empty").mkdir()
    with pytest.raises(ArticleError):
        ingest([tmp_path / "empty"], settings, FakeEmbedder())
    assert not settings.index.exists()


def test_ingest_with_another_embedder_is_refused_and_changes_nothing(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    with pytest.raises(IndexMismatchError):
        ingest([articles_folder], settings, FakeEmbedder(name="other"))
    assert open_library(settings).statistics().articles == 5


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def ids(settings: Settings) -> set[str]:
    return set(open_library(settings).ids())


def test_the_report_as_json_has_its_keys_in_order(articles_folder: Path, settings: Settings) -> None:
    (articles_folder / "picture.txt").write_bytes(b"\x89PNG\x00\x00")
    printed = report_as_json(ingest([articles_folder], settings, FakeEmbedder()))
    assert list(printed) == ["added", "changed", "unchanged", "removed", "failed", "embedded_passages", "seconds"]
    assert list(printed["failed"][0]) == ["source", "reason"]
    assert printed["failed"][0]["source"] == str(articles_folder / "picture.txt")


def test_what_is_gone_is_kept_unless_pruned(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    (articles_folder / "ferry.md").unlink()
    kept = ingest([articles_folder], settings, FakeEmbedder())
    assert (kept.removed, kept.unchanged) == (0, 4)
    assert "ferry" in ids(settings)
    pruned = ingest([articles_folder], settings, FakeEmbedder(), prune=True)
    assert (pruned.removed, pruned.unchanged, pruned.embedded_passages) == (1, 4, 0)
    assert ids(settings) == {"lighthouse", "bakery", "mill", "choir"}


def test_pruning_takes_out_articles_that_left_a_file(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    notes = articles_folder / "notes.jsonl"
    notes.write_text(notes.read_text().splitlines()[0])
    assert ingest([articles_folder], settings, FakeEmbedder(), prune=True).removed == 1
    assert ids(settings) == {"ferry", "lighthouse", "bakery", "mill"}


def test_pruning_leaves_other_folders_alone(tmp_path: Path, settings: Settings) -> None:
    north = write(tmp_path / "north", wind="The wind of the north is cold.", snow="Snow fell on the moor.")
    ingest([north, write(tmp_path / "northern", sun="The sun shone on the coast.")], settings, FakeEmbedder())
    (north / "snow.md").unlink()
    (tmp_path / "northern" / "sun.md").unlink()
    assert ingest([north], settings, FakeEmbedder(), prune=True).removed == 1
    assert ids(settings) == {"wind", "sun"}


def test_a_folder_that_is_not_mounted_is_not_taken_for_emptied(tmp_path: Path, settings: Settings) -> None:
    north, south = (
        write(tmp_path / "north", wind="It blew."),
        write(tmp_path / "south", sun="It shone.", rain="It rained."),
    )
    ingest([north, south], settings, FakeEmbedder())
    (north / "wind.md").unlink()
    (south / "rain.md").unlink()
    assert ingest([north, south], settings, FakeEmbedder(), prune=True).removed == 1
    assert ids(settings) == {"wind", "sun"}


def test_what_cannot_be_read_any_more_is_not_taken_for_gone(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    (articles_folder / "ferry.md").write_text("---\ndate: [\n---\nText.")
    (articles_folder / "notes.jsonl").write_text("{broken")
    report = ingest([articles_folder], settings, FakeEmbedder(), prune=True)
    assert len(report.failed) == 2
    assert report.removed == 0
    assert ids(settings) == {"ferry", "lighthouse", "bakery", "mill", "choir"}


def test_other_passages_are_made_where_their_length_is_changed(articles_folder: Path, settings: Settings) -> None:
    text = " ".join(f"The {number}th boat of the regatta came in late that day." for number in range(30))
    (articles_folder / "long.md").write_text(text)
    first = ingest([articles_folder], settings, FakeEmbedder())
    shorter = settings.model_copy(update={"chunk_words": 40})
    again = ingest([articles_folder], shorter, FakeEmbedder())
    assert (again.changed, again.unchanged, again.added) == (6, 0, 0)
    assert again.embedded_passages > first.embedded_passages
    assert open_library(settings).statistics().passages == again.embedded_passages
    assert ingest([articles_folder], shorter, FakeEmbedder()).unchanged == 6


def test_the_same_text_under_two_names_is_embedded_once(tmp_path: Path, settings: Settings) -> None:
    text = "---\ntitle: The mill\n---\nThe mill burned down."
    folder = write(tmp_path / "a", one=text, other=text, third="It was rebuilt.")
    embedder = FakeEmbedder()
    report = ingest([folder], settings, embedder)
    assert (report.added, report.unchanged, report.embedded_passages, embedder.embedded) == (2, 1, 2, 2)
    assert ingest([folder], settings, embedder).unchanged == 3
    (folder / "one.md").unlink()
    assert ingest([folder], settings, embedder, prune=True).removed == 0
    assert len(ids(settings)) == 2


def test_a_file_named_twice_is_read_once(tmp_path: Path, settings: Settings) -> None:
    folder = write(tmp_path / "a", one="The mill burned down.")
    report = ingest([folder, folder / "one.md", tmp_path / "a" / ".." / "a" / "one.md"], settings, FakeEmbedder())
    assert (report.added, report.unchanged) == (1, 0)


def test_passages_of_several_articles_are_embedded_together(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    class Counting(FakeEmbedder):
        def embed_passages(self, passages, titles):
            sizes.append(len(passages))
            return super().embed_passages(passages, titles)

    monkeypatch.setattr(rag.ingest.pipeline, "EMBEDDING_BATCH", 8)
    long = " ".join(f"Sentence {number} tells of another boat that came in late that day." for number in range(200))
    folder = write(tmp_path / "a", long=long, **{f"note{number:02}": f"Note {number}." for number in range(20)})

    report = ingest([folder], settings, Counting())

    assert max(sizes) == 8
    assert sum(sizes) == report.embedded_passages == open_library(settings).statistics().passages
    assert len(sizes) < report.embedded_passages / 4
    assert report.added == 21


def test_every_passage_gets_the_vector_of_its_own_text(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.ingest.pipeline, "EMBEDDING_BATCH", 7)
    text = " ".join(f"Boat {number} carried {number * 37} crates to harbour {number * 11}." for number in range(60))
    ingest([write(tmp_path / "a", **{f"log{at}": f"{text} Log {at}." for at in range(5)})], settings, FakeEmbedder())
    library, embedder = open_library(settings), FakeEmbedder()
    stored = library.passages([int(row) for row in library.passage_ids()])
    assert len(stored) > 20
    for found in stored:
        (expected,) = embedder.embed_passages([found.passage], [found.header.title])
        assert float(expected.passage @ found.vectors.passage) > 0.9999


def test_an_ingest_that_is_cancelled_keeps_what_is_stored_and_goes_on_later(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rag.ingest.pipeline, "EMBEDDING_BATCH", 2)
    folder = write(tmp_path / "a", **{f"note{number}": f"Note {number} of the harbour." for number in range(9)})
    seen: list[IngestProgress] = []

    first = ingest(
        [folder],
        settings,
        FakeEmbedder(),
        seen.append,
        prune=True,
        cancelled=lambda: bool(seen) and seen[-1].articles > 4,
    )
    rest = ingest([folder], settings, FakeEmbedder())

    assert 0 < first.added < 9
    assert first.removed == 0
    assert (rest.added, rest.unchanged) == (9 - first.added, first.added)


def test_an_error_of_the_embedder_ends_the_ingest_and_keeps_what_is_stored(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing(FakeEmbedder):
        def embed_passages(self, passages, titles):
            if self.embedded >= 4:
                raise RuntimeError("no more")
            return super().embed_passages(passages, titles)

    monkeypatch.setattr(rag.ingest.pipeline, "EMBEDDING_BATCH", 2)
    folder = write(tmp_path / "a", **{f"note{number}": f"Note {number} of the harbour." for number in range(9)})
    with pytest.raises(RuntimeError, match="no more"):
        ingest([folder], settings, Failing())
    assert len(ids(settings)) == 4
    assert ingest([folder], settings, FakeEmbedder()).added == 5


def test_a_second_ingest_can_be_refused_while_one_is_at_work(articles_folder: Path, settings: Settings) -> None:
    with index_lock(settings.index), pytest.raises(IndexBusyError):
        ingest([articles_folder], settings, FakeEmbedder(), wait=False)
    assert ingest([articles_folder], settings, FakeEmbedder(), wait=False).added == 5


def test_only_some_files_are_read_where_only_they_have_changed(articles_folder: Path, settings: Settings) -> None:
    ingest([articles_folder], settings, FakeEmbedder())
    for name in ("bakery.txt", "ferry.md"):
        (articles_folder / name).write_text(f"A new text for {name}.")
    (articles_folder / "lighthouse.md").unlink()
    embedder = FakeEmbedder()
    only = [articles_folder / "bakery.txt", articles_folder / "lighthouse.md", articles_folder / "never-there.md"]
    report = ingest([articles_folder], settings, embedder, prune=True, only=only)
    assert (report.changed, report.unchanged, report.removed, embedder.embedded) == (1, 0, 1, 1)
    assert ids(settings) == {"ferry", "bakery", "mill", "choir"}


def test_the_last_file_of_a_folder_can_be_taken_out(tmp_path: Path, settings: Settings) -> None:
    folder = write(tmp_path / "a", one="The mill burned down.")
    ingest([folder], settings, FakeEmbedder())
    (folder / "one.md").unlink()
    assert ingest([folder], settings, FakeEmbedder(), prune=True, only=[folder / "one.md"]).removed == 1


def test_what_is_embedded_is_found_at_once_by_those_who_read(articles_folder: Path, settings: Settings) -> None:
    seen: list[int] = []

    def look(step: IngestProgress) -> None:
        if step.passages:
            seen.append(len(ids(settings)))

    ingest([articles_folder], settings, FakeEmbedder(), look)
    assert seen[-1] == 5


PAGE = """<html><head><title>The ferry is sold</title></head><body><article><h1>The ferry is sold</h1><p>The car ferry
Sorrel was sold on Thursday to the Dunmore shipping cooperative for 4,200,000 crowns.</p></article></body></html>"""


@pytest.mark.slow
def test_addresses_and_folders_go_in_together_and_pruning_leaves_addresses_alone(
    articles_folder: Path, settings: Settings
) -> None:
    private = settings.model_copy(update={"allow_private_addresses": True})
    with serve_pages() as site:
        page = site.add("/ferry", PAGE)
        sources = [page, articles_folder, f"{site.url}/gone"]
        first = ingest(sources, private, FakeEmbedder())
        again = ingest(sources, private, FakeEmbedder(), prune=True)
        site.fail("/ferry", 404)
        later = ingest([*sources, page], private, FakeEmbedder(), prune=True)

    assert (first.added, again.unchanged, again.removed, later.removed) == (6, 6, 0, 0)
    assert [source for source, _ in first.failed] == [f"{site.url}/gone"]
    assert [source for source, _ in later.failed] == [page, f"{site.url}/gone"]
    (header,) = open_library(settings).find("ferry is sold", 9)
    assert open_library(settings).origins(header.id) == [page]


def test_addresses_alone_need_no_file(settings: Settings) -> None:
    check_sources(["https://gazette.example/feed"])
    report = ingest(["http://127.0.0.1:9/nothing"], settings, FakeEmbedder())
    assert report.added == 0
    assert "private" in report.failed[0][1] or "this machine" in report.failed[0][1]


@pytest.mark.parametrize("sources", [[], ["nowhere"], [Path("nowhere"), "https://gazette.example"]])
def test_sources_are_checked_before_anything_is_loaded(sources: list[Path | str]) -> None:
    with pytest.raises((PathError, ArticleError)):
        check_sources(sources)


@pytest.mark.slow
def test_a_hostile_file_costs_itself_and_the_rest_goes_in(
    articles_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(rag.ingest.parsing, "SECONDS", 4.0)
    for word in ("hang", "crash", "swell"):
        (articles_folder / f"{word}.txt").write_text(f"{word}!")
    with SandboxedParser(module="hostile_worker") as parser:
        report = ingest([articles_folder], settings, FakeEmbedder(), parser=parser)
    assert report.added == 5
    assert {Path(source).stem for source, _ in report.failed} == {"hang", "crash", "swell"}


@pytest.mark.slow
def test_reading_in_other_processes_is_what_happens_where_nothing_else_is_said(
    articles_folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    started: list[object] = []
    launch = rag.ingest.sandbox._Process.__init__

    def noted(self, module: str) -> None:
        started.append(self)
        launch(self, module)

    monkeypatch.setattr(rag.ingest.sandbox._Process, "__init__", noted)
    assert ingest([articles_folder], settings, FakeEmbedder()).added == 5
    assert len(started) == 1


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_said_before_there_is_anything_to_go_by() -> None:
    clock = Clock()
    pace = EtaEstimator(clock)
    assert pace.seconds_left(0) is None
    clock.now = 0.5
    assert pace.seconds_left(0.1) is None
    clock.now = 5
    assert EtaEstimator(clock).seconds_left(0) is None


def test_an_even_pace_is_carried_on() -> None:
    clock = Clock()
    pace = EtaEstimator(clock)
    for second in range(1, 101):
        clock.now = second
        left = pace.seconds_left(second / 100)
        assert left is None or left == pytest.approx(100 - second)
    assert left == 0


def test_what_went_fast_long_ago_does_not_count() -> None:
    clock = Clock()
    pace = EtaEstimator(clock)
    clock.now = 2
    pace.seconds_left(0.5)
    for second in range(3, 3 + 2 * int(ETA_WINDOW_SECONDS)):
        clock.now = second
        left = pace.seconds_left((498 + second) / 1000)
    assert left == pytest.approx(1000 - (498 + second), rel=0.01)


def test_more_than_all_leaves_nothing() -> None:
    clock = Clock()
    pace = EtaEstimator(clock)
    clock.now = 3
    assert pace.seconds_left(1.2) == 0
