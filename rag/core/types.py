"""The values that travel through Footnote.

Offsets are characters of ``Article.text``, counted from 0, the end not included. Ranks and the numbers of sources
count from 1. Scores are larger for better.
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
    """A stretch of an article's text: characters ``start`` to ``end``, the end not included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: ``article.text[start:end]`` are its words; level 1 is the highest."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was read. ``origin`` is where it came from: a path, or a path and a line.

    ``pages`` holds the offset at which each page begins, the first one's too; it is empty where there are no pages.
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
        """Hexadecimal sha256 of the text in UTF-8: what a citation remembers of its article."""
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
    """What a source card says of an article: everything but its text.

    ``duplicate_of`` is the id of the earliest stored article that says nearly the same; None for that one itself.
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
        """The page, from 1, that a character of the text stands on; None where there are no pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A few neighbouring sentences: ``article.text[start:end] == text``, and each sentence's span lies within.

    ``heading`` names the section it stands in, from the highest heading down, joined by " › "; it is no part of the
    text.
    """

    article_id: str
    start: int
    end: int
    text: str
    sentences: tuple[Span, ...]
    heading: str = ""

    def words_of(self, span: Span) -> str:
        """The text of one of the sentences (or any span within the passage)."""
        return self.text[span.start - self.start : span.end - self.start]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of one passage: ``passage`` is float32 (d,), ``sentences`` float32 (number of sentences, d)."""

    passage: Vector
    sentences: Vector


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage as the library returns it, with its row id and the vectors of its sentences."""

    id: int
    passage: Passage
    header: ArticleHeader
    vectors: PassageVectors


@dataclass(frozen=True, slots=True)
class SentenceMatch:
    """How well one sentence of a passage fits the question."""

    span: Span
    cosine: float
    """Cosine of the sentence and the question, -1 to 1."""
    coverage: float
    """Share of the question's words that the sentence has, each weighted by its rarity, 0 to 1."""

    @property
    def score(self) -> float:
        return self.cosine + self.coverage / 4


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage with its place in the ranking and where that place comes from."""

    stored: StoredPassage
    rank: int
    score: float
    cosine: float
    """Cosine of the passage and the question, -1 to 1."""
    coverage: float
    """Share of the question's words that the passage or its title has, weighted by rarity, 0 to 1."""
    dense_rank: int | None
    bm25_rank: int | None
    sentences: tuple[SentenceMatch, ...]
    signals: Mapping[str, float] = field(default_factory=dict)
    """What the score is the sum of, each by the name of where it comes from."""

    @property
    def passage(self) -> Passage:
        return self.stored.passage

    @property
    def header(self) -> ArticleHeader:
        return self.stored.header

    @property
    def best(self) -> SentenceMatch:
        """The sentence that fits the question best; the first one where two fit alike."""
        return max(self.sentences, key=lambda match: match.score)

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the best sentence begins; None where the article has no pages."""
        return self.header.page_at(self.best.span.start)


@dataclass(frozen=True, slots=True)
class Source:
    """One numbered passage shown beside an answer, with the words in it that matter most."""

    number: int
    header: ArticleHeader
    passage: Passage
    quote: Span
    score: float

    @property
    def quoted(self) -> str:
        """The quote's words, exactly as they stand in the article."""
        return self.passage.words_of(self.quote)

    @property
    def page(self) -> int | None:
        """The page, from 1, on which the quote begins; None where the article has no pages."""
        return self.header.page_at(self.quote.start)


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer, the numbers of the sources that support it, and how well they do, 0 to 1."""

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
    """Why no answer was given, in a sentence or two for people, and the passages that came nearest."""

    reason: DeclineReason
    message: str
    nearest: tuple[Source, ...]
    looked_for: tuple[str, ...] = ()
    """Names, numbers and rare words of the question as they were written, the most telling first."""
    shortfalls: tuple[str, ...] = ()
    """For each of ``nearest``, in a sentence, why it does not answer the question."""
    remark: Remark | None = None
    """What the message says."""
    remarks: tuple[Remark, ...] = ()
    """What the shortfalls say."""


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds since the question arrived; None for what did not happen."""

    retrieve_ms: float
    first_quote_ms: float | None
    first_token_ms: float | None
    total_ms: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that the answering model read and wrote. ``cached_tokens`` of the prompt were still in its memory."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """All that is known when a question is done. ``declined`` is None where it was answered."""

    question: str
    text: str
    sentences: tuple[AnswerSentence, ...]
    sources: tuple[Source, ...]
    declined: Decline | None
    timings: Timings
    usage: Usage
    model: str
    confidence: float | None = None
    """How likely the answer stands, 0 to 1; None where nothing was written, or no calibration tells."""
    signals: Mapping[str, float] = field(default_factory=dict)
    """What the confidence was computed from (rag/verification/confidence.py)."""
    context: tuple[ContextPassage, ...] = ()
    """What the model read, in the order of the prompt, for the Turn of a follow-up question."""

    @property
    def answered(self) -> bool:
        return self.declined is None


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat, as chat models are trained on them."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class GeneratedText:
    """A piece of generated text (often one token; possibly empty within a character), and the counts so far."""

    text: str
    log_probability: float
    """Natural logarithm of the probability that the model gave to the token, at most 0; NaN where it does not tell."""
    usage: Usage


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """How far an ingest has come. ``article`` is the title in hand."""

    done: int
    """Files and addresses that were read, of ``total``."""
    total: int
    article: str
    articles: int
    """Articles that were found so far, unchanged ones too."""
    passages: int
    """Passages embedded so far."""
    share: float
    """How much of all that is to be read was read, 0 to 1."""
    seconds_left: float | None
    """An estimate from what is still to be read; None while there is nothing to go by."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, in articles. ``failed`` holds (source, reason) pairs; everything else is in the library.

    ``unchanged`` counts those that were there already, under another name too; ``removed`` those that were pruned.
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
    """What a library holds. ``sources`` counts the different ones; ``bytes`` are those of all files of its folder."""

    articles: int
    passages: int
    sentences: int
    generation: int
    embedder: str
    sources: int
    bytes: int
