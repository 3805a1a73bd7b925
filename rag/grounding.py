"""Answer sentences ↔ evidence: which words of which passage support a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.chunking import NO_SPACES, split_sentences
from rag.evidence import EvidencePassage
from rag.types import AnswerSentence, Passage, Source, Span
from rag.words import content_words, numbers, stem, stems

WIDEST_QUOTE = 3
"""Most neighbouring sentences that one quote may take."""
WIDENING = 0.12
"""Support that one more sentence must add to a quote."""
ANOTHER_SOURCE = 0.2
"""Support that one more source must add to be cited."""
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ("『", "』"), ("（", "）"))
WHOLE_WORD = re.compile(rf"\W*(?:\w\S*\s|[{NO_SPACES}]{{2}})")
"""A word that is whole, since white space follows it; in scripts without spaces two characters will do."""
FOREIGN_NUMBER = 0.25
"""What is left of the support of a sentence with a number that its passage does not have."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked sentence, and the sources it cites, each with the smallest quote that carries the support."""

    sentence: AnswerSentence
    sources: tuple[Source, ...]


def complete_sentences(text: str, *, finished: bool = False) -> tuple[list[str], str]:
    """(the sentences of a growing text that are complete, the rest). All of them once it is ``finished``.

    A boundary counts once the word after it is whole and no quotation or bracket is open before it, so that the
    sentences do not depend on where the text happens to have been cut.
    """
    spans = split_sentences(text)
    if finished:
        return [text[span.start : span.end] for span in spans], ""
    ready = len(spans) - 1
    while ready > 0 and not _is_boundary(text, spans[ready].start):
        ready -= 1
    if ready <= 0:
        return [], text
    return [text[span.start : span.end] for span in spans[:ready]], text[spans[ready].start :]


def _is_boundary(text: str, at: int) -> bool:
    before = text[:at]
    balanced = before.count('"') % 2 == 0 and all(before.count(a) <= before.count(b) for a, b in BRACKETS)
    return balanced and WHOLE_WORD.match(text, at) is not None


def check(sentence: str, question: str, evidence: Sequence[EvidencePassage], floor: float) -> Checked:
    """Compare a sentence of the answer with the evidence and cite the passages that support it.

    Support is the share of the sentence's words that stand in the quotes, words that the question did not already
    have counting most. A sentence whose numbers do not stand in its passage keeps a quarter of its support. Below
    ``floor`` there is no citation.
    """
    claim = _Claim.of(sentence, question)
    quotes = [_best_quote(claim, passage) for passage in evidence]
    quotes.sort(key=lambda quote: (-quote.worth, quote.evidence.number))
    if not quotes:
        return Checked(AnswerSentence(sentence, (), 0.0), ())
    chosen, found = [quotes[0]], set(quotes[0].words)
    support = claim.support(found)
    for quote in quotes[1:]:
        together = claim.support(found | quote.words)
        if together - support >= ANOTHER_SOURCE:
            chosen.append(quote)
            found |= quote.words
            support = together
    if not claim.numbers <= set().union(*(_numbers_of(quote.evidence) for quote in chosen)):
        support *= FOREIGN_NUMBER
    if support < floor:
        return Checked(AnswerSentence(sentence, (), round(support, 3)), ())
    chosen.sort(key=lambda quote: quote.evidence.number)
    sources = tuple(quote.evidence.as_source(quote.span) for quote in chosen)
    return Checked(AnswerSentence(sentence, tuple(s.number for s in sources), round(support, 3)), sources)


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a sentence says that the question did not (``news``), what it repeats, and its numbers."""

    news: frozenset[str]
    repeated: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, sentence: str, question: str) -> _Claim:
        asked = set(stems(question))
        said = {stem(word) for word in content_words(sentence)}
        news = said - asked
        return cls(frozenset(news), frozenset(said & asked), frozenset(numbers(sentence) - numbers(question)))

    def support(self, words: frozenset[str] | set[str]) -> float:
        """Share of the sentence's words among ``words``, news weighing three times as much as repetitions."""
        total = 3 * len(self.news) + len(self.repeated)
        return (3 * len(self.news & words) + len(self.repeated & words)) / total if total else 0.0


@dataclass(frozen=True, slots=True)
class _Quote:
    evidence: EvidencePassage
    span: Span
    words: frozenset[str]
    """Stems of the quote, and of its article's title and day, which a reader sees beside it."""
    worth: float
    """Half the support of the quote's own words, half that with title and day, less what its length costs."""


def _best_quote(claim: _Claim, evidence: EvidencePassage) -> _Quote:
    """The smallest run of neighbouring sentences of the passage that carries the support."""
    passage = evidence.ranked.passage
    context = frozenset(stems(evidence.header.title)) | _day_words(evidence)
    quotes = []
    for width in range(1, WIDEST_QUOTE + 1):
        for run in _runs(passage, width):
            own = frozenset(stems(passage.words_of(run)))
            worth = (claim.support(own) + claim.support(own | context)) / 2 - WIDENING * (width - 1)
            quotes.append(_Quote(evidence, run, own | context, worth))
    return max(quotes, key=lambda quote: quote.worth)  # The first of equals: the shortest, then the earliest.


def _runs(passage: Passage, width: int) -> list[Span]:
    sentences = passage.sentences
    return [Span(sentences[at].start, sentences[at + width - 1].end) for at in range(len(sentences) - width + 1)]


def _day_words(evidence: EvidencePassage) -> frozenset[str]:
    day = evidence.header.date
    return frozenset(stems(f"{day.day} {day:%B %Y}")) if day else frozenset()


def _numbers_of(evidence: EvidencePassage) -> set[str]:
    day = evidence.header.date
    date_numbers = {str(day.day), str(day.year)} if day else set()
    return numbers(evidence.ranked.passage.text) | numbers(evidence.header.title) | date_numbers
