"""Question → ranked passages: both halves of the search, fused, then a second look at the best of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rag.protocols import Embedder, Library, VectorIndex
from rag.types import RankedPassage, SentenceMatch, StoredPassage, Turn, Vector
from rag.words import STOP_WORDS, WeightedWords, all_words, content_words, inverse_document_frequency, stem, stems

FUSION_CONSTANT = 60
BM25_WEIGHT, DENSE_WEIGHT = 1.5, 1.0
POOL = 50
ABOUT, OWN_WORDS = 5, 0.3
"""Passages in which a follow-up's own words are looked for, and the least share of them (by rarity) to be found."""
SAME_WORDS = 0.9
"""Cosine from which a passage repeats one of a near-duplicate of its article; what the papers added is below it."""
REFERRING = frozenset(
    "he she it they him her them his hers its their theirs this that these those then one ones latter".split()
)
OPENERS = re.compile(r"(and|but|what about|how about|who else|what else|where else)\b", re.IGNORECASE)
NAME = re.compile(r"(?<=\w\W)[A-Z]\w")
"""A capitalised word that is not the first: a name, as far as can be told without a model."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What a search found. ``query`` is the text searched for; ``vector`` its embedding, float32 (d,)."""

    query: str
    vector: Vector
    words: WeightedWords
    passages: tuple[RankedPassage, ...]


class Retriever:
    """Hybrid search over a library and its vector index."""

    def __init__(self, library: Library, index: VectorIndex, embedder: Embedder) -> None:
        self._library = library
        self._index = index
        self._embedder = embedder

    def retrieve(self, question: str, limit: int, history: Sequence[Turn] = ()) -> Retrieved:
        """The best ``limit`` passages, best first, ranks from 1.

        A question that leans on the turn before is searched together with it. One that only seems to, because it
        names nothing, and of whose words hardly any are found then, has changed the subject and is searched alone.
        """
        query = resolve(question, history)
        found = self._search(query, limit)
        if query == question or refers_back(question) or self._is_about(question, found.passages[:ABOUT]):
            return found
        return self._search(question, limit)

    def _is_about(self, question: str, passages: Sequence[RankedPassage]) -> bool:
        """Whether the passages have the question's own words, if it has enough of them to tell."""
        own = [word for word in all_words(question) if word not in STOP_WORDS]
        found = {word for passage in passages for word in stems(_words_of(passage.stored))}
        return len(own) < 2 or self._weighted(own).coverage(found) >= OWN_WORDS

    def _search(self, query: str, limit: int) -> Retrieved:
        vector = self._embedder.embed_question(query)
        terms = list(dict.fromkeys(content_words(query)))
        words = self._weighted(terms)
        dense = self._index.search(vector, POOL)
        bm25 = self._library.bm25(terms, POOL)
        fused = reciprocal_rank_fusion([(DENSE_WEIGHT, [row for row, _ in dense]), (BM25_WEIGHT, bm25)])
        stored = self._without_repeats([row for row, _ in fused], limit)
        dense_ranks = {row: rank for rank, (row, _) in enumerate(dense, start=1)}
        bm25_ranks = {row: rank for rank, row in enumerate(bm25, start=1)}
        looked_at = [
            _second_look(found, rank, vector, words, dense_ranks.get(found.id), bm25_ranks.get(found.id))
            for rank, found in enumerate(stored, start=1)
        ]
        looked_at.sort(key=lambda found: -found.score)
        ranked = tuple(replace(found, rank=rank) for rank, found in enumerate(looked_at, start=1))
        return Retrieved(query, vector, words, ranked)

    def _without_repeats(self, rows: Sequence[int], limit: int) -> list[StoredPassage]:
        """The first ``limit`` passages that do not repeat one before them from a near-duplicate of their article."""
        kept: list[StoredPassage] = []
        while rows and len(kept) < limit:
            wanted = limit - len(kept)
            for found in self._library.passages(rows[:wanted]):
                if not any(_repeats(found, earlier) for earlier in kept):
                    kept.append(found)
            rows = rows[wanted:]
        return kept

    def _weighted(self, terms: Sequence[str]) -> WeightedWords:
        total = self._library.passage_count()
        counts = self._library.passages_with(terms)
        return WeightedWords({stem(term): inverse_document_frequency(counts[term], total) for term in terms})


def _words_of(found: StoredPassage) -> str:
    """The passage with the titles that it stands under."""
    return f"{found.header.title} {found.passage.heading} {found.passage.text}"


def _repeats(found: StoredPassage, earlier: StoredPassage) -> bool:
    """Whether a passage says the same as one of another paper that printed the same story."""
    one, other = (header.duplicate_of or header.id for header in (found.header, earlier.header))
    same_story = one == other and found.header.id != earlier.header.id
    return same_story and float(found.vectors.passage @ earlier.vectors.passage) >= SAME_WORDS


def reciprocal_rank_fusion(rankings: Sequence[tuple[float, Sequence[int]]]) -> list[tuple[int, float]]:
    """Weighted reciprocal rank fusion: the sum over rankings of ``weight / (60 + rank)``, ranks from 1.

    Returns (id, score) pairs, largest score first, the smaller id first among equals. After Cormack, Clarke and
    Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
    """
    scores: dict[int, float] = {}
    for weight, ranking in rankings:
        for rank, row in enumerate(ranking, start=1):
            scores[row] = scores.get(row, 0.0) + weight / (FUSION_CONSTANT + rank)
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))


def resolve(question: str, history: Sequence[Turn]) -> str:
    """The text to search for: a question that leans on the one before it is searched together with that turn."""
    if not history or not leans_on_history(question):
        return question
    last = history[-1]
    return f"{last.question} {last.answer} {question}"


def leans_on_history(question: str) -> bool:
    """Whether a question may not be understood by itself: it refers back, or names nothing in few words."""
    return refers_back(question) or (NAME.search(question) is None and len(content_words(question)) <= 3)


def refers_back(question: str) -> bool:
    """Whether a question points to what was said before.

    It opens with "what about"; or with "and" and names nothing; or says "it" or "that" before it has named anything.
    """
    name = NAME.search(question)
    opener = OPENERS.match(question.strip())
    if opener and (name is None or "about" in opener.group().lower()):
        return True
    return bool(REFERRING & set(all_words(question[: name.start()] if name else question)))


def _second_look(
    found: StoredPassage,
    fused_rank: int,
    vector: Vector,
    words: WeightedWords,
    dense_rank: int | None,
    bm25_rank: int | None,
) -> RankedPassage:
    """Score a passage by its best sentence, its own cosine and words, and its fused rank.

    The weights were the best of fourteen sets on questions over three collections; docs/decisions has the table.
    """
    passage = found.passage
    cosines = found.vectors.sentences @ vector
    sentences = tuple(
        SentenceMatch(span, float(cosine), words.coverage(set(stems(passage.words_of(span)))))
        for span, cosine in zip(passage.sentences, cosines, strict=True)
    )
    coverage = words.coverage(set(stems(_words_of(found))))
    best = max((match.score for match in sentences), default=0.0)
    cosine = float(np.dot(found.vectors.passage, vector))
    return RankedPassage(
        stored=found,
        rank=fused_rank,
        score=2 * best + cosine + coverage + 0.3 / fused_rank,
        cosine=cosine,
        coverage=coverage,
        dense_rank=dense_rank,
        bm25_rank=bm25_rank,
        sentences=sentences,
    )
