"""Hybrid retrieval: dense and BM25 search, fused, then rescored.

rewrite the query → dense and BM25 search → fuse → score passages → neighbours, dates, mentioned articles
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rag.core.filters import EVERYTHING, Filters
from rag.core.protocols import Embedder, HasVocabulary, Library, Reranker, VectorIndex
from rag.core.types import RankedPassage, StoredPassage, Turn, Vector
from rag.retrieval.multi_hop import boost_mentioned_articles
from rag.retrieval.query_rewriting import Query, rewrite_query
from rag.retrieval.recency import score_by_date, without_relative_days
from rag.retrieval.reranking import rerank
from rag.retrieval.scoring import Candidate, PreparedQuery, add_neighbour_scores, score_passage, title_stems
from rag.retrieval.spelling_correction import PREFIXES, corrected, corrections, lower_case_words
from rag.store.facets import admits
from rag.text.tokenization import (
    STOP_WORDS,
    WeightedWords,
    all_words,
    content_words,
    inverse_document_frequency,
    stem,
    stems,
)

FUSION_CONSTANT = 60
BM25_WEIGHT, DENSE_WEIGHT = 1.5, 1.0
POOL = 50
"""Least number of candidates from dense search, and from BM25."""
LENT = 0.5
"""Weight of words of earlier turns, relative to the question's own."""
ABOUT, OWN_WORDS = 5, 0.3
"""Passages searched for a follow-up's own words, and the least share of them, by weight, that must be found."""
MISSPELT = 8
"""Most unknown words of a question that is corrected; one with more is probably in another language."""
FEW_ENOUGH = 100_000
"""Passages up to which a misspelt word is compared with all words of the same first letter."""
SAME_WORDS = 0.9
"""Cosine from which a passage repeats that of a near-duplicate article."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A candidate that is not among the ranked passages, and the reason in words."""

    stored: StoredPassage
    reason: str
    dense_rank: int | None
    bm25_rank: int | None


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The result of a search, best passage first.

    ``query`` is the text searched for, ``vector`` its embedding, a float32 unit vector (d,).

    ``depends_on_history`` is True if words of earlier turns were searched for too.
    """

    query: str
    vector: Vector
    words: WeightedWords
    passages: tuple[RankedPassage, ...]
    depends_on_history: bool = False
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Misspelt words of the question, and what was searched for in their place: a word or the stem of one."""
    common: frozenset[str] = frozenset()
    """Words of the question, as ``all_words`` gives them, that belong to the general vocabulary."""
    unknown: frozenset[str] = frozenset()
    """Words searched for, as ``all_words`` gives them, that no admitted passage has."""
    dropped: tuple[Dropped, ...] = ()


class Retriever:
    """Hybrid search over a library and its vector index."""

    def __init__(
        self, library: Library, index: VectorIndex, embedder: Embedder, reranker: Reranker | None = None
    ) -> None:
        self._library = library
        self._index = index
        self.embedder = embedder
        self._reranker = reranker
        self._vocabulary = embedder.vocabulary if isinstance(embedder, HasVocabulary) else ()

    def retrieve(
        self,
        question: str,
        limit: int,
        history: Sequence[Turn] = (),
        *,
        filters: Filters = EVERYTHING,
        as_of: date | None = None,
        explain: bool = False,
    ) -> Retrieved:
        """Search for the best passages.

        A follow-up is searched with words of the turns before. If it only seems to be one, and hardly any of its own
        words are found that way, it has changed the subject and is searched alone.

        Args:
            question: The question as it was asked.
            limit: Most passages to return.
            history: The turns before, oldest first.
            filters: Only passages that they admit are found.
            as_of: The day of the question, from which "last week" is counted; None is today.
            explain: Report the candidates that were not kept, too.

        Returns:
            The passages with the best first, ranks from 1.
        """
        query = rewrite_query(question, history)
        common = frozenset(
            word for word in lower_case_words(f"{query.about} {query.own} {query.context}") if word in self._vocabulary
        )
        meant = self._corrections(query, common, filters)
        query = replace(query, own=corrected(query.own, meant), about=corrected(query.about, meant))
        day = as_of or date.today()
        found = self._search(query, limit, filters, day, explain)
        if query.depends_on_history and not query.refers and not self._is_about(query.own, found.passages[:ABOUT]):
            found = self._search(replace(query, context=""), limit, filters, day, explain)
        return replace(found, corrections=meant, common=common)

    def _is_about(self, question: str, passages: Sequence[RankedPassage]) -> bool:
        """Return whether the passages have enough of the question's own words; True if it has fewer than two."""
        own = [word for word in all_words(question) if word not in STOP_WORDS]
        found = {word for passage in passages for word in _stems_of(passage.stored)}
        return len(own) < 2 or WeightedWords(self._weights(own)).coverage(found) >= OWN_WORDS

    def _search(self, query: Query, limit: int, filters: Filters, day: date, explain: bool) -> Retrieved:
        search, terms = self._prepare(query, day)
        vector_ranks, word_ranks = self._first_stage(search, terms, filters, max(POOL, limit))
        rows = [
            row
            for row, _ in reciprocal_rank_fusion([(DENSE_WEIGHT, list(vector_ranks)), (BM25_WEIGHT, list(word_ranks))])
        ]
        kept, repeats = self._without_repeats(rows, limit, filters)
        passages = add_neighbour_scores(
            [
                score_passage(Candidate(stored, rank, vector_ranks.get(stored.id), word_ranks.get(stored.id)), search)
                for rank, stored in enumerate(kept, start=1)
            ]
        )
        if self._reranker:
            passages = rerank(passages, search.text, self._reranker)
        passages = boost_mentioned_articles(score_by_date(passages, query.own, day), search.text)
        passages.sort(key=lambda found: -found.score)
        ranked = tuple(replace(found, rank=rank) for rank, found in enumerate(passages, start=1))
        dropped = tuple(
            Dropped(stored, reason, vector_ranks.get(stored.id), word_ranks.get(stored.id))
            for stored, reason in (self._dropped(rows, kept, repeats, filters) if explain else ())
        )
        unknown = frozenset(self._unknown(terms, filters, ranked))
        words = self._as_unseen(search.words, unknown)
        return Retrieved(
            search.text, search.vector, words, ranked, query.depends_on_history, dropped=dropped, unknown=unknown
        )

    def _prepare(self, query: Query, day: date) -> tuple[PreparedQuery, list[str]]:
        """Embed and weigh the question's own words and those of earlier turns; return that and the terms."""
        own = f"{query.about} {query.own}".strip()
        own_terms = list(dict.fromkeys(content_words(without_relative_days(own, day))))
        if query.depends_on_history:  # "And why?" is searched with the words of earlier turns alone.
            own_terms = [term for term in own_terms if term not in STOP_WORDS]
        lent_terms = [term for term in dict.fromkeys(content_words(query.context)) if term not in own_terms]
        weights = self._weights(own_terms + lent_terms)
        lent = {stem(term) for term in lent_terms} - {stem(term) for term in own_terms}
        weights = {word: LENT * weight if word in lent else weight for word, weight in weights.items()}
        text = f"{query.context} {own}".strip()
        search = PreparedQuery.of(text, self.embedder.embed_question(text), weights, query.phrases)
        return search, own_terms + lent_terms

    def _first_stage(
        self, search: PreparedQuery, terms: Sequence[str], filters: Filters, pool: int
    ) -> tuple[dict[int, int], dict[int, int]]:
        """Return the ranks, from 1, by row id of the ``pool`` best passages of dense search and of BM25."""
        among = self._library.passage_ids(filters) if filters else None
        by_meaning = [row for row, _ in self._index.search(search.vector, pool, among)]
        by_words = self._library.bm25(terms, pool, filters)
        return _ranks(by_meaning), _ranks(by_words)

    def _unknown(self, terms: Sequence[str], filters: Filters, found: Sequence[RankedPassage]) -> Iterator[str]:
        """Yield the terms that no passage has that the filters admit; nothing is told of other passages."""
        counts = self._library.passages_with(terms)
        seen = {word for one in found for word in _stems_of(one.stored)} if filters else set()
        for term in terms:
            if not counts[term] or (filters and stem(term) not in seen and not self._is_there(term, filters)):
                yield term

    def _as_unseen(self, words: WeightedWords, unknown: Collection[str]) -> WeightedWords:
        """Weigh words that only hidden articles have as if no article had them."""
        own = self._weights(sorted(unknown))
        unseen = inverse_document_frequency(0, self._library.passage_count())
        return replace(
            words, weights={word: weight * unseen / own.get(word, unseen) for word, weight in words.weights.items()}
        )

    def _is_there(self, term: str, filters: Filters) -> bool:
        return bool(self._library.bm25([term], 1, filters))

    def _corrections(self, query: Query, common: frozenset[str], filters: Filters) -> Mapping[str, str]:
        """Correct misspelt words: those that no passage has, without a capital, and not in the general vocabulary.

        Nothing is corrected if so many words are unknown that the question is probably in another language. Only words
        of passages that the filters admit are corrections.
        """
        text = f"{query.about} {query.own}"
        terms = list(dict.fromkeys(content_words(text)))
        counts = self._library.passages_with(terms)
        may_be_misspelt = lower_case_words(text) - common
        unknown = [
            term
            for term in terms
            if not counts[term] or (filters and term in may_be_misspelt and not self._is_there(term, filters))
        ]
        if len(unknown) > MISSPELT:
            return {}
        prefixes = PREFIXES if self._library.passage_count() <= FEW_ENOUGH else PREFIXES[:1]
        misspelt = filter(may_be_misspelt.__contains__, unknown)
        return corrections(
            misspelt, self._library.vocabulary, prefixes, lambda meant: not filters or self._is_there(meant, filters)
        )

    def _passages(self, rows: Sequence[int], filters: Filters) -> list[StoredPassage]:
        """Read passages that the filters let through: the one place through which text leaves the library.

        The rows were searched with the filters already. This holds even if an article has changed since, or if a
        Library or VectorIndex that somebody else wrote does not apply them.
        """
        return [stored for stored in self._library.passages(rows) if admits(filters, stored.header)]

    def _without_repeats(
        self, rows: Sequence[int], limit: int, filters: Filters
    ) -> tuple[list[StoredPassage], list[StoredPassage]]:
        """Return the first ``limit`` passages that repeat none of a near-duplicate article, and the repeats."""
        kept: list[StoredPassage] = []
        repeats: list[StoredPassage] = []
        while rows and len(kept) < limit:
            wanted = limit - len(kept)
            for found in self._passages(rows[:wanted], filters):
                (repeats if any(_repeats(found, earlier) for earlier in kept) else kept).append(found)
            rows = rows[wanted:]
        return kept, repeats

    def _weights(self, terms: Sequence[str]) -> dict[str, float]:
        """Return the inverse document frequency of the terms, by stem."""
        total = self._library.passage_count()
        counts = self._library.passages_with(terms)
        return {stem(term): inverse_document_frequency(counts[term], total) for term in terms}

    def _dropped(
        self, rows: Sequence[int], kept: Sequence[StoredPassage], repeats: Sequence[StoredPassage], filters: Filters
    ) -> Iterator[tuple[StoredPassage, str]]:
        """Yield the candidates that were not kept, each with the reason."""
        yield from (
            (stored, "says the same as a passage of another article that printed this story") for stored in repeats
        )
        known = {stored.id for stored in (*kept, *repeats)}
        late = [row for row in rows if row not in known]
        reason = f"is not among the first {len(kept)} of both rankings together"
        yield from ((stored, reason) for stored in self._passages(late, filters))


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


def _ranks(rows: Sequence[int]) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(rows, start=1)}


def _stems_of(found: StoredPassage) -> Iterator[str]:
    """Yield the stems of the passage, its title and its headings."""
    yield from title_stems(found.header.title)
    yield from title_stems(found.passage.heading)
    yield from stems(found.passage.text)


def _repeats(found: StoredPassage, earlier: StoredPassage) -> bool:
    """Return whether a passage repeats one of a near-duplicate article."""
    one, other = (header.duplicate_of or header.id for header in (found.header, earlier.header))
    same_story = one == other and found.header.id != earlier.header.id
    return same_story and float(found.vectors.passage @ earlier.vectors.passage) >= SAME_WORDS
