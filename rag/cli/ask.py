"""``rag ask``: answer a question from the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli import console
from rag.cli.console import AsJson, AsOf, Index, OnlyLanguages, OnlySources, OnlyTags, Since, Until, quoted, title

if TYPE_CHECKING:
    from rag.core.types import Answer, Source


def ask(
    question: Annotated[str, typer.Argument(help="A question about the articles.")],
    sources: OnlySources = None,
    tags: OnlyTags = None,
    languages: OnlyLanguages = None,
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the articles, each sentence with its sources."""
    from rag import chatbot
    from rag.core.events import Answered, Declined, Failed, QuoteFound, SentenceChecked
    from rag.core.serialization import answer_as_json
    from rag.store.opening import open_library

    settings = console.settings_of(index)
    question = chatbot.checked_question(question, settings)
    filters, day = console.filters_and_day(sources, tags, languages, since, until, as_of)
    console.require_known(filters, open_library(settings))
    with console.messages.status("Loading the models …"):
        bot = chatbot.Chatbot.open(settings)
    answer: Answer | None = None
    for event in bot.stream(question, filters=filters, as_of=day):
        match event:
            case QuoteFound(source) if not as_json:
                console.messages.print(f"Closest words: {quoted(source.quoted)}", style="dim", markup=False)
            case SentenceChecked(sentence, _) if not as_json:
                marks = "".join(f"[{number}]" for number in sentence.citations) or " (not found in the articles)"
                typer.echo(sentence.text + marks)
            case Answered(answer) | Declined(answer):
                pass
            case Failed(error):
                raise error
    assert answer is not None, "every stream ends with Answered or Declined"
    if as_json:
        console.print_json({**answer_as_json(answer), **console.terms_as_json(filters, day)})
    elif answer.declined:
        typer.echo(answer.declined.message)
        _print_sources(answer.declined.nearest, answer.declined.shortfalls)
    else:
        cited = {number for sentence in answer.sentences for number in sentence.citations}
        _print_sources(tuple(source for source in answer.sources if source.number in cited))


def _print_sources(sources: tuple[Source, ...], shortfalls: tuple[str, ...] = ()) -> None:
    """Print the sources with their quotes, and below each, if given, why it does not answer the question."""
    for at, source in enumerate(sources):
        typer.echo(f"[{source.number}] {title(source.header)}\n    {quoted(source.quoted)}")
        if at < len(shortfalls):
            typer.echo(f"    {shortfalls[at]}")
