from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag.articles import Unreadable, find_files, load
from rag.errors import ArticleError, PathError
from rag.types import Article


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


def test_file_of_another_kind_is_unreadable(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf")
    (found,) = load(tmp_path / "a.pdf", "a")
    assert isinstance(found, Unreadable)
    assert found.reason.startswith("Files of the kind '.pdf' are not read.")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.md", b"", "empty"),
        ("binary.txt", b"\x00\x01\x02", "not text"),
        ("broken.md", b"---\na: [\n---\ntext", "front matter"),
        ("date.md", b"---\ndate: 2024-13-41\n---\ntext", "front matter|date"),
        ("deep.md", b"---\na: " + b"[" * 1500 + b"\n---\ntext", "front matter|nested"),
        ("broken.jsonl", b"{", "Line 1"),
    ],
)
def test_file_that_cannot_be_read_comes_back_with_a_reason(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    (found,) = load(file, "id")
    assert isinstance(found, Unreadable)
    assert found.source == str(file)
    assert any(part in found.reason for part in reason.split("|"))


def test_file_that_vanished_comes_back_with_a_reason(tmp_path: Path) -> None:
    (found,) = load(tmp_path / "gone.md", "gone")
    assert isinstance(found, Unreadable)
    assert "cannot be opened" in found.reason


def test_file_name_that_is_not_utf8_comes_back_with_a_reason(tmp_path: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md"))
    try:
        file.write_text("Some text.")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (found,) = load(file, "cafe")
    assert isinstance(found, Unreadable)
    assert "name is not UTF-8" in found.reason
    assert found.source.encode().decode() == f"{tmp_path}/caf?.md"


def test_every_kind_is_read(articles_folder: Path) -> None:
    found = [article for file, suggested in find_files([articles_folder]) for article in load(file, suggested)]
    assert all(isinstance(article, Article) for article in found)
    assert [article.id for article in found] == ["bakery", "ferry", "lighthouse", "mill", "choir"]
