"""Align a claim with a quote term by term: what is replaced, moved, swapped, negated or reversed."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from rag.text.english import CONTRARIES, DIRECTIONS
from rag.verification.claims import Statement, Term

GAP = 6
"""Most terms between two aligned ones among which a replaced term is searched."""
NEAR = 3
"""Most terms between the positions of a negation in both texts."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """An aligned claim and quote; ``pairs`` are the positions (in claim, in quote) of common terms, in order."""

    claim: tuple[Term, ...]
    quote: tuple[Term, ...]
    claim_negations: tuple[int, ...]
    quote_negations: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, claim: Statement, quote: Statement) -> Alignment:
        """Align two statements, both in the active voice if only one of them is passive."""
        said, there = claim.terms, quote.terms
        if _only_in_the_first(claim, quote) and claim.turned:
            said = claim.turned.terms
        elif _only_in_the_first(quote, claim) and quote.turned:
            there = quote.turned.terms
        claim_negations = _moved_with(claim.negations, claim.terms, said)
        quote_negations = _moved_with(quote.negations, quote.terms, there)
        return cls(said, there, claim_negations, quote_negations, _common(said, there))

    def moved(self) -> list[Term]:
        """Return the terms that the quote has elsewhere, except phrases moved as a whole ("In May, …")."""
        aligned = {at for at, _ in self.pairs}
        left = Counter(term.key for term in self.quote)
        left.subtract(self.claim[at].key for at in aligned)
        whole = self._moved_phrases()
        moved = []
        for at, term in enumerate(self.claim):
            if at not in aligned and left[term.key] > 0:
                left[term.key] -= 1
                if term.phrase not in whole:
                    moved.append(term)
        return moved

    def _moved_phrases(self) -> set[int]:
        """Return the unaligned phrases of the claim that the quote has after the same preposition."""
        aligned = {self.claim[at].phrase for at, _ in self.pairs}
        there = {term.key for term in self.quote}
        others = [(phrase[0].opener, [term.key for term in phrase]) for phrase in _phrases(self.quote).values()]
        found = set()
        for number, phrase in _phrases(self.claim).items():
            opener = phrase[0].opener
            keys = [term.key for term in phrase if term.key in there]
            enough = len(keys) == len(phrase) if opener else len(keys) > 1 and len(phrase) > 2
            if number not in aligned and enough and any(opener == one and _stands_in(keys, own) for one, own in others):
                found.add(number)
        return found

    def swapped(self) -> bool:
        """Return whether terms on both sides of a word in the claim have changed sides in the quote."""
        for at, term in enumerate(self.claim):
            if term.kind != "word":
                continue
            before, behind = _sides(self.claim, at)
            there = [_sides(self.quote, place) for place, other in enumerate(self.quote) if other.key == term.key]
            if there and all((before & right) - left and (behind & left) - right for left, right in there):
                return True
        return False

    def replaced(self, kind: str, beside: Set[str]) -> int:
        """Count the terms of a kind in whose place the quote has other terms of that kind."""
        count = 0
        for said, there in self._gaps():
            own = {term.key for term in said if term.kind == kind or (kind == "figure" and term.key[0] == "#")}
            other = {term.key for term in there if term.kind == kind or (kind == "figure" and term.key[0] == "#")}
            own, other = own - other, other - own
            if own - beside and other:
                count += min(len(own - beside), len(other))
        return count

    def _gaps(self) -> list[tuple[Sequence[Term], Sequence[Term]]]:
        """Return the terms between neighbouring pairs (in the claim, in the quote) if both have some."""
        if not self.pairs:
            return []
        whole = self._moved_phrases()
        gaps: list[tuple[Sequence[Term], Sequence[Term]]] = []
        ends = [*self.pairs, (len(self.claim), len(self.quote))]
        before_claim, before_quote = -1, -1
        for claim_at, quote_at in ends:
            said = [term for term in self.claim[before_claim + 1 : claim_at] if term.phrase not in whole]
            there = self.quote[before_quote + 1 : quote_at]
            if said and there:
                reach = min(GAP, len(said) + 2)
                if before_claim < 0:
                    there = there[-reach:]
                elif claim_at == len(self.claim):
                    there = there[:reach]
                elif len(there) > 2 * reach:
                    there = (*there[:reach], *there[-reach:])
                gaps.append((said, there))
            before_claim, before_quote = claim_at, quote_at
        return gaps

    def units_changed(self) -> int:
        """Count the figures whose units differ between the claim and the quote."""
        claimed, quoted = _units(self.claim), _units(self.quote)
        return sum(1 for figure, units in claimed.items() if figure in quoted and not units & quoted[figure])

    def contraries(self) -> int:
        """Count the terms that the quote has the contrary of in their place."""
        count = 0
        for said, there in self._gaps():
            meanings = {_direction(term) for term in there}
            for term in said:
                meaning = _direction(term)
                count += meaning is not None and (-meaning[0], *meaning[1:]) in meanings
        return count

    def _place(self, at: int) -> int | None:
        """Map a position of the claim to the quote, by the nearest pair before it, else after it."""
        if not self.pairs:
            return None
        index = bisect_right(self.pairs, (at, len(self.quote))) - 1
        claim_at, quote_at = self.pairs[max(0, index)]
        return max(0, quote_at + at - claim_at)

    def negations_alone(self) -> int:
        """Count the negations of aligned terms that only one of the two texts has."""
        claim_at = [at for at, _ in self.pairs]
        quote_places = {place: at for at, place in self.pairs}
        open_quote = list(self.quote_negations)
        alone = 0
        for negation in self.claim_negations:
            place = self._place(negation)
            scope = {term.key for term in _scope(self.claim, negation)}
            answer = next(
                (
                    at for at in open_quote
                    if (place is not None and abs(at - place) <= NEAR)
                    or scope & {term.key for term in _scope(self.quote, at)}
                ), None,
            )  # fmt: skip
            if answer is None:
                alone += 1
            else:
                open_quote.remove(answer)
        for negation in open_quote:
            length = len(_scope(self.quote, negation))
            if claim_at and any(place in quote_places for place in range(negation, negation + min(2, length))):
                alone += 1
        return alone

    def pairs_absent(self) -> float:
        """Return the share of neighbouring news of the claim that are no neighbours (within one term) in the quote."""
        pairs = [(one.key, other.key) for one, other in pairwise(self.claim) if one.news and other.news]
        keys = [term.key for term in self.quote]
        there = {pair for step in (1, 2) for pair in zip(keys, keys[step:], strict=False)}
        return sum(pair not in there for pair in pairs) / len(pairs) if pairs else 0.0


def _only_in_the_first(one: Statement, other: Statement) -> bool:
    """Return whether the first statement is passive and the other has its verb in the active voice."""
    verb = one.turned.verb if one.turned else ""
    other_passive = other.passive | ({other.turned.verb} if other.turned else set())
    return verb in other.keys and verb not in other_passive


def _common(said: Sequence[Term], there: Sequence[Term]) -> tuple[tuple[int, int], ...]:
    """Return the longest common run of terms, and the longest common subsequences before and after it."""
    own, other = [term.key for term in said], [term.key for term in there]
    begin, place, length = SequenceMatcher(None, own, other, autojunk=False).find_longest_match()
    if not length:
        return ()
    return (
        *_subsequence(own[:begin], other[:place], 0, 0),
        *((begin + at, place + at) for at in range(length)),
        *_subsequence(own[begin + length :], other[place + length :], begin + length, place + length),
    )


def _subsequence(own: list[str], other: list[str], begin: int, place: int) -> Iterator[tuple[int, int]]:
    for code in LCSseq.opcodes(own, other):
        if code.tag == "equal":
            for at in range(code.src_end - code.src_start):
                yield begin + code.src_start + at, place + code.dest_start + at


def _moved_with(negations: Sequence[int], terms: Sequence[Term], order: Sequence[Term]) -> tuple[int, ...]:
    """Return the positions of the negations in another order of the terms: each stays before its term."""
    if order is terms:
        return tuple(negations)
    return tuple(next((at for at, term in enumerate(order) if term is terms[n]), n) if n < len(terms) else n
                 for n in negations)  # fmt: skip


def _sides(terms: Sequence[Term], at: int) -> tuple[set[str], set[str]]:
    """Return the keys before and after a term: its neighbours, and names a little further away; no figures."""
    before, behind = terms[max(0, at - GAP) : at][::-1], terms[at + 1 : at + 1 + GAP]
    one, other = (
        {term.key for n, term in enumerate(side) if term.kind == "name" or (n < 2 and term.kind == "word")}
        for side in (before, behind)
    )
    return one, other


def _phrases(terms: Sequence[Term]) -> dict[int, list[Term]]:
    phrases: dict[int, list[Term]] = {}
    for term in terms:
        phrases.setdefault(term.phrase, []).append(term)
    return phrases


def _stands_in(keys: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether all keys occur among the others in the same order."""
    rest = iter(others)
    return all(key in rest for key in keys)


def _scope(terms: Sequence[Term], negation: int) -> Sequence[Term]:
    """Return the term that a negation precedes, and the next two of the same clause."""
    end = negation
    while end < min(len(terms), negation + 3) and (
        end == negation or terms[end].phrase == terms[end - 1].phrase or terms[end].opener
    ):
        end += 1
    return terms[negation:end]


def _units(terms: Sequence[Term]) -> dict[str, set[str]]:
    """Return the units that follow each figure, "" for none."""
    units: dict[str, set[str]] = {}
    for at, term in enumerate(terms):
        if term.key[0] == "#" and term.kind == "figure":
            following = terms[at + 1] if at + 1 < len(terms) else None
            units.setdefault(term.key, set()).add(
                following.key if following and following.kind == "unit" and following.phrase == term.phrase else ""
            )
    return units


def _direction(term: Term) -> tuple[int, int, bool] | None:
    """Return (1 or -1 for the side, the pair of contraries, whether it is a function word)."""
    if term.kind == "direction":
        return (*DIRECTIONS[term.key], True)
    found = CONTRARIES.get(term.key) if term.kind == "word" else None
    return (*found, False) if found else None
