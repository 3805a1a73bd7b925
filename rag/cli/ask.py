"""``rag search | ask | serve``: questions in, answers out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.console import AsJson, Index, messages, open_embedder, print_json, quoted, settings_of, status, title
from rag.core.events import Answered, Declined, Failed, QuoteFound, SentenceChecked
from rag.core.filters import Filters, day_of, filters_of
from rag.core.types import Answer, Source

if TYPE_CHECKING:
    from rag.store import SqliteLibrary

OnlySources = Annotated[
    list[str] | None, typer.Option("--source", metavar="NAME", help="Only articles of this source; may be repeated.")
]
OnlyTags = Annotated[
    list[str] | None, typer.Option("--tag", metavar="TAG", help="Only articles with this tag; may be repeated.")
]
OnlyLanguages = Annotated[
    list[str] | None,
    typer.Option("--language", metavar="CODE", help="Only articles in this language, such as en; may be repeated."),
]
Since = Annotated[str, typer.Option(metavar="DAY", help="Only articles of this day (YYYY-MM-DD) or later.")]
Until = Annotated[str, typer.Option(metavar="DAY", help="Only articles of this day (YYYY-MM-DD) or earlier.")]
AsOf = Annotated[str, typer.Option(metavar="DAY", help="Ask as if it were this day (YYYY-MM-DD), instead of today.")]


def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Passages to show.")] = 5,
    sources: OnlySources = None,
    tags: OnlyTags = None,
    languages: OnlyLanguages = None,
    since: Since = "",
    until: Until = "",
    as_of: AsOf = "",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say where each rank comes from, and what was found and left out.")
    ] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a question best, without asking the answering model."""
    from rag import chatbot
    from rag.answering.abstention import NOTHING_FITS
    from rag.cli.search_explanation import explained, explanation_as_json, left_out
    from rag.core.serialization import ranked_as_json
    from rag.retrieval.opening import open_retriever
    from rag.store.opening import open_library

    settings = settings_of(index)
    question = chatbot.checked_question(question, settings)
    filters, day = filters_of(sources or (), tags or (), languages or (), since, until), day_of(as_of)
    library = open_library(settings)
    _require_known(filters, library)
    retriever = open_retriever(library, open_embedder(settings), settings)
    looked_at = max(limit, settings.candidates)
    retrieved = retriever.retrieve(question, looked_at, filters=filters, as_of=day, explain=explain)
    found = retrieved.passages[:limit]
    if filters and not found:
        messages.print(NOTHING_FITS, style="dim", markup=False)
    if as_json:
        passages = [ranked_as_json(passage) for passage in found]
        reasons = explanation_as_json(retrieved, limit) if explain else {}
        print_json({"question": question, **_terms(filters, day), "passages": passages, **reasons})
        return
    for passage in found:
        typer.echo(f"{passage.rank}. {title(passage.header)}\n   {quoted(passage.passage.words_of(passage.best.span))}")
        if explain:
            typer.echo(explained(passage))
    if explain:
        typer.echo(left_out(retrieved, limit))


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
    from rag.core.serialization import answer_as_json
    from rag.store.opening import open_library

    settings = settings_of(index)
    question = chatbot.checked_question(question, settings)
    filters, day = filters_of(sources or (), tags or (), languages or (), since, until), day_of(as_of)
    _require_known(filters, open_library(settings))
    with status("Loading the models …"):
        bot = chatbot.Chatbot.open(settings)
    answer: Answer | None = None
    for event in bot.stream(question, filters=filters, as_of=day):
        match event:
            case QuoteFound(source) if not as_json:
                messages.print(f"Closest words: {quoted(source.quoted)}", style="dim", markup=False)
            case SentenceChecked(sentence, _) if not as_json:
                marks = "".join(f"[{number}]" for number in sentence.citations) or " (not found in the articles)"
                typer.echo(sentence.text + marks)
            case Answered(answer) | Declined(answer):
                pass
            case Failed(error):
                raise error
    assert answer is not None, "every stream ends with Answered or Declined"
    if as_json:
        print_json({**answer_as_json(answer), **_terms(filters, day)})
    elif answer.declined:
        typer.echo(answer.declined.message)
        _print_sources(answer.declined.nearest, answer.declined.shortfalls)
    else:
        cited = {number for sentence in answer.sentences for number in sentence.citations}
        _print_sources(tuple(source for source in answer.sources if source.number in cited))


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Serve the chat page until Ctrl-C; its address is printed once it answers."""
    from rag.web.server import serve as serve_page

    settings = settings_of(index, host=host, port=port)

    def ready(address: str) -> None:
        if as_json:
            print_json({"address": address})
        else:
            typer.echo(f"Footnote answers at {address} (Ctrl-C ends it)")

    messages.print("Loading the models, about 10 seconds …", style="dim")
    serve_page(settings, ready)


def _require_known(filters: Filters, library: SqliteLibrary) -> None:
    """Raises FilterError, before any model is loaded, where no article has what is asked for."""
    from rag.store.facets import require_known

    if filters:
        require_known(filters, library.facets())


def _terms(filters: Filters, as_of: date | None) -> dict[str, Any]:
    """On what terms a question was asked, for JSON."""
    from rag.core.serialization import filters_as_json

    return {"filters": filters_as_json(filters), "as_of": (as_of or date.today()).isoformat()}


def _print_sources(sources: tuple[Source, ...], shortfalls: tuple[str, ...] = ()) -> None:
    """The sources with their quotes, and below each why it does not answer, where that is given."""
    for at, source in enumerate(sources):
        typer.echo(f"[{source.number}] {title(source.header)}\n    {quoted(source.quoted)}")
        if at < len(shortfalls):
            typer.echo(f"    {shortfalls[at]}")
