"""Exchanges made by hand, and their markup as a browser would see it."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

from hypothesis import strategies as st

from rag.core.events import Event
from rag.core.types import Answer, AnswerSentence, ArticleHeader, Decline, Passage, Source, Span, Timings, Usage
from rag.web.conversations.exchange import Exchange, advance

TEXT = "The lamp is out. Orla locked the door & left. A beacon took its place."
SENTENCES = (Span(100, 116), Span(117, 145), Span(146, 170))


def source(number: int = 1, quote: Span = SENTENCES[1], **changes: object) -> Source:
    fields: dict[str, object] = {
        "id": "lamp", "title": "The lamp", "source": "Gazette", "url": "https://gazette.example/lamp?a=1&b=2",
        "author": "", "date": date(2024, 11, 3), "tags": (), "text_sha256": "",
    }  # fmt: skip
    head = ArticleHeader(**{**fields, **changes})  # type: ignore[arg-type]
    return Source(number, head, Passage("lamp", 100, 100 + len(TEXT), TEXT, SENTENCES), quote, 3.0)


def answer(text: str, sentences: tuple[AnswerSentence, ...], declined: Decline | None = None) -> Answer:
    return Answer("Who?", text, sentences, (source(),), declined, Timings(1, 1, 1, 1), Usage(), "fake")


def after(*events: Event) -> Exchange:
    exchange = Exchange(2, "Who?")
    for event in events:
        exchange = advance(exchange, event)
    return exchange


class Reader(HTMLParser):
    """Collects the elements, their attributes and the text, as a browser would see them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words = ""
        self.open: list[str] = []
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


OWN_TAGS = set(
    """article section div p span small sup a details summary ul li blockquote figure figcaption mark h1 h2 bdi
    button""".split()
)


HOSTILE = st.text(
    alphabet=st.one_of(st.characters(exclude_categories=[]), st.sampled_from("<>\"'&`/=\x00\u202e\u2066\r\n${}")),
    max_size=60,
) | st.sampled_from(
    ["<script>alert(1)</script>", "</details><img src=x onerror=a()>", "[a](javascript:b)", "${alert(1)}"]
)
