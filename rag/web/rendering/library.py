"""The library view → HTML. Pure; every text from outside is escaped, as in text.py.

Buttons say in ``data-do`` what they are for, and in further ``data-`` attributes with what; library.js passes these on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote

from rag.core.types import Article, ArticleHeader, Span
from rag.ingest.readers.document import MAX_BYTES
from rag.web.i18n import strings
from rag.web.library.articles import PAGE, Listing, Opened, Origin, Row
from rag.web.library.ingest_job import Work
from rag.web.rendering.escaping import day, note, plain, web_address
from rag.web.rendering.highlighting import marked

MEBIBYTES = MAX_BYTES >> 20
FAILED_SHOWN = 50
HEADINGS = {1: "h3", 2: "h4"}


def key_of(article_id: str) -> str:
    """An article's id as an attribute holds it, whatever characters it has."""
    return quote(article_id, safe="", errors="surrogatepass")


def id_of(key: str) -> str:
    """What ``key_of`` was given."""
    return unquote(key, errors="surrogatepass")


# Adding


def drop_zone() -> str:
    """Where files are dropped or chosen; library.js sends them, and says so in the words given here."""
    words = {
        "limit": str(MAX_BYTES),
        "sending": strings.SENDING,
        "not-sent": strings.NOT_SENT,
        "too-large": strings.TOO_LARGE.format(size=MEBIBYTES),
        "unreachable": strings.UNREACHABLE,
        "folder": strings.IS_FOLDER,
    }
    attributes = "".join(f' data-{name}="{plain(value)}"' for name, value in words.items())
    return (
        f'<div class="fn-drop"{attributes}><label class="fn-zone">'
        f'<span class="fn-zone-words">{strings.DROP} <span class="fn-choose">{strings.CHOOSE_FILES}</span></span>'
        f'<small id="drop-more">{strings.DROP_MORE.format(size=MEBIBYTES)}</small>'
        f'<input type="file" multiple aria-label="{strings.ADD_ARTICLES}" aria-describedby="drop-more"></label>'
        '<div class="fn-sending" aria-live="polite"></div></div>'
    )


def work(now: Work) -> str:
    """How the adding stands, or what came of it; nothing where nobody added anything."""
    if now.stage == "idle":
        return ""
    return _running(now) if now.is_running else _ended(now)


def announcement(now: Work) -> str:
    """What a screen reader is told of it: not every step, but each quarter of the way."""
    if now.stage == "idle":
        return ""
    if not now.is_running:
        return plain(_summary(now))
    quarter = int(now.progress.share * 4) * 25 if now.progress else 0
    return plain(f"{_doing(now)} {quarter} %" if now.stage == "reading" and quarter else _doing(now))


def _running(now: Work) -> str:
    progress = now.progress
    percent = round(100 * progress.share) if progress else 0
    value = f' aria-valuenow="{percent}" style="--fn-share: {percent}%"' if progress else ""
    figures = strings.figures(progress) if progress else strings.STARTING
    in_hand = f'<p class="fn-in-hand"><bdi>{plain(progress.article)}</bdi></p>' if progress else ""
    return (
        f'<section class="fn-work fn-running fn-{now.stage}"><p class="fn-doing" dir="auto">{plain(_doing(now))}</p>'
        f'<div class="fn-bar" role="progressbar" aria-label="{plain(_doing(now))}" aria-valuemin="0" '
        f'aria-valuemax="100"{value}><span></span></div>'
        f'<p class="fn-figures">{figures if now.stage == "reading" else ""}</p>{in_hand}</section>'
    )


def _doing(now: Work) -> str:
    if now.stage == "waiting":
        return strings.WAITING
    return strings.STOPPING if now.stage == "stopping" else strings.adding(now.names)


def _ended(now: Work) -> str:
    parts = [f'<p class="fn-doing">{plain(_summary(now))}</p>']
    if now.failed:
        items = "".join(
            f'<li><strong dir="auto">{plain(name)}</strong> <bdi>{plain(reason or strings.UNEXPECTED)}</bdi></li>'
            for name, reason in now.failed[:FAILED_SHOWN]
        )
        more = len(now.failed) - FAILED_SHOWN
        items += f"<li>{strings.more(more)}</li>" if more > 0 else ""
        parts.append(f'<h2>{strings.NOT_READ}</h2><ul class="fn-failed">{items}</ul>')
    if now.stored:
        parts.append(f'<h2>{strings.STORED}</h2><ul class="fn-stored">{_links(now.stored)}</ul>')
    outcome = "fn-partly" if now.failed or now.stage == "stopped" else "fn-well"
    return (
        f'<section class="fn-work {outcome}">{"".join(parts)}'
        f'<button class="fn-quiet" data-do="dismiss">{strings.DISMISS}</button></section>'
    )


def _summary(now: Work) -> str:
    outcome = strings.outcome(now.added, now.changed, now.unchanged, now.removed) or strings.NOTHING_ADDED
    failed = f" {strings.failed(len(now.failed))}" if now.failed else ""
    return f"{strings.CANCELLED + ' ' if now.stage == 'stopped' else ''}{outcome}.{failed}"


def problem(reason: str) -> str:
    """Why something was not done; nothing where there is no reason."""
    return f'<p class="fn-problem" role="alert" dir="auto">{plain(reason)}</p>' if reason else ""


# The list


def listing(found: Listing, may_edit: bool, chosen: str = "") -> str:
    """A page of the list; ``chosen`` is the id of the article that is being read."""
    if not found.rows:
        if found.text:
            return note(plain(strings.NOTHING_FOUND.format(text=found.text)))
        return note(strings.EMPTY_LIBRARY if may_edit else strings.EMPTY_READ_ONLY)
    last = found.offset + len(found.rows)
    rows = "".join(f"<li>{_row(row, row.header.id == chosen)}</li>" for row in found.rows)
    which = plain(strings.shown(found.offset + 1, last, found.total, found.text))
    return (
        f'<p class="fn-shown" role="status" tabindex="-1">{which}</p>'
        f'<ol class="fn-rows" start="{found.offset + 1}">{rows}</ol>{_pager(found, last)}'
    )


def _row(row: Row, chosen: bool) -> str:
    head = row.header
    facts = (head.source, day(head.date), strings.passages(row.passages))
    same = ""
    if row.same_as:
        same = f'<span class="fn-same" dir="auto">{plain(strings.NEARLY_THE_SAME.format(title=row.same_as))}</span>'
    return (
        f'<button class="fn-row" data-do="open" data-article="{key_of(head.id)}" aria-pressed="{str(chosen).lower()}">'
        f'<span class="fn-title"><bdi>{_title(head)}</bdi></span>'
        f'<span class="fn-outlet">{" · ".join(f"<bdi>{plain(fact)}</bdi>" for fact in facts if fact)}</span>'
        f"{same}</button>"
    )


def _pager(found: Listing, last: int) -> str:
    if found.total <= PAGE:
        return ""
    newer = _turn(strings.NEWER, "←", _page(max(0, found.offset - PAGE)) if found.offset else "disabled")
    older = _turn(strings.OLDER, "→", _page(last) if last < found.total else "disabled")
    return f'<nav class="fn-pager" aria-label="{strings.LIST_PAGES}">{newer}{older}</nav>'


def _page(offset: int) -> str:
    return f'data-do="page" data-to="{offset}"'


def _turn(label: str, arrow: str, attributes: str) -> str:
    """A button to turn with; its attributes say where to."""
    sign = f'<span class="fn-arrow" aria-hidden="true">{arrow}</span>'
    return f'<button class="fn-quiet" {attributes}>{f"{sign} {label}" if arrow == "←" else f"{label} {sign}"}</button>'


# One article


def nothing_opened() -> str:
    """In place of an article before one is chosen."""
    return f'<section class="fn-panel fn-idle">{note(strings.CHOOSE_ARTICLE)}</section>'


def gone() -> str:
    """In place of an article that is not there any more."""
    return _message(strings.ARTICLE_GONE)


def removed(title: str) -> str:
    return _message(strings.REMOVED.format(title=title or strings.UNTITLED))


def refused(reason: str) -> str:
    """In place of what was asked for."""
    return _message(reason)


def opened(found: Opened, may_edit: bool) -> str:
    """An article to read, what is known of it, and how to remove it."""
    article = found.article
    turning = parts(found, f'data-do="open" data-article="{key_of(article.id)}"')
    return (
        f'<article class="fn-article" data-opened="{key_of(article.id)}-{found.part}" aria-label="{strings.ARTICLE}">'
        f'<button class="fn-quiet fn-close" data-do="close">'
        f'<span class="fn-arrow" aria-hidden="true">←</span> '
        f"{strings.ALL_ARTICLES}</button>"
        f'<h2 tabindex="-1" dir="auto">{plain(article.title) or strings.UNTITLED}</h2>'
        f"{facts(_facts(found))}{_removal(article.id) if may_edit else ''}{turning}{prose(found)}{turning}</article>"
    )


def facts(known: Mapping[str, str]) -> str:
    """What is known of an article, by its name: those that are known."""
    rows = (f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in known.items() if value)
    return f'<dl class="fn-facts">{"".join(rows)}</dl>'


def _facts(found: Opened) -> Mapping[str, str]:
    article = found.article
    sizes = [strings.words(len(article.text.split())), strings.passages(found.passages)]
    if article.pages:
        sizes.insert(0, strings.pages(len(article.pages)))
    return {
        strings.SOURCE: own(article.source),
        strings.DATE: day(article.date),
        strings.AUTHOR: own(article.author),
        strings.ADDRESS: address(article.url),
        strings.READ_FROM: "".join(f"<span>{_origin(origin)}</span>" for origin in found.origins),
        strings.SIZE: " · ".join(sizes),
        strings.TAGS: own(", ".join(article.tags)),
        strings.SAME_AS: _jump(found.same_as) if found.same_as else "",
        strings.COPIES: "".join(_jump(copy) for copy in found.copies),
    }


def own(words: str) -> str:
    """Words from outside, each in its own direction; nothing where there are none."""
    return f"<bdi>{plain(words)}</bdi>" if words else ""


def _origin(origin: Origin) -> str:
    linked = address(origin.name)
    if linked:
        return linked
    uploaded = f" <small>({strings.UPLOADED})</small>" if origin.is_upload else ""
    return f"<bdi>{plain(origin.name)}</bdi>{uploaded}"


def address(url: str) -> str:
    """A link to an address of the web; nothing for any other."""
    safe = plain(web_address(url))
    if not safe:
        return ""
    return (
        f'<a href="{safe}" target="_blank" rel="noopener noreferrer nofollow"><bdi>{safe}</bdi>'
        f'<span class="fn-sr"> ({strings.OPENS_NEW_TAB})</span></a>'
    )


def _removal(article_id: str) -> str:
    """Folded away, so that it takes two steps; the second one says what it does."""
    return (
        f'<details class="fn-remove"><summary>{strings.REMOVE}</summary><p>{strings.REMOVE_MORE}</p>'
        f'<button class="fn-danger" data-do="remove" data-article="{key_of(article_id)}">{strings.REMOVE_NOW}</button>'
        f'<button class="fn-quiet" data-fold>{strings.KEEP}</button></details>'
    )


def parts(found: Opened, attributes: str) -> str:
    """Buttons for the parts before and after; ``data-to`` says which, and ``attributes`` of what."""
    if found.parts == 1:
        return ""
    before, after = (
        f'{attributes} data-to="{to}"' if 0 <= to < found.parts else "disabled"
        for to in (found.part - 1, found.part + 1)
    )
    before, after = _turn(strings.BEFORE, "←", before), _turn(strings.AFTER, "→", after)
    where = strings.part(found.part, found.parts)
    return f'<div class="fn-pager" role="group" aria-label="{strings.PARTS}">{before}<span>{where}</span>{after}</div>'


def prose(found: Opened, quoted: Sequence[Span] = ()) -> str:
    """The text as it was stored, with its headings as headings, a mark where a page begins, and quoted words marked."""
    article = found.article
    shown: list[str] = []
    at = found.start
    for offset, end, markup in sorted(_marks(article, quoted)):
        if not found.start <= offset < found.end or offset < at:
            continue
        shown += [_paragraph(article, at, offset, quoted), markup]
        at = end
    shown.append(_paragraph(article, at, found.end, quoted))
    return f'<div class="fn-prose" dir="auto" lang="{plain(article.language)}">{"".join(shown)}</div>'


def _marks(article: Article, quoted: Sequence[Span]) -> Iterable[tuple[int, int, str]]:
    """(start, end, markup) of what stands in place of that stretch of the text."""
    for number, offset in enumerate(article.pages, start=1):
        yield offset, offset, f'<p class="fn-page">{strings.page(number)}</p>'
    for heading in article.headings:
        tag = HEADINGS.get(heading.level, "h5")
        words = marked(article.text[heading.start : heading.end], heading.start, quoted)
        yield heading.start, heading.end, f"<{tag}>{words}</{tag}>"


def _paragraph(article: Article, start: int, end: int, quoted: Sequence[Span]) -> str:
    words = marked(article.text[start:end], start, quoted).strip("\n")
    return f"<p>{words}</p>" if words.strip() else ""


def _links(headers: Iterable[ArticleHeader]) -> str:
    return "".join(f"<li>{_jump(header)}</li>" for header in headers)


def _jump(header: ArticleHeader) -> str:
    opening = f'data-do="open" data-article="{key_of(header.id)}"'
    return f'<button class="fn-jump" {opening}><bdi>{_title(header)}</bdi></button>'


def _title(header: ArticleHeader) -> str:
    return plain(header.title) or strings.UNTITLED


def _message(words: str) -> str:
    return (
        f'<section class="fn-panel"><p class="fn-note" role="status" tabindex="-1" dir="auto">{plain(words)}</p>'
        "</section>"
    )
