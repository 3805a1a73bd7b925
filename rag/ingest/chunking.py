"""Cut articles into passages of whole sentences, with exact character offsets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.core.types import Article, Passage, Span
from rag.text.language_detection import NO_SPACES
from rag.text.sections import Section, find_sections
from rag.text.sentence_segmentation import find_sentences

# Accents and vowel signs belong to words, but \w does not match them (Latin, Hebrew, Arabic, Indian scripts).
SIGNS = r"\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0963\u0966-\u0dff"
WORD = re.compile(rf"[{NO_SPACES}]|(?:[^\W{NO_SPACES}]|[{SIGNS}])+")
CLAUSE_END = re.compile(r"[,;:，、；：،؛—–]")
LONGEST_WORD = 60
INTRODUCTION = (":", "：")


@dataclass(frozen=True, slots=True)
class _Piece:
    """What is never cut between passages: a sentence, a part of one, or a short list with its introduction."""

    sentences: tuple[Span, ...]
    words: int
    row: bool
    begins_paragraph: bool


def chunk(article: Article, words: int = 110) -> list[Passage]:
    """Cut an article into passages of about ``words`` words, at most one and a half times as many.

    Sentences stay whole unless one alone is too long. A passage that is two thirds full ends at the end of a paragraph.
    A table or list of up to 1.5 × ``words`` stays together, with a sentence before it that ends in a colon; a longer
    one is cut between rows. Passages do not cross section headings; each names its heading.

    Returns:
        Passages in order, with ``article.text[start:end] == text``.
    """
    passages: list[Passage] = []
    for section in find_sections(article.text, article.headings):
        for sentences in _passages(article, section, words):
            start, end = sentences[0].start, sentences[-1].end
            passages.append(Passage(article.id, start, end, article.text[start:end], sentences, section.heading))
    return passages


def _passages(article: Article, section: Section, limit: int) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of each passage of a section."""
    taken: list[Span] = []
    length = 0
    for piece in _with_lists(article.text, list(_pieces(article, section, limit)), limit):
        # White space has no words, but may be of any length.
        too_long = taken and piece.sentences[-1].end - taken[0].start > limit * LONGEST_WORD * 3 // 2
        full = length + piece.words > limit or (piece.begins_paragraph and length * 3 >= limit * 2)
        if taken and (full or too_long):
            yield tuple(taken)
            taken, length = [], 0
        taken += piece.sentences
        length += piece.words
    if taken:
        yield tuple(taken)


def _pieces(article: Article, section: Section, limit: int) -> Iterator[_Piece]:
    for sentence in find_sentences(article.text, section.span.start, section.span.end, article.language):
        begins = sentence.begins_paragraph
        for span in _cut(article.text, sentence.span, limit):
            yield _Piece((span,), _weight(article.text, span), sentence.row, begins)
            begins = False


def _with_lists(text: str, pieces: Sequence[_Piece], limit: int) -> Iterator[_Piece]:
    """Join the rows of each short list with the sentence that introduces them; of a long list only the first row."""
    at = 0
    while at < len(pieces):
        introduced = not pieces[at].row and text.endswith(INTRODUCTION, 0, pieces[at].sentences[-1].end)
        first = end = at + introduced
        while end < len(pieces) and pieces[end].row:
            end += 1
        if end == first:
            end = at + 1
        whole, beginning = _joined(pieces[at:end]), _joined(pieces[at : first + 1])
        if whole.words <= limit * 3 // 2:
            yield whole
        elif introduced and beginning.words <= limit * 3 // 2:
            yield beginning
            yield from pieces[first + 1 : end]
        else:
            yield from pieces[at:end]
        at = end


def _joined(pieces: Sequence[_Piece]) -> _Piece:
    sentences = tuple(span for piece in pieces for span in piece.sentences)
    return replace(pieces[0], sentences=sentences, words=sum(piece.words for piece in pieces))


def _cut(text: str, sentence: Span, limit: int) -> Iterator[Span]:
    """Yield the sentence, in pieces if it is too long.

    A piece ends in its second half: at the last line end, else the last clause, else the last word that fits.
    """
    if _weight(text, sentence) <= limit:
        yield sentence
        return
    start, count, longest = sentence.start, 0, limit * LONGEST_WORD
    best, best_rank, best_count, before = -1, -1, 0, start
    for at, end in [*(word.span() for word in WORD.finditer(text, start, sentence.end)), (sentence.end,) * 2]:
        rank = _rank(text, before, at)
        if count * 2 >= limit and rank >= best_rank:
            best, best_rank, best_count = at, rank, count
        if count and ((count == limit and at < end) or end - start > longest):
            if best < 0:
                best, best_count = at, count
            for begin in range(start, best, longest):  # Any number of signs may follow a word.
                yield from _trimmed(text, begin, min(begin + longest, best))
            start, count = best, count - best_count
            best = best_rank = -1
        while end - start > longest:
            yield from _trimmed(text, start, start + longest)
            start, count = start + longest, 0
        count += 1
        before = end
    yield from _trimmed(text, start, sentence.end)


def _rank(text: str, before: int, at: int) -> int:
    """Rate a place between two words to cut at: higher is better, -2 is impossible, such as before an accent."""
    between = text[before:at]
    if "\n" in between:
        return 2
    if CLAUSE_END.search(between):
        return 1
    return -2 if at < len(text) and unicodedata.category(text[at])[0] == "M" else 0


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield the span without outer white space, unless nothing is left."""
    stretch = text[start:end]
    words = stretch.strip()
    if words:
        start += len(stretch) - len(stretch.lstrip())
        yield Span(start, start + len(words))


def _weight(text: str, span: Span) -> int:
    """Return the words of a span; very long words and lines of signs count by their length."""
    return max(len(WORD.findall(text, span.start, span.end)), (span.end - span.start) // LONGEST_WORD)
