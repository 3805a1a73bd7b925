"""Questions to begin with, and questions to go on with, made from the articles without a model. Pure.

They are made at ingest and stored with their articles (``questions_of``), so that showing them costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from rag.core.types import Article, ArticleHeader, Passage, Source, Span
from rag.text.question_generation.entities import Surroundings
from rag.text.question_generation.questions import Question, questions_from
from rag.text.tokenization import stems

SUGGESTIONS = FOLLOW_UPS = 3
MOST = 8
"""Questions that are kept of an article."""
READ_CHARACTERS = 60_000
"""The beginning of an article that questions are made from."""
TITLE_CHARACTERS = 90
ALIKE = 0.7
"""Share of the words of two questions, together, from which on they ask the same."""
KINDS = {"why": 1.0, "who": 0.8, "how much": 0.7, "where": 0.6, "when": 0.6, "what": 0.3}
"""How much sooner a question is shown for what it asks; a place in the title counts 1 as well."""

ABOUT_A_TITLE = {
    "ar": "ما موضوع «{title}»؟",
    "de": "Worum geht es in „{title}“?",
    "en": "What is “{title}” about?",
    "es": "¿De qué trata «{title}»?",
    "fr": "De quoi s’agit-il dans « {title} » ?",
    "it": "Di che cosa parla «{title}»?",
    "nl": "Waar gaat “{title}” over?",
    "pt": "De que trata “{title}”?",
}
"""Questions about an article as a whole, in its language; in English where that is another one."""


@dataclass(frozen=True, slots=True)
class ArticleQuestion:
    """A question that an article answers, and the sentence that does."""

    text: str
    sentence: Span


Questions = Mapping[str, Sequence[ArticleQuestion]]
"""The questions of some articles by the articles' ids, the best first."""


def questions_of(article: Article, passages: Sequence[Passage]) -> list[ArticleQuestion]:
    """The questions that an article's sentences answer, the best first, MOST at most.

    None where it is not in English, of which alone the grammar is known.
    """
    if article.language.partition("-")[0].lower() != "en":
        return []
    around = Surroundings(article.text[:READ_CHARACTERS])
    title = set(stems(article.title))
    found: dict[str, tuple[float, ArticleQuestion]] = {}
    for passage in passages:
        if passage.start > READ_CHARACTERS:
            break
        for sentence in passage.sentences:
            for question in questions_from(passage.words_of(sentence), around):
                found.setdefault(question.text, (_worth(question, title), ArticleQuestion(question.text, sentence)))
    ranked = sorted(found.values(), key=lambda one: -one[0])
    return list(islice(_differing([question for _, question in ranked]), MOST))


def choose_articles(headers: Sequence[ArticleHeader], questions: Collection[str], turn: int = 0) -> list[ArticleHeader]:
    """SUGGESTIONS articles of differing first tags, and other ones with each turn; ``headers`` come newest first.

    Of the articles in ``questions``, which have questions of their own, where there are enough of these.
    """
    titled = [header for header in headers if header.title.strip()]
    asked = [header for header in titled if header.id in questions]
    ordered = _by_tag(asked if len(asked) >= SUGGESTIONS else titled)
    if len(ordered) <= SUGGESTIONS:
        return ordered
    begin = turn * SUGGESTIONS % len(ordered)
    return [*ordered[begin:], *ordered[:begin]][:SUGGESTIONS]


def suggest_questions(chosen: Sequence[ArticleHeader], questions: Questions, turn: int = 0) -> list[str]:
    """A question about each of the articles: one that a sentence of it answers, or else one about its title."""
    own = (questions.get(header.id, ()) for header in chosen)
    return [
        some[turn % len(some)].text if some else _about_title(header) for header, some in zip(chosen, own, strict=True)
    ]


def follow_up_questions(
    asked: Sequence[str], sources: Sequence[Source], quotes: Mapping[int, Sequence[Span]], questions: Questions
) -> list[str]:
    """Questions to go on with after an answer, FOLLOW_UPS at most: from what was found and is not in the answer.

    ``asked`` are the questions of the conversation. ``quotes`` holds the spans that the answer rests on by the numbers
    of their sources, whose articles come first; ``questions`` are those of the sources' articles.
    """
    cited = [source for source in sources if source.number in quotes]
    others = [source for source in sources if source.number not in quotes]
    quoted = [(source.header.id, span) for source in cited for span in quotes[source.number]]
    known = [set(stems(question)) for question in asked]
    ids = list(dict.fromkeys(source.header.id for source in (*cited, *others)))
    unanswered = [
        [one for one in questions.get(article, ()) if not _overlaps(article, one.sentence, quoted)] for article in ids
    ]
    following: list[str] = []
    for one in _in_turns(unanswered):
        own = set(stems(one.text))
        if not any(_alike(own, other) for other in known):
            known.append(own)
            following.append(one.text)
    return following[:FOLLOW_UPS]


def _worth(question: Question, title: Collection[str]) -> float:
    """A question about what the title names is worth more, and so is one of middling length."""
    own = set(stems(question.text))
    named = len(own.intersection(title)) / max(1, len(own))
    return KINDS[question.kind] + named - abs(len(question.text.split()) - 9) / 10


def _differing(questions: Sequence[ArticleQuestion]) -> Iterator[ArticleQuestion]:
    """One question of each sentence, and none that asks the same as one before."""
    known: list[set[str]] = []
    sentences: set[Span] = set()
    for question in questions:
        own = set(stems(question.text))
        if question.sentence not in sentences and not any(_alike(own, other) for other in known):
            sentences.add(question.sentence)
            known.append(own)
            yield question


def _alike(one: Collection[str], other: Collection[str]) -> bool:
    return len(set(one) & set(other)) >= ALIKE * len(set(one) | set(other))


def _overlaps(article: str, sentence: Span, quoted: Sequence[tuple[str, Span]]) -> bool:
    return any(article == other and sentence.start < span.end and span.start < sentence.end for other, span in quoted)


def _in_turns(lists: Sequence[Sequence[ArticleQuestion]]) -> Iterator[ArticleQuestion]:
    """The first of each list, then the second of each, and so on."""
    for at in range(max(map(len, lists), default=0)):
        yield from (some[at] for some in lists if at < len(some))


def _by_tag(headers: Sequence[ArticleHeader]) -> list[ArticleHeader]:
    """The first article of each first tag, then the second of each, and so on."""
    groups: dict[str, list[ArticleHeader]] = {}
    for header in headers:
        groups.setdefault(header.tags[0].casefold() if header.tags else "", []).append(header)
    most = max(map(len, groups.values()), default=0)
    return [group[at] for at in range(most) for group in groups.values() if at < len(group)]


def _about_title(header: ArticleHeader) -> str:
    language = header.language.partition("-")[0].lower()
    return ABOUT_A_TITLE.get(language, ABOUT_A_TITLE["en"]).format(title=_short(header.title))


def _short(title: str) -> str:
    """A title on one line and without quotation marks of its own, cut after a word where it is long."""
    line = re.sub(r"[“”„«»\"\s]+", " ", title).strip().rstrip(".?!")
    if len(line) <= TITLE_CHARACTERS:
        return line
    return line[:TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(",;:–— ") + "…"
