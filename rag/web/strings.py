"""Every word that the page says by itself, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from rag.types import IngestProgress

NAME = "Footnote"
TAGLINE = "Ask your articles; every sentence of the answer is footnoted."

QUESTION_LABEL = "Your question"
QUESTION_PLACEHOLDER = "Ask about the articles"
ASK = "Ask"
STOP = "Stop"

ONLY_SOME = "Only some of the articles"
ONLY_SOURCES = "Sources"
ONLY_TAGS = "Tags"
ONLY_LANGUAGES = "Languages"
SINCE = "From"
UNTIL = "To"
ONLY = "Only"
ALL_OF_THEM = "Ask all articles"

WELCOME = "What would you like to know?"
WELCOME_MORE = "Answers come from the articles alone. Where they are silent, you will be told so."
NO_ARTICLES = "no articles yet: drop some into the Library"

CONVERSATION = "Conversation"

YOU_ASKED = "You asked"
SEARCHING = "Searching the articles…"
READING = "The model is reading the passages…"
WRITING = "Writing…"
THE_ARTICLES_SAY = "The articles say"
UNSUPPORTED = "not found in the articles"
STOPPED = "Stopped before the answer was complete."
STOPPED_EARLY = "Stopped before anything was written. Ask again, or ask something else."
DECLINED = "No answer in the articles"
FAILED = "This question could not be answered"
INTERRUPTED = "The answer was interrupted. Ask again."

SOURCES = "Sources"
ALSO_READ = "Also read, not cited"
PASSAGES_READ = "Passages being read"
NEAREST = "Nearest passages"
EARLIER_SOURCES = "Sources of earlier answers"
NO_SOURCES = "The passages that an answer rests on appear here, with the quoted words marked."
UNTITLED = "Untitled article"
READ_ORIGINAL = "Read the original"
OPENS_NEW_TAB = "opens in a new tab"
BACK_TO_ANSWER = "Back to the answer"

VERY_CLOSE = "very close"
CLOSE = "close"
RELATED = "related"

WAS_IT_RIGHT = "Was this answer right?"
VERDICTS = {"right": "Right", "wrong": "Wrong", "wrong_source": "Wrong source"}
COMMENT_LABEL = "What would be right? (optional)"
COMMENT_PLACEHOLDER = "The right answer, or what is wrong with this one"
SEND = "Send"
THANKS = "Noted, thank you."

VIEWS = "Views"
VIEW_NAMES = {"chat": "Chat", "library": "Library"}

ADD_ARTICLES = "Add articles"
DROP = "Drop files here, or"
CHOOSE_FILES = "choose files"
DROP_MORE = "PDF, Word, PowerPoint, Excel, web pages, e‑mails, Markdown, text and more, up to {size} MiB each"
SENDING = "Sending {name} ({number} of {total})"
NOT_SENT = "Not sent"
TOO_LARGE = "The file is larger than {size} MiB. Split it, or add it with: rag ingest PATH"
UNREACHABLE = "The connection broke off. Check that Footnote is still running, and send the file again."
IS_FOLDER = "This is a folder. Send the files in it, or add it with: rag ingest PATH"
NOT_KEPT = "The file cannot be kept ({reason}). Check the permissions of the index folder and the free disk space."
ADDRESS_LABEL = "Address of a page, a feed or a sitemap"
ADDRESS_PLACEHOLDER = "Or an address: https://…"
ADD = "Add"
NO_ADDRESS = "An address begins with http:// or https://. Correct it, or copy it from the browser."

WAITING = "Another program is changing the library, such as rag ingest. This begins when that has ended."
STOPPING = "Cancelling…"
CANCEL = "Cancel"
CANCELLED = "Cancelled. What was complete by then is in the library."
NOTHING_ADDED = "Nothing was added"
NOT_READ = "Could not be read"
STORED = "In the library now"
DISMISS = "Dismiss"
STARTING = "Starting…"
UNEXPECTED = "Something unexpected went wrong. What Footnote wrote to its console says more."

FIND_LABEL = "Find articles"
FIND_PLACEHOLDER = "Title, source, author, address or file"
LIST_PAGES = "Pages of the list"
NEWER = "Newer"
OLDER = "Older"
NOTHING_FOUND = "No article has “{text}” in its title, source, author, address or file name. Try fewer words."
EMPTY_LIBRARY = "The library is empty. Add the first articles above."
EMPTY_READ_ONLY = "The library is empty. Whoever looks after it can add articles."
NEARLY_THE_SAME = "nearly the same as “{title}”"

CHOOSE_ARTICLE = "Choose an article to read it here."
ARTICLE = "Article"
ALL_ARTICLES = "All articles"
ARTICLE_GONE = "This article is no longer in the library. Choose another one."
SOURCE = "Source"
DATE = "Date"
AUTHOR = "Author"
ADDRESS = "Address"
READ_FROM = "Read from"
UPLOADED = "uploaded"
SIZE = "Size"
TAGS = "Tags"
SAME_AS = "Nearly the same as"
COPIES = "Also said by"
PARTS = "Parts of the article"
BEFORE = "Previous part"
AFTER = "Next part"
REMOVE = "Remove this article…"
REMOVE_MORE = "It can no longer be found or quoted. An uploaded file is deleted; others stay where they are."
REMOVE_NOW = "Remove from the library"
KEEP = "Keep it"
REMOVED = "Removed “{title}”."

EDITING_OFF = 'Articles cannot be added or removed here. Whoever runs Footnote can allow it: library_editing = "on".'
EDITING_LOCAL = (
    "Articles can be added and removed only in a browser on the machine that Footnote runs on. Whoever runs it can "
    'allow it elsewhere: library_editing = "on".'
)
EDITING_FOREIGN = "This request came from another website and was refused. Open Footnote's own page and try there."
BUSY = "The library is being changed at the moment, so nothing was removed. Try again when that has ended."


def articles(count: int) -> str:
    """How many articles there are to ask."""
    if not count:
        return NO_ARTICLES
    return "1 article" if count == 1 else f"{count:,} articles"


def choice(value: str, count: int) -> str:
    """A source, tag or language to choose, with how many articles have it."""
    return f"{value} · {count:,}"


def only_tag(tag: str) -> str:
    return f"tag: {tag}"


def only_language(language: str) -> str:
    return f"language: {language}"


def only_days(first: str, last: str) -> str:
    """A range of days, "" where both sides are open; an open side is ""."""
    if first and first == last:
        return f"of {first}"
    return " ".join(f"{word} {day}" for word, day in (("from", first), ("to", last)) if day)


def span_of_days(first: str, last: str) -> str:
    """From when the articles are."""
    return f"The articles are {only_days(first, last)}."


def footnote_label(number: int, title: str) -> str:
    """What a screen reader says of a footnote mark."""
    return f"Source {number}: {title or UNTITLED}"


def exchange_label(number: int) -> str:
    """The name of one question and its answer, for screen readers."""
    return f"Question {number}"


def adding(names: Sequence[str]) -> str:
    """What is being taken in."""
    if len(names) == 1:
        return f"Adding {names[0]}"
    return f"Adding {names[0]} and {len(names) - 1:,} more" if names else "Adding articles"


def figures(progress: IngestProgress) -> str:
    """How far an ingest has come, in words."""
    parts = [articles(progress.articles), passages(progress.passages)]
    if progress.total > 1:
        parts.insert(0, f"{progress.done:,} of {progress.total:,} read")
    if progress.seconds_left is not None:
        parts.append(time_left(progress.seconds_left))
    return " · ".join(parts)


def time_left(seconds: float) -> str:
    if seconds < 5:
        return "a few seconds left"
    if seconds < 90:
        return f"about {5 * round(seconds / 5)} s left"
    return f"about {round(seconds / 60):,} min left"


def outcome(added: int, changed: int, unchanged: int, removed: int) -> str:
    """What came of adding, in words; "" where nothing came of it."""
    counts = ((added, "added"), (changed, "changed"), (removed, "taken out"), (unchanged, "there already"))
    parts = [(count, what) for count, what in counts if count]
    if not parts:
        return ""
    (count, what), *rest = parts
    return ", ".join([f"{articles(count)} {what}", *(f"{count:,} {what}" for count, what in rest)])


def passages(count: int) -> str:
    return "1 passage" if count == 1 else f"{count:,} passages"


def words(count: int) -> str:
    return "1 word" if count == 1 else f"{count:,} words"


def pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count:,} pages"


def page(number: int) -> str:
    """What stands before a page of an article."""
    return f"Page {number:,}"


def part(number: int, parts: int) -> str:
    """Which part of an article is shown; ``number`` counts from 0."""
    return f"Part {number + 1:,} of {parts:,}"


def shown(first: int, last: int, total: int, text: str) -> str:
    """Which articles a page of the list shows, from 1."""
    found = f" with “{text}”" if text else ""
    if last - first + 1 == total:
        return f"{articles(total)}{found}"
    return f"{first:,}–{last:,} of {articles(total)}{found}"


def failed(count: int) -> str:
    """How many files or addresses, or articles within them, could not be read."""
    return "1 could not be read." if count == 1 else f"{count:,} could not be read."


def more(count: int) -> str:
    return f"and {count:,} more"


# The status line (lead)


def ahead(count: int) -> str:
    """The place in the queue: how many questions the model answers before this one."""
    if count == 1:
        return "The model is answering another question; yours is next…"
    return f"The model is busy: {count:,} questions are before yours…"


def reading(tokens: int, seconds: float | None) -> str:
    """How much the model reads before its first word, and about how long that takes."""
    if seconds is None:
        return f"Reading {tokens:,} tokens…"
    return f"Reading {tokens:,} tokens, about {max(1, round(seconds)):,} s…"


# Access: logging in and out, and what the roles may.

EDITING_VIEWER = "You are logged in to read. Log out, and log in as an editor to change the library."
