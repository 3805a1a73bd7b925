"""Cut the text of an answer into its checked sentences."""

from __future__ import annotations

from collections.abc import Iterator

from rag.core.types import AnswerSentence
from rag.web.conversations.exchange import Exchange


def pieces(one: Exchange) -> Iterator[tuple[str, AnswerSentence | None]]:
    """Yield the whole text as (text, its sentence); None for what is between sentences or not checked yet."""
    at = 0
    for sentence in one.sentences:
        begin = one.text.find(sentence.text, at)
        if begin < 0:
            continue
        if begin > at:
            yield one.text[at:begin], None
        at = begin + len(sentence.text)
        yield sentence.text, sentence
    if at < len(one.text):
        yield one.text[at:], None
