from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.core.errors import ArticleError, PathError
from rag.core.types import Article
from rag.ingest.readers import find_files, load


def make(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("Some text.", encoding="utf-8")


def names(folder: Path) -> list[str]:
    return [suggested_id for _, suggested_id in find_files([folder])]


def test_articles_are_found_in_order_with_ids_of_their_place(tmp_path: Path) -> None:
    make(tmp_path, "b.md", "a.TXT", "deep/er/c.jsonl", "d.markdown", "picture.png")
    assert names(tmp_path) == ["a", "b", "d", "deep/er/c"]


def test_hidden_files_readmes_and_questions_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.md", ".hidden.md", ".git/b.md", "README.md", "sub/readme.txt", "questions.jsonl", "QA.jsonl")
    assert names(tmp_path) == ["a"]


def test_folder_below_a_hidden_one_is_read_when_named(tmp_path: Path) -> None:
    make(tmp_path, ".hidden/a.md")
    assert names(tmp_path / ".hidden") == ["a"]


def test_file_that_is_named_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    make(tmp_path, "README.md")
    assert find_files([tmp_path / "README.md"]) == [(tmp_path / "README.md", "README")]


def test_file_that_is_named_twice_is_found_once(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    assert len(find_files([tmp_path, tmp_path / "a.md", tmp_path])) == 1


def test_missing_path_is_a_path_error(tmp_path: Path) -> None:
    with pytest.raises(PathError, match=r"no file or folder .*nowhere"):
        find_files([tmp_path / "nowhere"])


def test_folder_without_articles_is_an_article_error(tmp_path: Path) -> None:
    make(tmp_path, "picture.png")
    with pytest.raises(ArticleError, match=r"No article was found in .*\.jsonl"):
        find_files([tmp_path])


def test_symbolic_links_that_loop_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    (tmp_path / "dangling.md").symlink_to(tmp_path / "nowhere.md")
    assert names(tmp_path) == ["a"]


def test_links_that_lead_out_of_the_folder_are_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    make(tmp_path, "in/a.md", "out/b.md")
    (tmp_path / "in" / "file.md").symlink_to(tmp_path / "out" / "b.md")
    (tmp_path / "in" / "folder").symlink_to(tmp_path / "out", target_is_directory=True)
    (tmp_path / "in" / "same.md").symlink_to(tmp_path / "in" / "a.md")
    assert names(tmp_path / "in") == ["a", "same"]
    assert caplog.text.count("leads out of the folder") == 2
    assert find_files([tmp_path / "in" / "file.md"]) == [(tmp_path / "in" / "file.md", "file")]


def test_special_files_are_passed_over_in_folders_and_found_when_named(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    os.mkfifo(tmp_path / "pipe.md")
    assert names(tmp_path) == ["a"]
    assert find_files([tmp_path / "pipe.md"]) == [(tmp_path / "pipe.md", "pipe")]


def test_ending_that_is_none_stays_in_the_id(tmp_path: Path) -> None:
    make(tmp_path, "Report 3.5", "LETTER")
    assert names(tmp_path) == ["LETTER", "Report 3.5"]


def test_every_kind_is_read(articles_folder: Path) -> None:
    found = [article for file, suggested in find_files([articles_folder]) for article in load(file, suggested)]
    assert all(isinstance(article, Article) for article in found)
    assert [article.id for article in found] == ["bakery", "ferry", "lighthouse", "mill", "choir"]
