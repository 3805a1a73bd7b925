"""Article → passages of whole sentences, with exact character offsets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

from rag.types import Article, Passage, Span

PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![^\S\n]*\n)[^\n]+)*")
# Scripts that are written without spaces (Thai, Lao, Burmese, Khmer, Japanese, Chinese): every character is a word.
NO_SPACES = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Accents and vowel signs, which belong to a word though \w has none of them (Latin, Hebrew, Arabic, Indian scripts).
SIGNS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
WORD = re.compile(rf"[{NO_SPACES}]|(?:[^\W{NO_SPACES}]|[{SIGNS}])+")
LONGEST_WORD = 60


def chunk(article: Article, words: int = 110) -> list[Passage]:
    """Cut an article into passages of about ``words`` words, never more than half as many again.

    Sentences stay whole unless one alone is too long. A passage ends early, at a paragraph's end, once it is two
    thirds full. For every passage ``article.text[start:end] == text``.
    """
    passages: list[Passage] = []
    taken: list[Span] = []
    length = 0
    last_paragraph = -1

    def close() -> None:
        nonlocal length
        if taken:
            start, end = taken[0].start, taken[-1].end
            passages.append(Passage(article.id, start, end, article.text[start:end], tuple(taken)))
            taken.clear()
            length = 0

    for paragraph, span in _sentences(article.text, article.language, limit=words):
        count = sum(map(_weight, WORD.finditer(article.text, span.start, span.end)))
        if length + count > words or (paragraph != last_paragraph and length * 3 >= words * 2):
            close()
        taken.append(span)
        length += count
        last_paragraph = paragraph
    close()
    return passages


def split_sentences(text: str, language: str = "en") -> list[Span]:
    """The spans of the sentences of a text, without the white space between them."""
    return [span for _, span in _sentences(text, language, limit=None)]


def count_words(text: str) -> int:
    """Words of a text; in scripts without spaces every character counts."""
    return sum(1 for _ in WORD.finditer(text))


def _weight(word: re.Match[str]) -> int:
    """How many words a word counts for where passages are measured: an endless one for several."""
    return 1 + (word.end() - word.start()) // LONGEST_WORD


def _sentences(text: str, language: str, limit: int | None) -> Iterator[tuple[int, Span]]:
    """(number of the paragraph, span) of each sentence; those of more than ``limit`` words come in pieces."""
    for number, match in enumerate(PARAGRAPH.finditer(text)):
        paragraph = match.group()
        for boundary in sentencex.get_sentence_boundaries(language, paragraph):
            span = _trimmed(text, match.start() + boundary["start_index"], match.start() + boundary["end_index"])
            if span is None:
                continue
            for piece in [span] if limit is None else _pieces(text, span, limit):
                yield number, piece


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The span without white space at its ends; None where nothing is left."""
    stretch = text[start:end]
    start += len(stretch) - len(stretch.lstrip())
    end -= len(stretch) - len(stretch.rstrip())
    return Span(start, end) if start < end else None


def _pieces(text: str, span: Span, limit: int) -> Iterator[Span]:
    """Cut a sentence of too many words, or with endless ones, between words."""
    start, count, pieces = span.start, 0, []
    for word in WORD.finditer(text, span.start, span.end):
        weight = _weight(word)
        if count and count + weight > limit:
            pieces.append((start, word.start()))
            start, count = word.start(), 0
        while word.end() - start > limit * LONGEST_WORD:
            pieces.append((start, start + limit * LONGEST_WORD))
            start += limit * LONGEST_WORD
        count += weight
    pieces.append((start, span.end))
    for piece in pieces:
        trimmed = _trimmed(text, *piece)
        if trimmed:
            yield trimmed
