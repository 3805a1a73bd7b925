"""The web application: the chat page, and what a monitor asks."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.chatbot import Chatbot, library_file
from rag.feedback import FeedbackStore
from rag.library import SqliteLibrary
from rag.settings import Settings
from rag.web import editing, receiving, strings, theme
from rag.web.intake import Ingest, Intake
from rag.web.page import mount_page
from rag.web.running import Running
from rag.web.shelf import Shelf
from rag.web.uploads import Uploads

HEADERS = {
    # Gradio's page runs scripts of its own that are inline or evaluated; all of them come from here.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(chatbot: Chatbot, settings: Settings, ingest: Ingest | None = None) -> FastAPI:
    """The page at "/", and at "/healthz" how many articles and passages are served by which model.

    ``ingest`` adds articles from the page, for those whom the setting ``library_editing`` allows it; without it nobody
    may change anything. ``app.state.close`` stops every answer and ingest, and lets go of open pages; a server calls
    it before it ends.
    """
    running = Running()
    library, uploads = SqliteLibrary.open(library_file(settings)), Uploads(settings.index)
    intake = Intake(ingest, uploads, library)
    allowed = settings if ingest else settings.model_copy(update={"library_editing": "off"})
    refusal = partial(editing.refusal, allowed)

    app = FastAPI(title=strings.NAME, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(Guard)

    @app.get("/healthz")
    def healthz() -> dict[str, str | int]:
        statistics = chatbot.library.statistics()
        return {
            "status": "ok",
            "articles": statistics.articles,
            "passages": statistics.passages,
            "model": chatbot.model,
        }

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(theme.favicon(), media_type="image/svg+xml")

    app.include_router(receiving.router(uploads, intake, refusal))
    close_page = mount_page(
        app, chatbot, running, FeedbackStore(settings.index), Shelf(library, uploads), intake, refusal
    )

    def close() -> None:
        running.close()
        intake.close()
        close_page()

    app.state.close = close
    return app


class Guard:
    """Adds the headers that keep a page from loading or sending anything elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, send_guarded if scope["type"] == "http" else send)
