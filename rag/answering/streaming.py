"""Stream the model's answer: its own citation markers are taken out and each sentence is checked once it is complete.

If a passage that the model names supports the sentence is decided in ``rag/verification/citations.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rag.answering.draft_answer import Draft
from rag.answering.prompting import INSTRUCTIONS, repeats_prompt
from rag.core.errors import GenerationError, RagError
from rag.core.events import Reading, SentenceChecked, TextAdded, Waiting
from rag.core.protocols import Generator
from rag.core.types import AnswerSentence, GeneratedText, Message
from rag.text.language_detection import WITHOUT_SPACES
from rag.verification.citations import Checked, complete_sentences

Check = Callable[[str, Sequence[int]], Checked]
"""Compares a sentence with the evidence, given the numbers of the sources that the model cites for it."""

LABEL = r"(?:passages?|sources?|articles?|references?|refs?\.?|documents?|docs?)[:#]?\s?"
NUMBER = rf"(?:{LABEL})?[\^#]?\d{{1,2}}"
NUMBERS = rf"\s?{NUMBER}(?:\s?(?:[,;&/–-]|and)\s?{NUMBER}){{0,9}}\s?"
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
RAISED = rf"[{SUPERSCRIPTS}]{{1,2}}(?:[,˒·][{SUPERSCRIPTS}]{{1,2}}){{0,9}}"
MARKER = rf"(?:\[{NUMBERS}\]|\({NUMBERS}\)|【{NUMBERS}(?:†[^】\n]{{0,40}})?】|{RAISED})"
MARKERS = rf"{MARKER}(?:\s*(?:[,;&]|and)?\s*{MARKER}){{0,30}}"
RUN = re.compile(rf"(?P<before>\s*)(?P<markers>{MARKERS})(?P<after>\s*)", re.IGNORECASE)
"""Markers side by side, with the white space around them."""

WORD = r"(?:\s?[a-z]{1,10}\.?[:#]?)?"
BEGUN = rf"(?:[\[(【]{WORD}(?:\s?[\d,;&/^#–-]{WORD}){{0,60}}\s?(?:†[^】\n]{{0,40}})?|[{SUPERSCRIPTS},˒·]+)"
"""What may become a marker, and a little more: what is held back too long is only seen a moment later."""
UNDECIDED = re.compile(
    rf"\s*(?:{MARKERS}\s*(?:(?:[,;&]|and)?\s*{BEGUN}|(?:[.,;&!?…]|a|an|and)?\s*)|{BEGUN})?\Z", re.IGNORECASE
)
"""The end of a text that what comes next decides about: always there, if only as the empty string."""

EACH = re.compile(r"(\d+)(?:\s?[–-]\s?[\^#]?(\d+))?")
NAMED = re.compile(rf"{LABEL}|【", re.IGNORECASE)
SENTENCE_ENDS = ".!?…。！？"
CLAUSE_ENDS = re.compile(r"[.!?…](?:[\s\"”»’)\[(【]|\Z)|[。！？]|\s*\Z")
CLOSES_UP = ".,;:!?…。、，；：！？)]}”»’」』"
"""What stands directly after a word."""
BEFORE_RAISED = re.compile(r"(?:[^\W\d_]{4,}|[^\w\s])\Z")
"""A word too long to be a unit or a variable, or a punctuation mark."""
NEEDS_IT = re.compile(
    r"(?:\b(?:to|in|by|see|from|per|of|and|or|with|passages?|sources?|articles?)|[\[({<=/\\+*])\Z", re.IGNORECASE
)
"""After this, what is in brackets is a word of the sentence, or code."""
OPEN_QUOTATION = re.compile(r"(?:(?<![^\s(\[])\"[^\"\n]{0,300}|“[^”\n]{0,300}|„[^“”\n]{0,300}|«[^»\n]{0,300})\Z")
LOOK_BACK = 302


def write_answer(
    generator: Generator,
    messages: Sequence[Message],
    max_tokens: int,
    draft: Draft,
    check: Check,
    *,
    drop_unsupported: bool,
    cancelled: Callable[[], bool],
) -> Iterator[Waiting | Reading | TextAdded | SentenceChecked]:
    """Stream the model's answer into ``draft``.

    Text that begins to repeat the instructions empties the draft and ends the stream. The last sentence of a cancelled
    answer is not checked.

    Args:
        drop_unsupported: leave out sentences without a citation; text then comes sentence by sentence, once checked.

    Raises:
        GenerationError: if the generator fails, whatever it raises.
    """
    sentences = _Sentences(draft, check, cites=generator.cites_itself, drop=drop_unsupported)
    for piece in _generated(generator, messages, max_tokens, cancelled):
        if not isinstance(piece, GeneratedText):
            yield piece
            continue
        draft.usage = piece.usage
        if repeats_prompt(draft.text + piece.text, INSTRUCTIONS):
            draft.clear()
            return
        yield from sentences.add(piece.text)
    if not cancelled():
        yield from sentences.finish()


def quote_instead(draft: Draft) -> Iterator[TextAdded | SentenceChecked]:
    """Replace an answer without citations by its best quote, which is true to the article by itself."""
    quote = draft.best_quote()
    draft.clear()
    yield draft.add_text(quote.quoted)
    yield draft.add_sentence(Checked(AnswerSentence(quote.quoted, (quote.number,), 1.0), (quote,)))


def _generated(
    generator: Generator, messages: Sequence[Message], max_tokens: int, cancelled: Callable[[], bool]
) -> Iterator[Waiting | Reading | GeneratedText]:
    try:
        yield from generator.stream(messages, max_tokens, cancelled)
    except RagError:
        raise
    except Exception as error:  # The generator may be anybody's.
        raise GenerationError(f"The answering model failed ({error}). Ask again, or choose another one.") from error


class _Sentences:
    """Cuts growing text into sentences and checks each as soon as it is complete."""

    def __init__(self, draft: Draft, check: Check, *, cites: bool, drop: bool) -> None:
        self._draft = draft
        self._check = check
        self._unmarked = UnmarkedText(len(draft.sources)) if cites else None
        self._drop = drop
        self._rest = ""

    def add(self, piece: str) -> Iterator[TextAdded | SentenceChecked]:
        return self._grown(self._unmarked.add(piece) if self._unmarked else piece)

    def finish(self) -> Iterator[TextAdded | SentenceChecked]:
        return self._grown(self._unmarked.finish() if self._unmarked else "", finished=True)

    def _grown(self, text: str, *, finished: bool = False) -> Iterator[TextAdded | SentenceChecked]:
        if text and not self._drop:
            yield self._draft.add_text(text)
        sentences, self._rest = complete_sentences(self._rest + text, finished=finished)
        for sentence in sentences:
            checked = self._check(sentence, self._unmarked.named_in(sentence) if self._unmarked else ())
            if self._drop and not checked.sentence.citations:
                self._draft.note_quote(checked)
                continue
            if self._drop:
                yield self._draft.add_text(f" {sentence}" if self._draft.text else sentence)
            yield self._draft.add_sentence(checked)


def without_markers(text: str, sources: int) -> tuple[str, tuple[int, ...]]:
    """Take the citation markers out of a text.

    Markers are "[1]", "[1, 2]", "[1][3]", "【1】", "[Passage 2]", "¹", and "(1)" at the end of a sentence. A number
    that no source has is left where it stands, unless it is called one of a passage; so are those within quotations
    and code, and those that the sentence needs ("according to [2]").

    Returns:
        The text, and the numbers that the markers name, from 1 to ``sources``, each once.
    """
    unmarked = UnmarkedText(sources)
    shown = unmarked.add(text) + unmarked.finish()
    return shown, unmarked.named_in(shown)


@dataclass(slots=True)
class UnmarkedText:
    """Takes the markers out of growing text; the result does not depend on how the text is cut into pieces."""

    sources: int
    """How many sources there are to cite."""
    _raw: str = ""
    _done: int = 0
    """Characters of the raw text that have been shown or taken out."""
    _shown: str = ""
    _named: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """Where in the shown text which numbers stood, as far as no sentence has taken them."""
    _asked: int = 0
    """Characters of the shown text whose sentences have been asked about."""

    def add(self, piece: str) -> str:
        """Add a piece and return the text that is new; the beginning of a possible marker is held back."""
        self._raw += piece
        undecided = UNDECIDED.search(self._raw, self._done)
        return self._show(undecided.start() if undecided else len(self._raw))

    def finish(self) -> str:
        """Return what was held back, once no more text comes."""
        return self._show(len(self._raw))

    def named_in(self, sentence: str) -> tuple[int, ...]:
        """Return the numbers cited in a sentence of the shown text, or directly after its full stop.

        Call it with the sentences in their order.
        """
        at = self._shown.find(sentence, self._asked)
        self._asked = max(at, self._asked) + len(sentence)
        mine = [numbers for position, numbers in self._named if position <= self._asked]
        self._named = self._named[len(mine) :]
        return tuple(dict.fromkeys(number for numbers in mine for number in numbers))

    def _show(self, until: int) -> str:
        before = len(self._shown)
        for run in RUN.finditer(self._raw, self._done, until):
            self._shown += self._raw[self._done : run.start()]
            self._done = run.end()
            if self._is_marker(run):
                self._named.append((len(self._shown), self._numbers(run)))
                self._shown += self._gap(run)
            else:
                self._shown += run[0]
        self._shown += self._raw[self._done : until]
        self._done = until
        return self._shown[before:]

    def _numbers(self, run: re.Match[str]) -> tuple[int, ...]:
        markers = run["markers"]
        if markers[0] in SUPERSCRIPTS:
            raised = "".join(str(SUPERSCRIPTS.find(sign)) if sign in SUPERSCRIPTS else " " for sign in markers)
            # "¹²" is two sources where there are no twelve.
            found = [int(number) for number in raised.split()]
            if max(found) > self.sources:
                found = [int(digit) for digit in raised if digit.isdigit()]
        else:
            found = []
            for each in EACH.finditer(markers):
                first = int(each[1])
                found += range(first, int(each[2] or first) + 1)
        return tuple(number for number in found if 1 <= number <= self.sources)

    def _is_marker(self, run: re.Match[str]) -> bool:
        markers, left = run["markers"], self._raw[max(0, run.start() - LOOK_BACK) : run.start()]
        last, following = left[-1:], self._raw[run.end() : run.end() + 1]
        line = self._raw[self._raw.rfind("\n", 0, run.start()) + 1 : run.start()]
        if OPEN_QUOTATION.search(left) or NEEDS_IT.search(left) or line.count("`") % 2:
            return False
        if NAMED.search(markers):
            return True
        if not self._numbers(run):
            return False
        runs_on = not run["after"] and following.isalnum() and not WITHOUT_SPACES.match(following)
        if markers[0] in SUPERSCRIPTS:
            return not run["before"] and not runs_on and BEFORE_RAISED.search(left) is not None
        ends_clause = CLAUSE_ENDS.match(self._raw, run.end("markers")) is not None
        if markers[0] == "(":
            return ends_clause and bool(run["before"])
        attached = not run["before"] and (last.isalnum() or last in {"_", ")", "]"}) and not WITHOUT_SPACES.match(last)
        if attached and not ends_clause:
            return False  # "array[1] is" and "sold[1] and" look alike.
        return not (runs_on and last not in SENTENCE_ENDS) and not (not run["after"] and following in set("([{="))

    def _gap(self, run: re.Match[str]) -> str:
        """Return the white space to leave where markers were."""
        before, after = run["before"], run["after"]
        following = self._raw[run.end() : run.end() + 1]
        if not following or not self._raw[: run.start()]:
            return ""
        if following in CLOSES_UP and "\n" not in after:
            return ""
        if "\n" in before and "\n" not in after:
            return before
        return after or before or ("" if WITHOUT_SPACES.match(following) or not following.isalnum() else " ")
