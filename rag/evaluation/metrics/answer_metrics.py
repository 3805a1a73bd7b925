"""Whether an answer is right: SQuAD's exact match and F1, containment of a gold answer, recall of gold sentences."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.evaluation.datasets.questions import Question
from rag.text.language_detection import NO_SPACES

LONG_ANSWER_WORDS = 10
"""Above this many words a gold answer is one of many wordings, and is not expected word for word."""
COVERED = 0.5
"""Share of a gold sentence's words that an answer needs to cover it; chosen by hand."""
COVERED_SENTENCES = 0.5
"""Share of the gold sentences that a long answer needs to cover to be right; chosen by hand."""

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = frozenset(string.punctuation)
# Dashes, slashes and apostrophes beside a letter, which may join two words: Paris-based, Renn's, and/or.
JOINTS = re.compile(r"(?<=[^\W\d_])[-‐‑‒–—−/'’ʼ]|[-‐‑‒–—−/'’ʼ](?=[^\W\d_])")
LETTER = rf"[^\W{NO_SPACES}]"


def normalise(text: str) -> str:
    """Normalise as SQuAD's evaluation script does: lower case, no ASCII punctuation, no a/an/the.

    Other punctuation is kept, as there; ``contains_gold`` removes it too.
    """
    without = "".join(character for character in text.lower() if character not in PUNCTUATION)
    return " ".join(ARTICLES.sub(" ", without).split())


def exact_match(prediction: str, answers: Iterable[str]) -> float:
    """Return 1 if the normalised prediction equals a gold answer, else 0; no gold answers mean the empty one."""
    return max(float(normalise(prediction) == normalise(gold)) for gold in _golds(answers))


def f1(prediction: str, answers: Iterable[str]) -> float:
    """Return the best F1 of the prediction's words and a gold answer's, 0 to 1, counting repeated words.

    If either has no words: 1 if neither has any, else 0, as in SQuAD 2.0.
    """
    return max(_f1(normalise(prediction).split(), normalise(gold).split()) for gold in _golds(answers))


def contains_gold(text: str, answers: Iterable[str]) -> bool:
    """Return whether the text contains a gold answer as whole words, both normalised.

    Beyond SQuAD's normalisation: NFKC, no punctuation or currency signs of any script, and words joined by a hyphen,
    slash or apostrophe also match separately: "Renn's" contains "Renn", and "well-known" both "known" and
    "wellknown". A gold answer of only articles or punctuation is compared as written.
    """
    wanted = tuple(answers)
    if not wanted:
        return False
    forms = _forms(text)
    for answer in wanted:
        golds = _forms(answer)
        if not any(golds):
            golds, within = ((_plain(answer),) * 2, (_plain(text),) * 2)
        else:
            within = forms
        if any(gold and _contains_words(gold, words) for gold, words in zip(golds, within, strict=True)):
            return True
    return False


def is_long(question: Question) -> bool:
    """Return whether the gold answer has more than 10 words and gold sentences: a paragraph rather than a name."""
    longest = max((len(answer.split()) for answer in question.answers), default=0)
    return bool(question.gold_sentences) and longest > LONG_ANSWER_WORDS


def gold_sentence_recall(text: str, question: Question) -> float:
    """Return the share of gold sentences that the answer covers, 0 to 1, for the best annotator's set.

    A sentence is covered if the answer contains at least half of its words, normalised as in SQuAD.
    """
    said = Counter(normalise(text).split())
    sets = question.gold_sentence_sets or (question.gold_sentences,)
    return max(
        sum(_covers(said, sentence) for sentence in sentences) / len(sentences) for sentences in sets if sentences
    )


def is_right(question: Question, text: str) -> bool:
    """Return whether the answer contains a gold answer or, if that is long, covers half of the gold sentences."""
    if contains_gold(text, question.answers):
        return True
    return is_long(question) and gold_sentence_recall(text, question) >= COVERED_SENTENCES


def gold_texts(question: Question) -> tuple[str, ...]:
    """Return the texts that make a passage gold: gold sentences and answers other than yes and no."""
    return (*question.gold_sentences, *_telling(question.answers))


def gold_words(question: Question) -> tuple[str, ...]:
    """Return the texts that make evidence gold: answers other than yes and no; if long or missing, gold sentences."""
    answers = () if is_long(question) else _telling(question.answers)
    return answers or question.gold_sentences


def holds_gold(question: Question, article_id: str, text: str) -> bool:
    """Return whether a passage is from a gold article and contains a gold answer or gold sentence, if it has any."""
    if article_id not in question.evidence_ids:
        return False
    wanted = gold_texts(question)
    return not wanted or contains_gold(text, wanted)


def _telling(answers: Iterable[str]) -> tuple[str, ...]:
    return tuple(answer for answer in answers if normalise(answer) not in {"yes", "no"})


def _golds(answers: Iterable[str]) -> Sequence[str]:
    """Return the answers that are not empty after normalisation, else the empty one, as in SQuAD 2.0."""
    return [answer for answer in answers if normalise(answer)] or [""]


def _f1(predicted: Sequence[str], gold: Sequence[str]) -> float:
    if not predicted or not gold:
        return float(predicted == gold)
    same = sum((Counter(predicted) & Counter(gold)).values())
    return 2 * same / (len(predicted) + len(gold))


def _covers(said: Counter[str], sentence: str) -> bool:
    words = Counter(normalise(sentence).split())
    return sum((words & said).values()) >= COVERED * words.total()


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _forms(text: str) -> tuple[str, str]:
    """Return the normalised words with their joints removed, and with their joints as spaces."""
    plain = _plain(text)
    return _bare(plain), _bare(JOINTS.sub(" ", plain))


def _bare(plain: str) -> str:
    kept = plain if plain.isalnum() else "".join(character for character in plain if not _is_punctuation(character))
    return " ".join(ARTICLES.sub(" ", kept).split())


def _is_punctuation(character: str) -> bool:
    if character.isascii():
        return character in PUNCTUATION
    category = unicodedata.category(character)
    return category[0] == "P" or category == "Sc"


def _contains_words(gold: str, words: str) -> bool:
    """Return whether ``gold`` occurs with no letter or digit beside it; scripts without spaces match anywhere."""
    return re.search(rf"(?<!{LETTER}){re.escape(gold)}(?!{LETTER})", words) is not None
