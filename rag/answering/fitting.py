"""Messages that fit the context of the answering model: what matters least is left out first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from rag.answering.prompting import build_messages
from rag.core.types import Message, Span, Turn
from rag.retrieval.context_selection import EvidencePassage

SPARE = 64
"""Tokens that a chat template puts around the messages, at most."""
LONGEST = (4000, 2000, 1000, 500, 250, 120, 60)
"""Characters to which the question, the passage that is left and its title are cut, in turn."""


def fitting_messages(
    question: str,
    evidence: Sequence[EvidencePassage],
    history: Sequence[Turn],
    as_of: date | None = None,
    *,
    numbered: bool = False,
    room: int,
    count_tokens: Callable[[str], int],
) -> list[Message]:
    """The messages of ``build_messages``, shortened until they take ``room`` tokens at most.

    The turn before goes first, then the last passages one by one, then what is too long of the one that is left and
    of the question. Where even that is too much it comes as short as it can be, and the model says what to do.
    """
    messages: list[Message] = []
    for asked, read, turns in _shorter(question, evidence, history):
        messages = build_messages(asked, read, turns, as_of, numbered=numbered)
        if sum(count_tokens(message.content) for message in messages) + SPARE <= room:
            break
    return messages


def _shorter(
    question: str, evidence: Sequence[EvidencePassage], history: Sequence[Turn]
) -> Iterator[tuple[str, Sequence[EvidencePassage], Sequence[Turn]]]:
    """What to ask with, ever shorter."""
    yield question, evidence, history
    if history:
        yield question, evidence, ()
    for left in range(len(evidence) - 1, 0, -1):
        yield question, evidence[:left], ()
    for longest in LONGEST:
        yield _without_middle(question, longest), [_begun(passage, longest) for passage in evidence[:1]], ()


def _without_middle(text: str, longest: int) -> str:
    """A question stands at the beginning of a long text, or at its end."""
    return text if len(text) <= longest else f"{text[: longest // 2]} … {text[-longest // 2 :]}"


def _begun(passage: EvidencePassage, longest: int) -> EvidencePassage:
    """The passage with its best sentence alone, and of that the beginning, as with the title."""
    best, stored = passage.best, passage.ranked.stored
    span = Span(best.span.start, min(best.span.end, best.span.start + longest))
    cut = replace(stored.passage, start=span.start, end=span.end, text=stored.passage.words_of(span), sentences=(span,))
    header = replace(stored.header, title=stored.header.title[:longest])
    ranked = replace(passage.ranked, stored=replace(stored, passage=cut, header=header))
    return replace(passage, ranked=ranked, sentences=(replace(best, span=span),))
