"""Every word that the page says by itself, by its name, in the language of whoever reads it.

The words are in words/, one file a language. ``strings.ASK`` is looked up there when it is asked for, so none may be
kept from one reader to the next; what has numbers or names in it is a function.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rag.core.types import IngestProgress
from rag.web.i18n.catalogs import counted, group, name_of, phrase, word
from rag.web.i18n.catalogs import number as number

SEPARATOR = " · "


def __getattr__(name: str) -> str:
    """A word in capitals that is said as it is."""
    try:
        if name.isupper():
            return word(name)
    except KeyError:
        pass
    raise AttributeError(f"The catalogues have no word '{name}'")


class Group(Mapping[str, str]):
    """Words that belong together."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getitem__(self, key: str) -> str:
        return group(self._name)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(group(self._name))

    def __len__(self) -> int:
        return len(group(self._name))


VERDICTS = Group("VERDICTS")
APPEARANCES = Group("APPEARANCES")
REMARKS = Group("REMARKS")
VIEW_NAMES = Group("VIEW_NAMES")
WIDGET = Group("WIDGET")


def articles(count: int) -> str:
    """How many articles there are to ask."""
    return counted("articles", count) if count else word("NO_ARTICLES")


def choice(value: str, count: int) -> str:
    """A source, tag or language to choose, with how many articles have it."""
    return SEPARATOR.join((value, number(count)))


def language_name(code: str) -> str:
    """What a language is called; its code where that is all that is known."""
    return name_of(code) or code


def only_tag(tag: str) -> str:
    return phrase("only_tag", tag=tag)


def only_language(language: str) -> str:
    return phrase("only_language", language=language_name(language))


def only_days(first: str, last: str) -> str:
    """A range of days, "" where both sides are open; an open side is ""."""
    if not (first or last):
        return ""
    if first == last:
        return phrase("only_day", day=first)
    if first and last:
        return phrase("only_days", first=first, last=last)
    return phrase("only_since", first=first) if first else phrase("only_until", last=last)


def span_of_days(first: str, last: str) -> str:
    """From when the articles are."""
    return phrase("all_of_day", day=first) if first == last else phrase("span_of_days", first=first, last=last)


def footnote_label(number: int, title: str) -> str:
    """What a screen reader says of a footnote mark."""
    return phrase("footnote_label", number=number, title=title or word("UNTITLED"))


def exchange_label(number: int) -> str:
    """The name of one question and its answer, for screen readers."""
    return phrase("exchange_label", number=number)


def adding(names: Sequence[str]) -> str:
    """What is being taken in."""
    if not names:
        return word("ADDING")
    if len(names) == 1:
        return phrase("adding_one", name=names[0])
    return counted("adding_more", len(names) - 1, name=names[0])


def figures(progress: IngestProgress) -> str:
    """How far an ingest has come, in words."""
    parts = [articles(progress.articles), passages(progress.passages)]
    if progress.total > 1:
        parts.insert(0, phrase("read_of", done=progress.done, total=progress.total))
    if progress.seconds_left is not None:
        parts.append(time_left(progress.seconds_left))
    return SEPARATOR.join(parts)


def time_left(seconds: float) -> str:
    if seconds < 5:
        return word("A_FEW_SECONDS_LEFT")
    if seconds < 90:
        return counted("seconds_left", 5 * round(seconds / 5))
    return counted("minutes_left", round(seconds / 60))


def outcome(added: int, changed: int, unchanged: int, removed: int) -> str:
    """What came of adding, in words; "" where nothing came of it. The articles are named once."""
    counts = (
        ("added", "", added),
        ("changed", "also_changed", changed),
        ("taken_out", "also_taken_out", removed),
        ("there_already", "also_there_already", unchanged),
    )
    said: list[str] = []
    for first, further, count in counts:
        if count:
            said.append(counted(further if said else first, count))
    return word("COMMA").join(said)


def passages(count: int) -> str:
    return counted("passages", count)


def words(count: int) -> str:
    return counted("words", count)


def pages(count: int) -> str:
    return counted("pages", count)


def page(number: int) -> str:
    """What stands before a page of an article."""
    return phrase("page", number=number)


def part(number: int, parts: int) -> str:
    """Which part of an article is shown; ``number`` counts from 0."""
    return phrase("part", number=number + 1, parts=parts)


def shown(first: int, last: int, total: int, text: str) -> str:
    """Which articles a page of the list shows, from 1."""
    all_of_them = last - first + 1 == total
    if not text:
        return articles(total) if all_of_them else counted("shown", total, first=first, last=last)
    if all_of_them:
        return counted("articles_with", total, text=text)
    return counted("shown_with", total, first=first, last=last, text=text)


def failed(count: int) -> str:
    """How many files or addresses, or articles within them, could not be read."""
    return counted("failed", count)


def more(count: int) -> str:
    return counted("more", count)


def ahead(count: int) -> str:
    """The place in the queue: how many questions the model answers before this one."""
    return word("YOURS_IS_NEXT") if count == 1 else counted("ahead", count)


def reading(tokens: int, seconds: float | None) -> str:
    """How much the model reads before its first word, and about how long that takes."""
    if seconds is None:
        return counted("reading", tokens)
    return counted("reading_for", tokens, seconds=max(1, round(seconds)))


def quoted(word: str) -> str:
    """A word of the reader's between marks of quotation."""
    return phrase("quoted", word=word)


def not_by_proxy(address: str) -> str:
    """Why a request from an address that no proxy has is refused."""
    return phrase("not_by_proxy", address=address or word("ELSEWHERE"))


def too_many_wrong(minutes: int) -> str:
    """How long nobody may try another password."""
    return counted("too_many_wrong", minutes)


def questions(count: int) -> str:
    """How many questions a conversation has."""
    return counted("questions", count)


def more_for(title: str) -> str:
    """The name of what opens the further things to do with a conversation."""
    return phrase("more_for", title=title or word("UNTITLED_CHAT"))


def kept_for(days: int) -> str:
    """How long a conversation is kept."""
    return counted("kept_for", days)
