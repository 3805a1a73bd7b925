"""``POST /api/v1/search``, ``GET /api/v1/articles/{id}`` and ``GET /api/v1/suggestions``."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query

from rag.chatbot import checked_question
from rag.core.errors import UnknownArticleError
from rag.core.serialization import filters_as_json, ranked_as_json
from rag.web.api.dependencies import CallerDep, RateLimitedCaller, ServicesDep, allowed_filters
from rag.web.api.request_schemas import Search
from rag.web.api.response_schemas import ArticleReply, SearchReply, SuggestionsReply

GONE = "There is no such article. Take the article_id of a source or a passage."
Offset = Annotated[int, Query(ge=0, le=1 << 40)]

routes = APIRouter(tags=["Articles"])


@routes.post("/search", response_model=SearchReply)
def search(body: Search, services: ServicesDep, caller: RateLimitedCaller) -> Any:
    """Find the passages that match a question best, without an answer."""
    question = checked_question(body.question, services.settings)
    filters = allowed_filters(body.filters.filters(), caller, services)
    looked_at = max(body.limit, services.settings.candidates)
    found = services.chatbot.retriever.retrieve(question, looked_at, filters=filters, as_of=body.as_of)
    return {
        "question": question,
        "filters": filters_as_json(filters),
        "as_of": body.as_of or date.today(),
        "passages": [ranked_as_json(passage) for passage in found.passages[: body.limit]],
    }


@routes.get("/articles/{article_id:path}", response_model=ArticleReply)
def article(
    article_id: str, services: ServicesDep, caller: CallerDep, start: Offset = 0, end: Offset | None = None
) -> Any:
    """Return an article, or characters `start` to `end` of its text."""
    header, found = services.library.header(article_id), services.library.article(article_id)
    if header is None or found is None or not caller.may_read(header):
        raise UnknownArticleError(GONE)
    length = len(found.text)
    start = min(start, length)
    end = length if end is None else max(start, min(end, length))
    return {
        "id": header.id,
        "title": header.title,
        "source": header.source,
        "url": header.url or None,
        "author": header.author,
        "date": header.date,
        "tags": list(header.tags),
        "language": header.language,
        "text_sha256": header.text_sha256,
        "length": length,
        "start": start,
        "end": end,
        "text": found.text[start:end],
    }


@routes.get("/suggestions", response_model=SuggestionsReply)
def suggestions(services: ServicesDep, caller: CallerDep) -> Any:
    """Suggest questions about the newest articles; different ones each time."""
    return {"questions": services.articles.suggestions(caller.may_read)}
