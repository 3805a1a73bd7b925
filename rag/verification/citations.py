"""Find the quotes of the evidence that support a sentence of an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from rag.core.types import AnswerSentence, Source, Span, Vector
from rag.retrieval.context_selection import EvidencePassage
from rag.text.language_detection import NO_SPACES
from rag.text.sentence_segmentation import split_sentences
from rag.text.tokenization import WeightedWords
from rag.verification.claims import Statement, read, read_claim
from rag.verification.entailment import Quote, shipped_model

WIDEST_QUOTE = 3
"""Most neighbouring sentences of one quote."""
WIDENING = 0.12
"""Support that one more sentence must add to a quote."""
ANOTHER_SOURCE = 0.2
"""Share of the sentence's words, and support, that one more source must add to be cited."""
MOST_SOURCES = 3
"""Most sources of one sentence."""
READ = 0.05
"""Bonus of a quote that the model has read over other sentences of the passage."""
RIVALS = 6
"""Candidate quotes that are scored, those with most of the sentence's words."""
AS_GOOD = 0.05
"""Difference of support below which the quote with more of the words, in fewer sentences, is taken."""
BRACKETS = (("(", ")"), ("[", "]"), ("“", "”"), ("«", "»"), ("„", "“"), ("「", "」"), ("『", "』"), ("（", "）"))
WHOLE_WORD = re.compile(rf"\W*(?:\w\S*\s|[{NO_SPACES}]{{2}})")
"""A complete word: white space follows it; in scripts without spaces two characters suffice."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A checked sentence, and the sources it cites, each with the smallest quote that carries the support."""

    sentence: AnswerSentence
    sources: tuple[Source, ...]
    nearest: Source | None = None
    """The passage that comes nearest to saying it, whether or not that is near enough to be cited."""


def complete_sentences(text: str, *, finished: bool = False) -> tuple[list[str], str]:
    """Return (the complete sentences of a growing text, the rest); all sentences once it is ``finished``.

    A boundary counts once the word after it is whole and no quotation or bracket is open before it, so that the
    sentences do not depend on where the text was cut.
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


def check(
    sentence: str,
    question: str,
    evidence: Sequence[EvidencePassage],
    floor: float,
    *,
    vector: Vector | None = None,
    named: Collection[int] = (),
) -> Checked:
    """Compare a sentence of the answer with the evidence and cite the passages that support it.

    Support is the probability that the quotes say what the sentence says (rag/verification/entailment.py). Below
    ``floor`` there is no citation. ``vector`` is the sentence's own, float32 (d,), if it was embedded. ``named`` are
    the numbers of the sources that the model itself gave for the sentence: they are cited if they support it, and
    others only if they do not.
    """
    claim = read_claim(sentence, question)
    quotes = find_quotes(claim, evidence, vector)
    preferred = [quote for quote in quotes if quote.number in set(named)]
    best, support = support_of(claim, preferred) if preferred else ((), 0.0)
    if support < floor:
        best, support = support_of(claim, quotes)
    nearest = best[0].source() if best else None
    if not best or support < floor:
        return Checked(AnswerSentence(sentence, (), round(support, 3)), (), nearest)
    sources = tuple(quote.source() for quote in sorted(best, key=lambda quote: quote.number))
    return Checked(AnswerSentence(sentence, tuple(s.number for s in sources), round(support, 3)), sources, nearest)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Neighbouring sentences of a passage that may support a claim."""

    evidence: EvidencePassage
    span: Span
    quote: Quote
    worth: float
    """Half the share of the claim's words in the quote itself, half that with title and day beside it, less what its
    length costs; more where the model has read it."""

    @property
    def number(self) -> int:
        return self.evidence.number

    def source(self) -> Source:
        return self.evidence.as_source(self.span)


class Judge(Protocol):
    """Estimates the probability that a quote supports a claim: a SupportModel, or one that is being fitted."""

    def probability(self, claim: Statement, quote: Quote) -> float: ...


def find_quotes(claim: Statement, evidence: Sequence[EvidencePassage], vector: Vector | None = None) -> list[Candidate]:
    """Runs of one to three sentences of every passage, those with most of the claim's words first."""
    weighted = _weighted(claim)
    found = [quote for passage in evidence for quote in _quotes_of(weighted, passage, vector)]
    return sorted(found, key=lambda quote: (-quote.worth, quote.number))


def support_of(
    claim: Statement, quotes: Sequence[Candidate], judge: Judge | None = None
) -> tuple[tuple[Candidate, ...], float]:
    """(the quotes, of different passages, that support the claim best, how likely they do, 0 to 1).

    ``quotes`` come as ``find_quotes`` orders them. One passage is enough unless a second adds much.
    """
    judge = judge or shipped_model()
    rivals = [(quote, judge.probability(claim, quote.quote)) for quote in quotes[:RIVALS]]
    if not rivals:
        return (), 0.0
    most = max(support for _, support in rivals)
    best, support = next((quote, own) for quote, own in rivals if own >= most - AS_GOOD)
    chosen: tuple[Candidate, ...] = (best,)
    together = best.quote
    while len(chosen) < MOST_SOURCES and (another := _another(claim, chosen, together, quotes)):
        with_it = judge.probability(claim, together.joined(another.quote))
        if with_it - support < ANOTHER_SOURCE:
            break
        chosen, together, support = (*chosen, another), together.joined(another.quote), with_it
    return chosen, support


def _another(
    claim: Statement, chosen: Sequence[Candidate], together: Quote, quotes: Sequence[Candidate]
) -> Candidate | None:
    """Return the quote of another passage that adds most of the claim's words; None if none adds enough."""
    weighted, there = _weighted(claim), together.keys | together.beside
    missing = weighted.weights.keys() - there
    numbers = {quote.number for quote in chosen}
    adding = [
        (weighted.coverage(quote.quote.keys & missing), quote)
        for quote in quotes
        if quote.number not in numbers and len(quote.quote.keys & missing) > 1
    ]
    more, another = max(adding, key=lambda pair: pair[0], default=(0.0, None))
    return another if more >= ANOTHER_SOURCE else None


def _quotes_of(claim: WeightedWords, evidence: EvidencePassage, vector: Vector | None) -> list[Candidate]:
    passage, vectors = evidence.ranked.passage, evidence.ranked.stored.vectors.sentences
    spans = passage.sentences
    read_by_model = {match.span for match in evidence.sentences}
    statements = tuple(read(passage.words_of(span)) for span in spans)
    keys = [frozenset(statement.keys) for statement in statements]
    header = frozenset(read(evidence.header.title).keys) | _day_keys(evidence)
    whole = header.union(*keys)
    cosines: list[float] = []
    if vector is not None and vectors.shape == (len(spans), len(vector)):
        cosines = (vectors @ vector).tolist()
    quotes = []
    for width in range(1, WIDEST_QUOTE + 1):
        for at in range(len(spans) - width + 1):
            run = slice(at, at + width)
            own = frozenset[str]().union(*keys[run])
            worth = (claim.coverage(own) + claim.coverage(own | header)) / 2 - WIDENING * (width - 1)
            worth += READ * all(span in read_by_model for span in spans[run])
            before = keys[at - 1] if at else frozenset[str]()
            quote = Quote(statements[run], own, header, before, whole, max(cosines[run], default=None))
            quotes.append(Candidate(evidence, Span(spans[at].start, spans[at + width - 1].end), quote, worth))
    return quotes


def _weighted(claim: Statement) -> WeightedWords:
    """Return the claim's terms with their weights: names and figures count twice, news three times."""
    weights: Counter[str] = Counter()
    for term in claim.terms:
        if term.kind != "direction":
            weights[term.key] += (3 if term.news else 1) * (2 if term.kind in ("name", "figure") else 1)
    return WeightedWords(weights)


def _day_keys(evidence: EvidencePassage) -> frozenset[str]:
    day = evidence.header.date
    return frozenset(read(f"{day:%A} {day.day} {day:%B %Y}").keys) if day else frozenset()
