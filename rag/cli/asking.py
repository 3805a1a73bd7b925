"""``rag search | ask | serve``: questions in, answers out."""

from __future__ import annotations

from typing import Annotated

import typer

from rag.cli.console import AsJson, Index, messages, open_embedder, print_json, settings_of, status
from rag.types import Answer, Answered, ArticleHeader, Declined, QuoteFound, SentenceChecked, Source


def search(
    question: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    limit: Annotated[int, typer.Option(min=1, max=200, help="Passages to show.")] = 5,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Show the passages that fit a question best, without asking the answering model."""
    from rag import chatbot
    from rag.wire import ranked_as_json

    settings = settings_of(index)
    question = chatbot.checked_question(question, settings)
    library = chatbot.open_library(settings)
    retriever = chatbot.open_retriever(library, open_embedder(settings), settings)
    found = retriever.retrieve(question, max(limit, settings.candidates)).passages[:limit]
    if as_json:
        print_json({"question": question, "passages": [ranked_as_json(passage) for passage in found]})
        return
    for passage in found:
        typer.echo(
            f"{passage.rank}. {_title(passage.header)}\n   {_quoted(passage.passage.words_of(passage.best.span))}"
        )


def ask(
    question: Annotated[str, typer.Argument(help="A question about the articles.")],
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question from the articles, each sentence with its sources."""
    from rag import chatbot
    from rag.wire import answer_as_json

    settings = settings_of(index)
    question = chatbot.checked_question(question, settings)
    with status("Loading the models …"):
        bot = chatbot.Chatbot.open(settings)
    answer: Answer | None = None
    for event in bot.stream(question):
        match event:
            case QuoteFound(source) if not as_json:
                messages.print(f"Closest words: {_quoted(source.quoted)}", style="dim", markup=False)
            case SentenceChecked(sentence, _) if not as_json:
                marks = "".join(f"[{number}]" for number in sentence.citations) or " (not found in the articles)"
                typer.echo(sentence.text + marks)
            case Answered(answer) | Declined(answer):
                pass
    assert answer is not None, "every stream ends with Answered or Declined"
    if as_json:
        print_json(answer_as_json(answer))
    elif answer.declined:
        typer.echo(answer.declined.message)
        _print_sources(answer.declined.nearest)
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


def _print_sources(sources: tuple[Source, ...]) -> None:
    for source in sources:
        typer.echo(f"[{source.number}] {_title(source.header)}\n    {_quoted(source.quoted)}")


def _title(header: ArticleHeader) -> str:
    return " · ".join(str(part) for part in (header.title, header.source, header.date) if part)


def _quoted(words: str) -> str:
    return f"“{' '.join(words.split())}”"
