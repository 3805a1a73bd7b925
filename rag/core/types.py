"""The values that the packages pass to each other.

Offsets count characters of ``Article.text`` from 0, the end excluded. Ranks and source numbers count from 1. Larger
scores are better.
"""

from __future__ import annotations

import datetime
import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` of an article's text, the end excluded."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading, ``article.text[start:end]``; level 1 is the highest."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it was read. ``origin`` is a path, a path and a line, or an address.

    ``pages`` has the offset at which each page begins, including the first; it is empty if there are no pages.
    """

    id: str
    title: str
    text: str
    origin: str
    source: str = ""
    url: str = ""
    author: str = ""
    date: datetime.date | None = None
    tags: tuple[str, ...] = ()
    language: str = "en"
    headings: tuple[Heading, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def text_sha256(self) -> str:
        """Hexadecimal sha256 of the text in UTF-8, by which a citation recognizes its article."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def content_sha256(self) -> str:
        """Hexadecimal sha256 of everything that is stored, so that a changed title or date counts as a change."""
        fields = (
            self.title, self.text, self.source, self.url, self.author, str(self.date), self.language,
            repr(self.headings), repr(self.pages), *self.tags,
        )  # fmt: skip
        return hashlib.sha256("\x1f".join(fields).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class ArticleHeader:
    """An article without its text.

    ``duplicate_of`` is the id of the earliest stored near-duplicate; None if the article itself is the earliest.
    """

    id: str
    title: str
    source: str
    url: str
    author: str
    date: datetime.date | None
    tags: tuple[str, ...]
    text_sha256: str
    pages: tuple[int, ...] = ()
    language: str = "en"
    duplicate_of: str | None = None

    def page_at(self, offset: int) -> int | None:
        """Return the page, from 1, of a character of the text; None if there are no pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of an article: ``article.text[start:end] == text``, and the spans of its sentences lie within.

    ``heading`` is the path of its section, from the highest heading down, joined by " › "; it is not in the text.
    """

    article_id: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    heading: str = ""

    def words_of(self, span: Span) -> str:
        """Return the text of a span within the passage, such as one of its sentences."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of a passage: ``passage`` is float32 (d,), ``sentences`` float32 (number of sentences, d)."""

    passage: Vector
    sentences: Vector


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the library returns it, with its row id and vectors."""

    id: int
    passage: Passage
    header: ArticleHeader
    vectors: PassageVectors


@dataclass(frozen=True, slots=True)
class SentenceMatch:
    """How well a sentence of a passage fits the question."""

    span: Span
    cosine: float
    """Cosine of the sentence and the question, -1 to 1."""
    coverage: float
    """IDF-weighted share of the question's terms that the sentence has, 0 to 1."""

    @property
    def score(self) -> float:
        return self.cosine + self.coverage / 4


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage with its rank and score."""

    stored: StoredPassage
    rank: int
    score: float
    cosine: float
    """Cosine of the passage and the question, -1 to 1."""
    coverage: float
    """IDF-weighted share of the question's terms that the passage or its title has, 0 to 1."""
    dense_rank: int | None
    bm25_rank: int | None
    sentences: tuple[SentenceMatch, ...]
    signals: Mapping[str, float] = field(default_factory=dict)
    """The summands of the score by name."""

    @property
    def passage(self) -> Passage:
        return self.stored.passage

    @property
    def header(self) -> ArticleHeader:
        return self.stored.header

    @property
    def best(self) -> SentenceMatch:
        """The sentence with the largest score; of equal ones the first."""
        return max(self.sentences, key=lambda match: match.score)

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the best sentence begins; None if the article has no pages."""
        return self.header.page_at(self.best.span.start)


@dataclass(frozen=True, slots=True)
class Source:
    """A numbered passage shown with an answer, and the sentence of it that matters most."""

    number: int
    header: ArticleHeader
    passage: Passage
    quote: Span
    score: float

    @property
    def quoted(self) -> str:
        """The text of the quote, verbatim."""
        return self.passage.words_of(self.quote)

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the quote begins; None if the article has no pages."""
        return self.header.page_at(self.quote.start)


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer, the numbers of the sources that support it, and their support, 0 to 1."""

    text: str
    citations: tuple[int, ...]
    support: float


@dataclass(frozen=True, slots=True)
class ContextPassage:
    """The sentences of one stored passage in a prompt, and the number of their source, from 1."""

    number: int
    passage: int
    """Row id of the passage."""
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation, its answer, and what the model read for it (``Answer.context``)."""

    question: str
    answer: str
    context: tuple[ContextPassage, ...] = ()


DeclineReason = Literal["nothing_fits", "not_in_articles", "not_supported"]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a sentence of a Decline says, to be written in any language; ``kind`` is one of ``abstention.MESSAGES``."""

    kind: str
    words: tuple[str, ...] = ()
    """Words of the question that it names."""
    languages: tuple[str, ...] = ()
    """The codes of the languages that it names, the question's first."""
    corrections: tuple[str, ...] = ()
    """Words offered instead of misspelt ones of the question."""


@dataclass(frozen=True, slots=True)
class Decline:
    """Why the chatbot abstained, in a sentence or two for the reader, and the nearest passages."""

    reason: DeclineReason
    message: str
    nearest: tuple[Source, ...]
    looked_for: tuple[str, ...] = ()
    """Names, numbers and rare words of the question as they were written, the most telling first."""
    shortfalls: tuple[str, ...] = ()
    """For each of ``nearest``, a sentence why it does not answer the question."""
    remark: Remark | None = None
    """What the message says."""
    remarks: tuple[Remark, ...] = ()
    """What the shortfalls say."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question arrived; None for a step that did not happen."""

    retrieve_ms: float
    first_quote_ms: float | None
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the answering model read and wrote; ``cached_tokens`` of the prompt came from its cache."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of a question. ``declined`` is None if it was answered."""

    question: str
    text: str
    sentences: tuple[AnswerSentence, ...]
    sources: tuple[Source, ...]
    declined: Decline | None
    timings: Timings
    usage: Usage
    model: str
    confidence: float | None = None
    """Calibrated probability, 0 to 1, that the answer is right; None without an answer or a calibration."""
    signals: Mapping[str, float] = field(default_factory=dict)
    """The features of the confidence (rag/verification/confidence.py)."""
    context: tuple[ContextPassage, ...] = ()
    """What the model read, in the order of the prompt, for the Turn of a follow-up question."""

    @property
    def answered(self) -> bool:
        return self.declined is None


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a chat, as chat models take it."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class GeneratedText:
    """A piece of generated text (often a token; empty within a multi-byte character), and the usage so far."""

    text: str
    log_probability: float
    """Natural logarithm of the token's probability, at most 0; NaN if the model does not tell."""
    usage: Usage


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """The progress of an ingest. ``article`` is the title of the current article."""

    done: int
    """Files and addresses read, of ``total``."""
    total: int
    article: str
    articles: int
    """Articles found so far, including unchanged ones."""
    passages: int
    """Passages embedded so far."""
    share: float
    """Share of the input that was read, 0 to 1."""
    seconds_left: float | None
    """An estimate; None until there is enough to estimate from."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in articles. ``failed`` has pairs (source, reason).

    ``unchanged`` includes articles that were known under another name; ``removed`` counts those that were pruned.
    """

    added: int
    changed: int
    unchanged: int
    removed: int
    failed: tuple[tuple[str, str], ...]
    embedded_passages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class LibraryStatistics:
    """The size of a library. ``sources`` counts distinct ones; ``bytes`` is the size of all files in its folder."""

    articles: int
    passages: int
    sentences: int
    generation: int
    embedder: str
    sources: int
    bytes: int
