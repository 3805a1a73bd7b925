"""A served library with embeds, and tokens for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from rag.chatbot import Chatbot
from rag.core.settings import Settings
from rag.web.embed.filter_schema import FilterFields
from rag.web.embed.store import Embed, EmbedStore
from rag.web.embed.tokens import sign

PORTAL = "https://portal.example"
QUESTION = "Who climbed the steps of the harbour lamp for the last time?"


@dataclass(frozen=True)
class ApiSite:
    """A server, its embeds, and whoever asks it."""

    address: str
    settings: Settings
    embeds: EmbedStore
    chatbot: Chatbot

    def embed(self, name: str = "portal", origin: str = PORTAL, **filters: Any) -> Embed:
        return self.embeds.create(name, (origin,), FilterFields(**filters))

    def ask(self, body: dict[str, Any], path: str = "ask", **headers: str) -> httpx.Response:
        return httpx.post(f"{self.address}/api/v1/{path}", json=body, headers=headers, timeout=30)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return httpx.get(f"{self.address}/api/v1/{path}", headers=headers, timeout=30)


def bearer(embed: Embed, subject: str = "ada", origin: str = PORTAL) -> dict[str, str]:
    return {"Authorization": f"Bearer {sign(embed, subject, origin)}"}
