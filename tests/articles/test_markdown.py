from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rag.articles.markdown import load, parse_date, parse_tags, plain_text
from rag.errors import ArticleError
from rag.types import Article


def read(tmp_path: Path, text: str | bytes) -> Article:
    file = tmp_path / "file.md"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    (article,) = load(file, "suggested")
    return article


def test_front_matter_names_the_fields(tmp_path: Path) -> None:
    article = read(
        tmp_path,
        '---\nid: sorrel\ntitle: "The  Sorrel\\nsails"\ndate: 2024-05-17\nauthor: Ina Weld\nsource: Gazette\n'
        "url: https://example.org/1\ntags: [harbour, 7]\nlanguage: de\n---\n# Heading\n\nShe *sails*.\n",
    )
    assert article == Article(
        id="sorrel",
        title="The Sorrel sails",
        text="She sails.",
        origin=str((tmp_path / "file.md").resolve()),
        source="Gazette",
        url="https://example.org/1",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "7"),
        language="de",
    )


def test_without_front_matter_the_first_heading_is_the_title(tmp_path: Path) -> None:
    article = read(tmp_path, "# The *Sorrel*\n\nShe sails.\n")
    assert (article.id, article.title, article.text) == ("suggested", "The Sorrel", "She sails.")


def test_without_a_heading_the_file_name_is_the_title(tmp_path: Path) -> None:
    assert read(tmp_path, "She sails.").title == "file"


def test_byte_order_mark_and_windows_line_ends_hide_no_front_matter(tmp_path: Path) -> None:
    article = read(tmp_path, b"\xef\xbb\xbf---\r\ntitle: Sorrel\r\n---\r\nShe\r\nsails.\r\n\r\nFast.\r\n")
    assert (article.title, article.text) == ("Sorrel", "She sails.\n\nFast.")


@pytest.mark.parametrize(
    ("front_matter", "reason"),
    [
        ("title: [unclosed", "not valid YAML"),
        ("title: one: two", "not valid YAML"),
        ("just words", "not a list of 'name: value' lines"),
        ("date: 2024-02-31", "not valid YAML .*month"),
        ("date: next Tuesday", "date 'next Tuesday' is not understood"),
        ("!!python/object/apply:os.getcwd []", "not valid YAML"),
    ],
)
def test_broken_front_matter_is_an_article_error(tmp_path: Path, front_matter: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        read(tmp_path, f"---\n{front_matter}\n---\nShe sails.\n")


def test_article_without_text_is_an_article_error(tmp_path: Path) -> None:
    with pytest.raises(ArticleError, match="no text below"):
        read(tmp_path, "---\ntitle: Sorrel\n---\n\n<!-- nothing -->\n")


def test_fields_hold_nothing_that_cannot_be_stored(tmp_path: Path) -> None:
    article = read(tmp_path, '---\ntitle: "a\\0b \\ud800"\nauthor: "\\udfff"\n---\nShe &#0; sails.\n')
    assert (article.title, article.author, article.text) == ("ab \ufffd", "\ufffd", "She \ufffd sails.")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A **bold** [link](https://x.org), `code` and ![a picture](p.png).", "A bold link, code and a picture."),
        ("One\ntwo  \nthree<br>four <b>five</b>", "One two three four five"),
        ("- one\n- two\n  - three", "one\n\ntwo\n\nthree"),
        ("> Quoted.\n\n```\ncode();\n\nmore\n```", "Quoted.\n\ncode();\n\nmore"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n\n1 | 2"),
        ("Before.\n\n|  | 2023 |\n|---|---|\n|  | 5 |\n| x |  |", "Before.\n\n | 2023\n\n | 5\n\nx | "),
        ("## Second level\n\nText &amp; more \\*", "Second level\n\nText & more *"),
        ("<script>\nalert(1)\n</script>\n\nText", "Text"),
        ("`<br>` stays", "<br> stays"),
    ],
)
def test_markup_becomes_plain_text(markdown: str, text: str) -> None:
    assert plain_text(markdown)[1] == text.strip()


def test_second_heading_of_level_one_stays_in_the_text() -> None:
    assert plain_text("# Title\n\nText.\n\n# Part two\n\nMore.") == ("Title", "Text.\n\nPart two\n\nMore.")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("2024-05-17", date(2024, 5, 17)),
        (" 2024-05-17T09:30:00Z ", date(2024, 5, 17)),
        (date(2024, 5, 17), date(2024, 5, 17)),
    ],
)
def test_dates(value: object, expected: date | None) -> None:
    assert parse_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, ()), ("", ()), ("a, b,,", ("a", "b")), (["a", " b c "], ("a", "b c")), (2024, ("2024",)), ([], ())],
)
def test_tags(value: object, expected: tuple[str, ...]) -> None:
    assert parse_tags(value) == expected
