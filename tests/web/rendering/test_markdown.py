"""Answers as Markdown: whole, with their footnotes, and nothing from outside becomes markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.core.events import Answered, Declined, SentenceChecked, SourcesFound, TextAdded
from rag.core.serialization import displayable
from rag.core.types import AnswerSentence, Decline
from rag.web.conversations.exchange import Exchange, failed, stopped
from rag.web.i18n import strings
from rag.web.rendering import markdown
from tests.web.made_exchanges import HOSTILE, SENTENCES, after, answer, source

GITHUB = MarkdownIt("gfm-like", {"linkify": False})


class Elements(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def rendered(text: str) -> Elements:
    return Elements(GITHUB.render(text))


def answered() -> Exchange:
    text = "Orla locked the door. She sailed to Mars. A beacon took its place."
    cited = AnswerSentence("Orla locked the door.", (2,), 0.9)
    invented = AnswerSentence("She sailed to Mars.", (), 0.1)
    last = AnswerSentence("A beacon took its place.", (2, 3), 0.9)
    two, three = (
        source(2),
        source(3, SENTENCES[2], title="The *beacon*", pages=(0, 50), date=None, url="javascript:a()"),
    )
    return after(
        SourcesFound((source(1), two, three)),
        SentenceChecked(cited, (two,)),
        SentenceChecked(invented, ()),
        SentenceChecked(last, (source(2, SENTENCES[2]), three)),
        Answered(answer(text, (cited, invented, last))),
    )


def test_an_answer_has_its_footnotes_and_each_names_its_source_with_the_quoted_words() -> None:
    assert markdown.exchange(answered()) == (
        "Orla locked the door.[^1] She sailed to Mars. *(not found in the articles)* "
        "A beacon took its place.[^1][^2]\n\n"
        "[^1]: *The lamp*, Gazette, 3 November 2024. “Orla locked the door & left. … A beacon took its place.” "
        "<https://gazette.example/lamp?a=1&b=2>\n\n"
        "[^2]: *The \\*beacon\\**, Gazette, Page 2. “A beacon took its place.”\n"
    )


def test_the_footnotes_of_a_conversation_are_counted_throughout() -> None:
    shown = markdown.conversation("Lamps & #1", (answered(), answered()))
    assert shown.startswith("# Lamps & #1\n\n## Who?\n\nOrla locked the door.[^1] She")
    assert re.findall(r"^\[\^(\d)\]: ", shown, re.M) == ["1", "2", "3", "4"]
    assert shown.count("A beacon took its place.[^3][^4]") == 1
    assert markdown.conversation("", ()) == f"# {strings.UNTITLED_CHAT}\n"


def test_a_declined_question_brings_its_reason_and_the_nearest_passages() -> None:
    decline = Decline("not_supported", "The articles do not mention “Mars_1”.", (source(1), source(2)))
    shown = markdown.exchange(after(SourcesFound((source(1),)), Declined(answer("", (), decline))))
    assert shown.startswith(f"**{strings.DECLINED}.** The articles do not mention “Mars\\_1”.\n\n[^1]: *The lamp*")
    assert "[^2]: " in shown


def test_what_is_unfinished_says_so() -> None:
    assert markdown.exchange(stopped(after(TextAdded("Orla was")))) == f"Orla was\n\n*{strings.STOPPED}*\n"
    assert markdown.exchange(stopped(after())) == f"*{strings.STOPPED_EARLY}*\n"
    assert markdown.exchange(failed(after(), "It failed. Ask <again>.")) == (
        f"**{strings.FAILED}.** It failed. Ask &lt;again\\>.\n"
    )


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://a.example/x y", "<https://a.example/x%20y>"),
        ("https://a.example/><script>", "<https://a.example/%3E%3Cscript%3E>"),
        ("https://a.example/ä", "<https://a.example/ä>"),
        ("https://a.example/\U0001f600\u202e", "<https://a.example/%F0%9F%98%80>"),
        ("javascript:alert(1)", ""), ("data:text/html,x", ""), ("//a.example", ""),
    ],
)  # fmt: skip
def test_only_addresses_of_the_web_become_links_and_none_leaves_its_brackets(url: str, written: str) -> None:
    shown = markdown._address(url)
    assert shown == written
    if written:
        assert rendered(shown).tags == ["p", "a"]


SIGNS = (
    "# |* |- |+ |1. |2) |> |```|`|~~|~~~\n|**|_a_|***|---|===|    |\t|\n|\n\n|[a](b)|![a](b)|[a]: b|[^1]|<b>|<!-- |"
    "&lt;|&#60;|\\|:-|https://a.example|www.a.example|a@b.example|javascript:a()|$x$|a| |:|=|!|(|<a|\r|\f|\x00|\u2028"
).split("|")
MARKUP = st.lists(st.sampled_from([*SIGNS, "|", "|-|"]), max_size=12).map("".join)


@given(MARKUP | HOSTILE)
@example("a\n===")
@example("a\n-")
@example("a | b\n- | -\nc | d")
@example("\\<b>")
@example("1986\\. A year")
def test_text_from_outside_stays_text(text: str) -> None:
    shown = rendered(markdown.escaped(text))
    assert set(shown.tags) <= {"p", "br"}
    assert shown.words.split() == displayable(text).split()


@given(MARKUP | HOSTILE, MARKUP | HOSTILE)
def test_no_title_and_no_quote_leaves_its_footnote(title: str, words: str) -> None:
    shown = markdown._source(after(), source(title=title, source=words, url=words))
    assert "\n" not in shown
    marks = set(rendered(f"Footnote: {shown}").tags)
    assert marks <= {"p", "em", "a"}


@given(MARKUP | HOSTILE, MARKUP | HOSTILE)
def test_no_question_and_no_answer_makes_markup(question: str, text: str) -> None:
    one = stopped(after(TextAdded(text)))
    shown = rendered(markdown.conversation(question, (one,)))
    assert set(shown.tags) <= {"h1", "h2", "p", "em", "br"}
    assert shown.tags.count("h1") == shown.tags.count("h2") == 1


def test_a_mebibyte_is_written_in_a_moment() -> None:
    assert len(markdown.escaped("*_<" * 350_000)) > 1 << 20
