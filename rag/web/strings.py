"""Every word that the page says by itself, in one place."""

from __future__ import annotations

NAME = "Footnote"
TAGLINE = "Ask your articles; every sentence of the answer is footnoted."

QUESTION_LABEL = "Your question"
QUESTION_PLACEHOLDER = "Ask about the articles"
ASK = "Ask"
STOP = "Stop"

WELCOME = "What would you like to know?"
WELCOME_MORE = "Answers come from the articles alone. Where they are silent, you will be told so."
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


def articles(count: int) -> str:
    """How many articles there are to ask."""
    return "1 article" if count == 1 else f"{count:,} articles"


def footnote_label(number: int, title: str) -> str:
    """What a screen reader says of a footnote mark."""
    return f"Source {number}: {title or UNTITLED}"


def exchange_label(number: int) -> str:
    """The name of one question and its answer, for screen readers."""
    return f"Question {number}"
