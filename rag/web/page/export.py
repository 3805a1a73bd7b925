"""Download a conversation as Markdown or JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request, Response

from rag.core.errors import RagError, UnknownChatError
from rag.core.serialization import displayable
from rag.store.conversations import Chat
from rag.web.auth.identity import reader_of
from rag.web.conversations.exchange import Exchange
from rag.web.conversations.serialization import exchange_as_json
from rag.web.conversations.session import Memory
from rag.web.i18n import strings
from rag.web.rendering import markdown


def as_markdown(chat: Chat, exchanges: Sequence[Exchange]) -> str:
    return markdown.conversation(chat.title, exchanges)


def as_json(chat: Chat, exchanges: Sequence[Exchange]) -> str:
    """The answers in the form of ``rag ask --json``; of a question without one what came of it."""
    found = {
        "title": chat.title,
        "created_at": chat.created_at.isoformat(),
        "updated_at": chat.updated_at.isoformat(),
        "exchanges": [exchange_as_json(one) for one in exchanges],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def router(memory: Memory) -> APIRouter:
    """Return the routes ``GET /chats/ID.md`` and ``GET /chats/ID.json`` of a reader's own conversations.

    They answer 404 for any other conversation, and 503 if the store cannot be read, with a sentence.
    """
    routes = APIRouter()

    @routes.get("/chats/{chat}.{form}")
    def export(chat: str, form: str, request: Request) -> Response:
        if form not in WRITERS:
            return Response(strings.CHAT_GONE, 404, media_type="text/plain")
        media_type, written = WRITERS[form]
        owner = reader_of(request)
        try:
            about, exchanges = memory.chat(owner, chat), memory.conversation(owner, chat)
        except UnknownChatError:
            return Response(strings.CHAT_GONE, 404, media_type="text/plain")
        except RagError as error:
            return Response(str(error), 503, media_type="text/plain")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file_name(about.title, form))}",
            "Cache-Control": "no-store",
        }
        return Response(written(about, exchanges), media_type=media_type, headers=headers)

    return routes


def file_name(title: str, form: str) -> str:
    """Return a file name that is valid on every system."""
    words = re.sub(r"[^\w\s-]", "", displayable(title)).split()
    return f"{' '.join(words)[:60].strip() or strings.NAME}.{form}"


WRITERS = {"md": ("text/markdown", as_markdown), "json": ("application/json", as_json)}
"""By the extension of the file: its media type and its writer."""
