"""The model's text as it grows → what a reader sees of it, each sentence checked as soon as it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rag.answering.markers import UnmarkedText
from rag.core.events import SentenceChecked, TextAdded
from rag.verification.citations import complete_sentences

Check = Callable[[str, Sequence[int]], SentenceChecked]
"""Checks a sentence that names the sources of these numbers itself."""


class Writing:
    """One answer while it is written."""

    def __init__(self, check: Check, *, sources: int, markers: bool, drop: bool) -> None:
        """``sources`` is how many there are to cite. ``markers``: the model writes citations, which are taken out.

        ``drop``: what no source supports is left out, so that text comes sentence by sentence, once it is checked.
        """
        self._check = check
        self._unmarked = UnmarkedText(sources) if markers else None
        self._drop = drop
        self._rest = ""
        self._kept = False

    def add(self, piece: str) -> Iterator[TextAdded | SentenceChecked]:
        return self._grown(self._unmarked.add(piece) if self._unmarked else piece)

    def finish(self) -> Iterator[TextAdded | SentenceChecked]:
        """What is left once no more text comes."""
        return self._grown(self._unmarked.finish() if self._unmarked else "", finished=True)

    def _grown(self, text: str, *, finished: bool = False) -> Iterator[TextAdded | SentenceChecked]:
        if text and not self._drop:
            yield TextAdded(text)
        sentences, self._rest = complete_sentences(self._rest + text, finished=finished)
        for sentence in sentences:
            checked = self._check(sentence, self._unmarked.named_in(sentence) if self._unmarked else ())
            if not self._drop:
                yield checked
            elif checked.sentence.citations:
                yield TextAdded(f" {sentence}" if self._kept else sentence)
                yield checked
                self._kept = True
