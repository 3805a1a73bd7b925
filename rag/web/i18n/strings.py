"""The texts of the page in the reader's language.

``strings.ASK`` is looked up in the catalogue of the current language whenever it is read, so do not store it beyond a
request. Texts with values in them are functions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from rag.core.types import IngestProgress
from rag.web.i18n.catalogs import context, format_number, gettext, ngettext
from rag.web.i18n.catalogs import language_name as language_name

SEPARATOR = " · "


def __getattr__(name: str) -> str:
    """Return the message with this id, which is in capitals."""
    try:
        if name.isupper():
            return gettext(name)
    except KeyError:
        pass
    raise AttributeError(f"The catalogues have no message '{name}'")


class Group(Mapping[str, str]):
    """The messages of one context by their ids, in the language in which they are read."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, key: str) -> str:
        return context(self._name)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(context(self._name))

    def __len__(self) -> int:
        return len(context(self._name))


VERDICTS = Group("VERDICTS")
APPEARANCES = Group("APPEARANCES")
VIEW_NAMES = Group("VIEW_NAMES")
WIDGET = Group("WIDGET")

passages = partial(ngettext, "passages")
words = partial(ngettext, "words")
pages = partial(ngettext, "pages")
questions = partial(ngettext, "questions")
failed = partial(ngettext, "failed")
more = partial(ngettext, "more")
kept_for = partial(ngettext, "kept_for")
too_many_wrong = partial(ngettext, "too_many_wrong")
number = format_number


def articles(count: int) -> str:
    return ngettext("articles", count) if count else gettext("NO_ARTICLES")


def choice(value: str, count: int) -> str:
    """Label a source, tag or language of the filters with its number of articles."""
    return SEPARATOR.join((value, number(count)))


def only_tag(tag: str) -> str:
    return gettext("only_tag", tag=tag)


def only_language(language: str) -> str:
    return gettext("only_language", language=language_name(language))


def only_days(first: str, last: str) -> str:
    """Name a range of days; an open end is "", and so is the name of a range without ends."""
    if not (first or last):
        return ""
    if first == last:
        return gettext("only_day", day=first)
    if first and last:
        return gettext("only_days", first=first, last=last)
    return gettext("only_since", first=first) if first else gettext("only_until", last=last)


def span_of_days(first: str, last: str) -> str:
    """Say which days the articles are dated."""
    return gettext("all_of_day", day=first) if first == last else gettext("span_of_days", first=first, last=last)


def footnote_label(number: int, title: str) -> str:
    """Name a footnote mark for screen readers."""
    return gettext("footnote_label", number=number, title=title or gettext("UNTITLED"))


def exchange_label(number: int) -> str:
    """Name a question with its answer for screen readers."""
    return gettext("exchange_label", number=number)


def adding(names: Sequence[str]) -> str:
    """Say which files or addresses are being added."""
    if not names:
        return gettext("ADDING")
    if len(names) == 1:
        return gettext("adding_one", name=names[0])
    return ngettext("adding_more", len(names) - 1, name=names[0])


def figures(progress: IngestProgress) -> str:
    """Say how far an ingest is."""
    parts = [articles(progress.articles), passages(progress.passages)]
    if progress.total > 1:
        parts.insert(0, gettext("read_of", done=progress.done, total=progress.total))
    if progress.seconds_left is not None:
        parts.append(time_left(progress.seconds_left))
    return SEPARATOR.join(parts)


def time_left(seconds: float) -> str:
    if seconds < 5:
        return gettext("A_FEW_SECONDS_LEFT")
    if seconds < 90:
        return ngettext("seconds_left", 5 * round(seconds / 5))
    return ngettext("minutes_left", round(seconds / 60))


def outcome(added: int, changed: int, unchanged: int, removed: int) -> str:
    """Say what an ingest changed; "" if nothing. Only the first part of the sentence says "articles"."""
    counts = (
        ("added", "", added),
        ("changed", "also_changed", changed),
        ("taken_out", "also_taken_out", removed),
        ("there_already", "also_there_already", unchanged),
    )
    parts: list[str] = []
    for first, further, count in counts:
        if count:
            parts.append(ngettext(further if parts else first, count))
    return gettext("COMMA").join(parts)


def page(number: int) -> str:
    return gettext("page", number=number)


def part(number: int, parts: int) -> str:
    """Name the part of an article that is shown; ``number`` counts from 0."""
    return gettext("part", number=number + 1, parts=parts)


def shown(first: int, last: int, total: int, text: str) -> str:
    """Say which articles a page of the list shows, from 1, and for which search text if any."""
    is_all = last - first + 1 == total
    if not text:
        return articles(total) if is_all else ngettext("shown", total, first=first, last=last)
    if is_all:
        return ngettext("articles_with", total, text=text)
    return ngettext("shown_with", total, first=first, last=last, text=text)


def ahead(count: int) -> str:
    """Say how many questions the model answers before this one."""
    return gettext("YOURS_IS_NEXT") if count == 1 else ngettext("ahead", count)


def reading(tokens: int, seconds: float | None) -> str:
    """Say how many tokens the model reads before its first word, and about how long that takes if it is known."""
    if seconds is None:
        return ngettext("reading", tokens)
    return ngettext("reading_for", tokens, seconds=max(1, round(seconds)))


def quoted(word: str) -> str:
    """Put a word between quotation marks."""
    return gettext("quoted", word=word)


def not_by_proxy(address: str) -> str:
    """Say why a request is refused that did not come through a known proxy."""
    return gettext("not_by_proxy", address=address or gettext("ELSEWHERE"))


def more_for(title: str) -> str:
    """Name the menu of a conversation for screen readers."""
    return gettext("more_for", title=title or gettext("UNTITLED_CHAT"))
