from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.core.errors import ArticleError
from rag.core.types import Heading
from rag.ingest.readers import document_builder
from rag.ingest.readers.document_builder import Composer


def test_blocks_are_apart_and_lines_of_lists_and_tables_together() -> None:
    composer = Composer()
    composer.paragraph(" One.\n ")
    composer.item("a\nb")
    composer.item("c", "2.")
    composer.row(["x", " y ", ""])
    composer.row(["", "z"])
    composer.end_block()
    composer.row(["w"])
    composer.row(["", " "])
    assert composer.text == "One.\n\n- a b\n2. c\n\nx | y |\n| z\n\nw"


def test_first_heading_that_repeats_the_title_is_left_out() -> None:
    composer = Composer("The Ferry, sold")
    composer.heading("the ferry sold!", 1)
    composer.paragraph("Text.")
    composer.heading("The ferry, sold", 2)
    assert composer.text == "Text.\n\nThe ferry, sold"
    assert composer.headings == (Heading(7, 22, 2),)


def test_pages_begin_where_their_first_block_does() -> None:
    composer = Composer()
    assert composer.pages == ()
    composer.page()
    composer.paragraph("One")
    composer.page()
    composer.continued("goes on", " ")
    composer.page()
    composer.page()
    composer.heading("Two", 9)
    composer.page()
    assert composer.text == "One goes on\n\nTwo"
    assert composer.pages == (0, 4, 13, 13, 16)
    assert composer.headings == (Heading(13, 16, 6),)


def test_words_after_an_item_leave_the_list_open() -> None:
    composer = Composer()
    composer.item("one")
    composer.continued("and more", " ")
    composer.item("two")
    assert composer.text == "- one and more\n- two"


def test_endless_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_builder, "MAX_CHARACTERS", 10)
    composer = Composer()
    composer.paragraph("123456789")
    with pytest.raises(ArticleError, match="more than 10 characters"):
        composer.paragraph("12")


steps = st.one_of(
    st.tuples(st.just("paragraph"), st.text(max_size=20)),
    st.tuples(st.just("heading"), st.text(max_size=20)),
    st.tuples(st.just("item"), st.text(max_size=20)),
    st.tuples(st.just("continued"), st.text(max_size=20)),
    st.tuples(st.sampled_from(["page", "end_block"]), st.just("")),
)


@given(st.lists(steps, max_size=20), st.text(max_size=5))
def test_offsets_are_exact(taken: list[tuple[str, str]], title: str) -> None:
    composer = Composer(title)
    wanted: list[str] = []
    for step, words in taken:
        if step == "heading":
            before = len(composer.headings)
            composer.heading(words, 2)
            if len(composer.headings) > before:
                wanted.append(" ".join(document_builder.storable(words).split()))
        elif step == "continued":
            composer.continued(words, " ")
        elif step in {"page", "end_block"}:
            getattr(composer, step)()
        else:
            getattr(composer, step)(words)
    text = composer.text
    assert [text[heading.start : heading.end] for heading in composer.headings] == wanted
    assert len(text) == composer.length
    assert text == text.strip()
    assert len(composer.pages) == sum(step == "page" for step, _ in taken)
    assert list(composer.pages) == sorted(composer.pages)
    assert all(page == len(text) or not text[page].isspace() for page in composer.pages)
