"""The web application: the chat page, the API, the widget and the health check."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.chatbot import Chatbot
from rag.core.errors import RagError
from rag.core.settings import Settings
from rag.store import FILE, SqliteLibrary
from rag.store.conversations import ChatStore
from rag.store.feedback import FeedbackStore
from rag.web.api.app import ApiMiddleware, create_api
from rag.web.api.cors import CorsMiddleware
from rag.web.api.dependencies import Services
from rag.web.api.queue import QuestionQueue
from rag.web.api.rate_limits import RateLimits
from rag.web.auth import permissions
from rag.web.auth.identity import reader_of
from rag.web.auth.middleware import AccessMiddleware
from rag.web.auth.sessions import Sessions
from rag.web.conversations.cancellation import RunningAnswers
from rag.web.conversations.session import Memory
from rag.web.embed.store import EmbedStore
from rag.web.embed.tokens import TokenVerifier
from rag.web.i18n import middleware, strings
from rag.web.i18n.middleware import LanguageMiddleware
from rag.web.library.articles import ArticleService
from rag.web.library.ingest_job import IngestFunction, IngestJob
from rag.web.library.uploads import Uploads
from rag.web.page import export, upload_routes
from rag.web.page.document_middleware import DocumentMiddleware
from rag.web.static import routes
from rag.web.static.routes import CacheControlMiddleware
from rag.web.widget.routes import router as widget_router

HEADERS = {
    # Gradio's page runs inline and evaluated scripts; all of them are served from here.
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(
    chatbot: Chatbot, settings: Settings, ingest: IngestFunction | None = None, *, page: bool = True
) -> FastAPI:
    """Create the application: the page at "/", the API, the widget, and "/healthz".

    A server calls ``app.state.close`` before it ends: it stops every answer and ingest, and closes open pages.

    Args:
        ingest: adds articles from the page, for those whom the setting ``library_editing`` allows it; without it
            nobody may change the library.
        page: False for the API and the widget alone, without importing Gradio.

    Raises:
        SettingsError: if other machines can reach the page and it has no login.
        ServeError: if sessions cannot be stored.
    """
    permissions.require_login(settings)
    running = RunningAnswers()
    sessions = Sessions(settings) if settings.viewer_password or settings.editor_password else None
    library, uploads = SqliteLibrary.open(settings.index / FILE), Uploads(settings.index)
    ingest_job = IngestJob(ingest, uploads, library)
    chats = ChatStore(settings.index, settings.chat_days)
    with suppress(RagError):  # The page tells the reader what is wrong with the file.
        chats.expire()
    memory, feedback, articles = Memory(chats), FeedbackStore(settings.index), ArticleService(library, uploads)
    embeds = EmbedStore(settings.index)
    services = Services(
        chatbot, library, articles, chats, memory, feedback, running, settings, RateLimits(settings), QuestionQueue()
    )
    allowed = settings if ingest else settings.model_copy(update={"library_editing": "off"})
    refusal = partial(permissions.refusal, allowed)

    app = FastAPI(title=strings.NAME, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(CacheControlMiddleware)
    app.add_middleware(DocumentMiddleware)
    app.add_middleware(ApiMiddleware, create_api(services, TokenVerifier(embeds, offline=settings.offline)))
    app.add_middleware(AccessMiddleware, settings, sessions)
    app.add_middleware(CorsMiddleware, embeds)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(LanguageMiddleware, settings.language)

    @app.get("/healthz")
    def healthz(request: Request) -> dict[str, str | int]:
        if not reader_of(request):
            return {"status": "ok"}
        statistics = chatbot.library.statistics()
        return {
            "status": "ok",
            "articles": statistics.articles,
            "passages": statistics.passages,
            "model": chatbot.model,
        }

    app.include_router(routes.router())
    app.include_router(middleware.router())
    app.include_router(export.router(memory))
    app.include_router(upload_routes.router(uploads, ingest_job, refusal))
    app.include_router(widget_router(embeds))
    closing = [running.close, ingest_job.close]
    if page:
        from rag.web.page.mount import Page, mount_page  # Gradio takes seconds to import.

        parts = (chatbot, running, chats, memory, feedback, articles, ingest_job, refusal)
        closing.append(mount_page(app, lambda blocks: Page(blocks, *parts)))

    def close() -> None:
        for end in closing:
            end()

    app.state.close = close
    return app


class SecurityHeadersMiddleware:
    """Add the headers that keep a page from other origins and out of frames, unless it has set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
