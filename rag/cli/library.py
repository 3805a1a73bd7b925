"""``rag list | show | remove | stats | backup | doctor``: maintain the library."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.console import AsJson, Index, Yes, messages, print_json, print_result, settings_of
from rag.core.errors import UnknownArticleError, UsageError

if TYPE_CHECKING:
    from rag.core.settings import Settings
    from rag.core.types import ArticleHeader
    from rag.store import SqliteLibrary

SUGGESTIONS = 3
"""Similar ids offered for an unknown one, of each kind."""
MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}


def list_articles(
    limit: Annotated[int, typer.Option(min=1, help="Articles to show.")] = 50,
    offset: Annotated[int, typer.Option(min=0, help="Articles to skip first.")] = 0,
    find: Annotated[
        str, typer.Option(metavar="TEXT", help="Only articles with this in title, id, author, source, address or path.")
    ] = "",
    source: Annotated[str | None, typer.Option(help="Only articles of this source, spelled exactly.")] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """List the articles, the newest first."""
    with _library(settings_of(index)) as library:
        headers = library.find(find, limit, offset, source)
        total = library.count_found(find, source)
    if as_json:
        print_json({"total": total, "offset": offset, "articles": [_header_as_json(header) for header in headers]})
        return
    for header in headers:
        marked = f" (nearly the same as {header.duplicate_of})" if header.duplicate_of else ""
        parts = (header.date, header.title, header.source)
        typer.echo(f"{header.id}  {' · '.join(str(part) for part in parts if part)}{marked}")
    if len(headers) < total:
        shown = f"{offset + 1} to {offset + len(headers)}" if headers else "None"
        messages.print(f"{shown} of {total:,} shown. See others with --offset, --limit or --find.", style="dim")
    elif not total:
        messages.print("No article matches. Omit --find and --source to see all of them.", style="dim")


def show(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="Id of an article, as rag list shows it.")],
    text: Annotated[bool, typer.Option("--text", help="Print only the text.")] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Show an article: its metadata, origins, duplicates and text."""
    with _library(settings_of(index)) as library:
        header, article = library.header(article_id), library.article(article_id)
        if header is None or article is None:
            raise _unknown(library, [article_id])
        passages = library.passages_of(article_id)
        origins, duplicates = library.origins(article_id), library.duplicates(article_id)
    if as_json:
        print_json(
            {
                **_header_as_json(header), "author": header.author, "tags": list(header.tags),
                "language": header.language, "origins": origins, "passages": passages, "pages": len(header.pages),
                "duplicates": duplicates, "text_sha256": header.text_sha256, "text": article.text,
            }
        )  # fmt: skip
        return
    if not text:
        facts = {
            "Id": header.id, "Title": header.title, "Source": header.source, "Date": header.date,
            "Author": header.author, "Address": header.url, "Language": header.language,
            "Tags": ", ".join(header.tags), "Read from": "\n           ".join(origins), "Passages": passages,
            "Pages": len(header.pages), "Same as": header.duplicate_of, "Also in": ", ".join(duplicates),
        }  # fmt: skip
        typer.echo("".join(f"{name + ':':<10} {value}\n" for name, value in facts.items() if value))
    typer.echo(article.text)


def remove(
    article_ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of articles, as rag list shows them.")],
    yes: Yes = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Remove articles from the index; the files they were read from are kept."""
    from rag.store.lock import index_lock
    from rag.store.vector_index import FaissIndex

    settings = settings_of(index)
    wanted = list(dict.fromkeys(article_ids))
    with _library(settings) as library:
        headers = [library.header(article_id) for article_id in wanted]
        unknown = [article_id for article_id, header in zip(wanted, headers, strict=True) if header is None]
        if unknown:
            raise _unknown(library, unknown)
        if not yes:
            _confirm([header for header in headers if header])
        with index_lock(settings.index, say=messages.print):
            gone = library.remove(wanted)
            FaissIndex(library, settings.index, library.dimensions).refresh()
    removed = [f"Removed: {header.id}  {header.title}" for header in headers if header and header.id in gone]
    print_result(as_json, {"removed": gone}, "\n".join(removed))


def stats(index: Index = None, as_json: AsJson = False) -> None:
    """Show what the index contains and how much space it takes."""
    with _library(settings_of(index)) as library:
        found = {
            **asdict(library.statistics()),
            "dimensions": library.dimensions,
            "duplicates": library.duplicate_count(),
            "articles_by_source": library.sources(),
            "index": str(library.file.parent),
        }
    sources = [f"{count:>8,}  {source or '(no source named)'}" for source, count in found["articles_by_source"].items()]
    text = (
        f"{found['articles']:,} articles from {found['sources']:,} sources, {found['duplicates']:,} of them nearly the "
        f"same as another\n{found['passages']:,} passages, {found['sentences']:,} sentences\n"
        f"{found['bytes'] / 1e6:,.1f} MB in {found['index']}\n"
        f"Embedder {found['embedder']}, generation {found['generation']}"
    )
    print_result(as_json, found, "\n".join([text, *sources]))


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write the copy to.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Copy the library into one file and verify the copy; safe while an ingest or a server runs."""
    with _library(settings_of(index)) as library, messages.status("Copying the library …"):
        size = library.backup(file, overwrite=force)
        articles = library.statistics().articles
    text = f"{file} holds a verified copy: {articles:,} articles, {size / 1e6:,.1f} MB."
    print_result(as_json, {"file": str(file), "bytes": size}, text)


def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild damaged derived data.")] = False,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Check the index, the models, the disk and the permissions; exit code 1 if there is a problem."""
    from rag.cli import doctor as examination

    settings = settings_of(index)
    with messages.status("Checking …"):
        repaired = examination.repair(settings) if repair else []
        checks = examination.examine(settings)
    problems = [check for check in checks if check.state == "problem"]
    lines = [f"Repaired: {sentence}" for sentence in repaired]
    lines += [f"{MARKS[check.state]} {check.name}: {check.message} {check.remedy}".rstrip() for check in checks]
    found = {"healthy": not problems, "repaired": repaired, "checks": [asdict(check) for check in checks]}
    print_result(as_json, found, "\n".join(lines))
    if problems:
        raise typer.Exit(1)


@contextmanager
def _library(settings: Settings) -> Iterator[SqliteLibrary]:
    """Open the library of the settings, whichever embedder made it."""
    from rag import store

    with closing(store.SqliteLibrary.open(settings.index / store.FILE)) as opened:
        yield opened


def _confirm(headers: Sequence[ArticleHeader]) -> None:
    """Abort unless a person confirms. Raises UsageError if stdin is no terminal."""
    if not _is_interactive():
        raise UsageError("Nothing was removed: there is no terminal to ask on. Add --yes to remove without asking.")
    for header in headers:
        typer.echo(f"{header.id}  {header.title}", err=True)
    typer.confirm(
        f"Remove {'this article' if len(headers) == 1 else f'these {len(headers)} articles'}?", abort=True, err=True
    )


def _is_interactive() -> bool:
    return sys.stdin.isatty()


def _unknown(library: SqliteLibrary, unknown: Sequence[str]) -> UnknownArticleError:
    """Return the error for unknown ids; it suggests similar ids, and ids that contain one of them."""
    ids = library.ids()
    close: list[str] = []
    for article_id in unknown:
        close += difflib.get_close_matches(article_id, ids, SUGGESTIONS)
        close += [one for one in ids if article_id.lower() in one.lower()][:SUGGESTIONS]
    named = ", ".join(f"'{article_id}'" for article_id in unknown)
    near = ", ".join(dict.fromkeys(close[: 2 * SUGGESTIONS]))
    hint = f"Did you mean {near}?" if near else "See all of them with: rag list"
    return UnknownArticleError(f"No article has the id {named}. {hint}")


def _header_as_json(header: ArticleHeader) -> dict[str, Any]:
    return {
        "id": header.id,
        "title": header.title,
        "source": header.source,
        "url": header.url or None,
        "date": header.date.isoformat() if header.date else None,
        "duplicate_of": header.duplicate_of,
    }
