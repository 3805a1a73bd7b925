"""Is an answer right? SQuAD's exact match and F1, gold answers in longer ones, recall of gold sentences. Pure."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from rag.evaluation.datasets.questions import Question
from rag.ingest.chunking import NO_SPACES

LONG_ANSWER_WORDS = 10
"""A gold answer of more words is one of many wordings: nobody can be expected to hit upon it."""
COVERED = 0.5
"""Share of a gold sentence's words that an answer needs to cover it."""
COVERED_SENTENCES = 0.5
"""Share of the gold sentences that a long answer needs to cover to be right."""

ARTICLES = re.compile(r"\b(a|an|the)\b")
PUNCTUATION = frozenset(string.punctuation)
# Dashes, slashes and apostrophes beside a letter, which may stand between two words: Paris-based, Renn's, and/or.
JOINTS = re.compile(r"(?<=[^\W\d_])[-‐‑‒–—−/'’ʼ]|[-‐‑‒–—−/'’ʼ](?=[^\W\d_])")
LETTER = rf"[^\W{NO_SPACES}]"


def normalise(text: str) -> str:
    """SQuAD's normalisation, as its evaluation script has it: lower case, no ASCII punctuation, no a/an/the.

    Punctuation outside ASCII stays, as there; ``contains_gold`` removes that as well.
    """
    without = "".join(character for character in text.lower() if character not in PUNCTUATION)
    return " ".join(ARTICLES.sub(" ", without).split())


def exact_match(prediction: str, answers: Iterable[str]) -> float:
    """1 where the prediction equals a gold answer after normalisation, else 0. No gold answer is the empty one."""
    return max(float(normalise(prediction) == normalise(gold)) for gold in _golds(answers))


def f1(prediction: str, answers: Iterable[str]) -> float:
    """The best F1 of the prediction's words and a gold answer's, 0 to 1, repeated words counted as often as they are.

    Where either has no words, 1 if neither has any, as in SQuAD 2.0.
    """
    return max(_f1(normalise(prediction).split(), normalise(gold).split()) for gold in _golds(answers))


def contains_gold(text: str, answers: Iterable[str]) -> bool:
    """Whether a gold answer stands in the text, as whole words, both normalised.

    To SQuAD's normalisation this adds: compatible characters are one (NFKC), punctuation and currency signs of all
    scripts go, and what a hyphen, slash or apostrophe joins may also be taken apart, so that "Renn's" contains
    "Renn" and "well-known" both "known" and "wellknown". A gold answer of nothing but articles or punctuation is
    compared as it is written.
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
        if any(gold and _stands_in(gold, words) for gold, words in zip(golds, within, strict=True)):
            return True
    return False


def is_long(question: Question) -> bool:
    """Whether the gold answer is a paragraph rather than a name: more than 10 words, with gold sentences."""
    longest = max((len(answer.split()) for answer in question.answers), default=0)
    return bool(question.gold_sentences) and longest > LONG_ANSWER_WORDS


def gold_sentence_recall(text: str, question: Question) -> float:
    """Share of the gold sentences that the answer covers, 0 to 1; the best set where several people marked some.

    A sentence is covered where at least half of its words, normalised as in SQuAD, stand in the answer.
    """
    said = Counter(normalise(text).split())
    sets = question.gold_sentence_sets or (question.gold_sentences,)
    return max(
        sum(_covers(said, sentence) for sentence in sentences) / len(sentences) for sentences in sets if sentences
    )


def is_right(question: Question, text: str) -> bool:
    """Whether the answer contains a gold answer or, where that is long, covers at least half of the gold sentences."""
    if contains_gold(text, question.answers):
        return True
    return is_long(question) and gold_sentence_recall(text, question) >= COVERED_SENTENCES


def gold_texts(question: Question) -> tuple[str, ...]:
    """What a passage may contain to be gold: gold sentences and answers, but for yes and no, which prove nothing."""
    return (*question.gold_sentences, *_telling(question.answers))


def gold_words(question: Question) -> tuple[str, ...]:
    """What evidence must hold one of: gold answers but yes and no; gold sentences where these are long or missing."""
    answers = () if is_long(question) else _telling(question.answers)
    return answers or question.gold_sentences


def holds_gold(question: Question, article_id: str, text: str) -> bool:
    """Whether a passage is of a gold article and contains a gold answer or gold sentence.

    Where the question has neither, its article decides alone.
    """
    if article_id not in question.evidence_ids:
        return False
    wanted = gold_texts(question)
    return not wanted or contains_gold(text, wanted)


def _telling(answers: Iterable[str]) -> tuple[str, ...]:
    return tuple(answer for answer in answers if normalise(answer) not in {"yes", "no"})


def _golds(answers: Iterable[str]) -> Sequence[str]:
    """Those that are not empty after normalisation; the empty answer where there are none, as in SQuAD 2.0."""
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
    """The words with what joins them removed, and with it made a space."""
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


def _stands_in(gold: str, words: str) -> bool:
    """Whether ``gold`` occurs with no letter or digit beside it; scripts without spaces have words anywhere."""
    return re.search(rf"(?<!{LETTER}){re.escape(gold)}(?!{LETTER})", words) is not None
