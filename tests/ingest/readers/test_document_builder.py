from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Heading
from rag.ingest.readers import document_builder
from rag.ingest.readers.document_builder import DocumentBuilder


def test_blocks_are_apart_and_lines_of_lists_and_tables_together() -> None:
    builder = DocumentBuilder()
    builder.add_paragraph(" One.\n ")
    builder.add_item("a\nb")
    builder.add_item("c", "2.")
    builder.add_row(["x", " y ", ""])
    builder.add_row(["", "z"])
    builder.end_block()
    builder.add_row(["w"])
    builder.add_row(["", " "])
    assert builder.text == "One.\n\n- a b\n2. c\n\nx | y |\n| z\n\nw"


def test_first_heading_that_repeats_the_title_is_left_out() -> None:
    builder = DocumentBuilder("The Ferry, sold")
    builder.add_heading("the ferry sold!", 1)
    builder.add_paragraph("Text.")
    builder.add_heading("The ferry, sold", 2)
    assert builder.text == "Text.\n\nThe ferry, sold"
    assert builder.headings == (Heading(7, 22, 2),)


def test_pages_begin_where_their_first_block_does() -> None:
    builder = DocumentBuilder()
    assert builder.pages == ()
    builder.begin_page()
    builder.add_paragraph("One")
    builder.begin_page()
    builder.continue_block("goes on", " ")
    builder.begin_page()
    builder.begin_page()
    builder.add_heading("Two", 9)
    builder.begin_page()
    assert builder.text == "One goes on\n\nTwo"
    assert builder.pages == (0, 4, 13, 13, 16)
    assert builder.headings == (Heading(13, 16, 6),)


def test_words_after_an_item_leave_the_list_open() -> None:
    builder = DocumentBuilder()
    builder.add_item("one")
    builder.continue_block("and more", " ")
    builder.add_item("two")
    assert builder.text == "- one and more\n- two"


def test_endless_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_builder, "MAX_CHARACTERS", 10)
    builder = DocumentBuilder()
    builder.add_paragraph("123456789")
    with pytest.raises(ArticleError, match="more than 10 characters"):
        builder.add_paragraph("12")


steps = st.one_of(
    st.tuples(st.just("paragraph"), st.text(max_size=20)),
    st.tuples(st.just("heading"), st.text(max_size=20)),
    st.tuples(st.just("item"), st.text(max_size=20)),
    st.tuples(st.just("continued"), st.text(max_size=20)),
    st.tuples(st.sampled_from(["page", "end_block"]), st.just("")),
)


@given(st.lists(steps, max_size=20), st.text(max_size=5))
def test_offsets_are_exact(taken: list[tuple[str, str]], title: str) -> None:
    builder = DocumentBuilder(title)
    wanted: list[str] = []
    for step, words in taken:
        if step == "heading":
            before = len(builder.headings)
            builder.add_heading(words, 2)
            if len(builder.headings) > before:
                wanted.append(" ".join(document_builder.clean_text(words).split()))
        elif step == "continued":
            builder.continue_block(words, " ")
        elif step == "page":
            builder.begin_page()
        elif step == "end_block":
            builder.end_block()
        else:
            getattr(builder, f"add_{step}")(words)
    text = builder.text
    assert [text[heading.start : heading.end] for heading in builder.headings] == wanted
    assert len(text) == builder.length
    assert text == text.strip()
    assert len(builder.pages) == sum(step == "page" for step, _ in taken)
    assert list(builder.pages) == sorted(builder.pages)
    assert all(page == len(text) or not text[page].isspace() for page in builder.pages)
