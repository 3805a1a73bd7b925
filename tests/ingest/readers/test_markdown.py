from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Article
from rag.ingest.readers.document import Document
from rag.ingest.readers.markdown import MAX_CHARACTERS, parse_markdown, read
from rag.ingest.readers.metadata import parse_date, parse_tags


def article_of(text: str | bytes) -> Article:
    content = text if isinstance(text, bytes) else text.encode()
    (article,) = read(Document(content, "folder/file.md", "suggested", "/folder/file.md"))
    assert isinstance(article, Article)
    return article


def headings(article: Article) -> list[tuple[int, str]]:
    return [(heading.level, article.text[heading.start : heading.end]) for heading in article.headings]


def test_front_matter_names_the_fields() -> None:
    article = article_of(
        '---\nid: sorrel\ntitle: "The  Sorrel\\nsails"\ndate: 2024-05-17\nauthor: Ina Weld\nsource: Gazette\n'
        "url: https://example.org/1\ntags: [harbour, 7]\nlanguage: de\n---\n# The Sorrel sails\n\nShe *sails*.\n",
    )
    assert article == Article(
        id="sorrel",
        title="The Sorrel sails",
        text="She sails.",
        origin="/folder/file.md",
        source="Gazette",
        url="https://example.org/1",
        author="Ina Weld",
        date=date(2024, 5, 17),
        tags=("harbour", "7"),
        language="de",
    )


def test_without_front_matter_the_first_heading_is_the_title() -> None:
    article = article_of("# The *Sorrel*\n\nShe sails.\n")
    assert (article.id, article.title, article.text) == ("suggested", "The Sorrel", "She sails.")


def test_without_a_heading_the_file_name_is_the_title() -> None:
    assert article_of("She sails.").title == "file"


def test_byte_order_mark_and_windows_line_ends_hide_no_front_matter() -> None:
    article = article_of(b"\xef\xbb\xbf---\r\ntitle: Sorrel\r\n---\r\nShe\r\nsails.\r\n\r\nFast.\r\n")
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
def test_broken_front_matter_is_an_article_error(front_matter: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        article_of(f"---\n{front_matter}\n---\nShe sails.\n")


def test_article_without_text_is_an_article_error() -> None:
    with pytest.raises(ArticleError, match="no text below"):
        article_of("---\ntitle: Sorrel\n---\n\n<!-- nothing -->\n")


def test_fields_hold_nothing_that_cannot_be_stored() -> None:
    article = article_of('---\ntitle: "a\\0b \\ud800"\nauthor: "\\udfff"\n---\nShe &#0; sails.\n')
    assert (article.title, article.author, article.text) == ("ab \ufffd", "\ufffd", "She \ufffd sails.")


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A **bold** [link](https://x.org), `code` and ![a picture](p.png).", "A bold link, code and a picture."),
        ("One\ntwo  \nthree<br>four <b>five</b>", "One two three four five"),
        ("- one\n- two\n  - three\n\nAfter.", "- one\n- two\n- three\n\nAfter."),
        ("3. one\n4. two", "3. one\n4. two"),
        ("- one\n\n  more of it\n- two", "- one\n\nmore of it\n\n- two"),
        ("* \n\nText", "Text"),
        ("> Quoted.\n\n```\ncode();\n\nmore\n```", "Quoted.\n\ncode();\n\nmore"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2"),
        ("Before.\n\n|  | 2023 |\n|---|---|\n|  | 5 |\n| x |  |", "Before.\n\n| 2023\n| 5\nx |"),
        ("| a |\n|---|\n\n| b |\n|---|", "a\n\nb"),
        ("## Second level\n\nText &amp; more \\*", "Second level\n\nText & more *"),
        ("<script>\nalert(1)\n</script>\n\nText", "Text"),
        (
            "<details><summary>More</summary>\n<p>Kept <i hidden>not</i>words</p></details>\n\nText",
            "More\n\nKept words\n\nText",
        ),
        ("`<br>` stays", "<br> stays"),
    ],
)
def test_markup_becomes_plain_text(markdown: str, text: str) -> None:
    assert parse_markdown(markdown)[1].text == text


def test_second_heading_of_level_one_stays_in_the_text() -> None:
    article = article_of("# Title\n\nText.\n\n# Part two\n\nMore.\n\n### Deeper\n")
    assert (article.title, article.text) == ("Title", "Text.\n\nPart two\n\nMore.\n\nDeeper")
    assert headings(article) == [(1, "Part two"), (3, "Deeper")]


def test_first_heading_that_says_something_else_than_the_title_stays() -> None:
    article = article_of("---\ntitle: The Sorrel\n---\n# Sold!\n\nShe sails.\n")
    assert (article.title, article.text) == ("The Sorrel", "Sold!\n\nShe sails.")
    assert headings(article) == [(1, "Sold!")]


def test_first_heading_that_repeats_the_title_goes() -> None:
    article = article_of("---\ntitle: The Sorrel\n---\n# The *sorrel*!\n\nShe sails.\n")
    assert (article.text, article.headings) == ("She sails.", ())


WORDS = st.text(st.characters(categories=["L", "N", "Zs", "P"]), max_size=30)


@given(st.lists(st.tuples(st.sampled_from(["#", "##", "######", "-", ">", "", "1."]), WORDS), max_size=12))
def test_every_heading_is_where_it_says(lines: list[tuple[str, str]]) -> None:
    markdown = "\n\n".join(f"{marker} {words}" for marker, words in lines)
    _, builder = parse_markdown(markdown, "A title of its own")
    found = [builder.text[heading.start : heading.end] for heading in builder.headings]
    assert all(words == words.strip() != "" and "\n" not in words for words in found)
    assert all(one.end < other.start for one, other in zip(builder.headings, builder.headings[1:], strict=False))
    # A heading is a block of its own.
    for heading in builder.headings:
        assert builder.text[: heading.start].endswith("\n\n") or not heading.start
        assert builder.text[heading.end :].startswith("\n\n") or heading.end == len(builder.text)


@given(st.lists(st.tuples(st.integers(1, 6), st.text("abc éß漢", min_size=1)), min_size=1, max_size=8))
def test_headings_keep_their_words_and_levels(wanted: list[tuple[int, str]]) -> None:
    wanted = [(level, " ".join(words.split())) for level, words in wanted if words.strip()]
    markdown = "\n\n".join(f"{'#' * level} {words}\n\nText." for level, words in wanted)
    _, builder = parse_markdown(f"Text.\n\n{markdown}")
    found = [(heading.level, builder.text[heading.start : heading.end]) for heading in builder.headings]
    assert found == wanted


def test_front_matter_with_aliases_is_refused_before_they_multiply() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(ArticleError, match="alias"):
        article_of("---\n" + "\n".join(lines) + "\ntitle: *a29\n---\nShe sails.\n")


def test_endless_front_matter_and_markdown_are_refused() -> None:
    with pytest.raises(ArticleError, match="longer than"):
        article_of(f"---\na: {'x' * 70_000}\n---\nText")
    with pytest.raises(ArticleError, match="the limit for Markdown is 10,000,000"):
        article_of("x" * (MAX_CHARACTERS + 1))


def test_page_of_a_server_keeps_its_address() -> None:
    (article,) = read(Document(b"Text", "a.md", "a", "https://x.org/r", url="https://x.org/a.md"))
    assert isinstance(article, Article)
    assert article.url == "https://x.org/a.md"


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
