"""``/api/v1/conversations`` and ``/api/v1/feedback``: a caller's stored questions, and feedback on the answers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from rag.core.errors import UnknownChatError
from rag.store.conversations import Chat
from rag.web.api.dependencies import CallerDep, RateLimitedCaller, ServicesDep
from rag.web.api.request_schemas import Judgement, Renaming
from rag.web.api.response_schemas import (
    ConversationReply,
    ConversationsReply,
    DeletedReply,
    JudgementReply,
    WholeConversationReply,
)
from rag.web.conversations.serialization import exchange_as_json, feedback_on

Id = Annotated[str, Path(max_length=64)]
NO_SUCH_ANSWER = "This conversation has no answer with that number. Send the number that came with the answer."

routes = APIRouter(tags=["Conversations"])


@routes.get("/conversations", response_model=ConversationsReply)
def conversations(
    services: ServicesDep,
    caller: CallerDep,
    text: Annotated[
        str, Query(max_length=1000, description="Only conversations that contain all of these words.")
    ] = "",
    offset: Annotated[int, Query(ge=0, le=1 << 40)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Any:
    """List the caller's conversations, the latest first. An offset past the end returns the last page."""
    found = services.chats.listing(caller.owner, text, offset, limit)
    return {"conversations": [_chat(chat) for chat in found.chats], "offset": found.offset, "total": found.total}


@routes.delete("/conversations", response_model=DeletedReply)
def delete_all(services: ServicesDep, caller: CallerDep) -> Any:
    """Delete all conversations of the caller. This cannot be undone."""
    return {"deleted": services.chats.delete_all(caller.owner)}


@routes.get("/conversations/{conversation}", response_model=WholeConversationReply)
def conversation(conversation: Id, services: ServicesDep, caller: CallerDep) -> Any:
    """Return a conversation with all of its questions, including the one in progress."""
    chat = services.chats.chat(caller.owner, conversation)
    exchanges = services.memory.conversation(caller.owner, conversation)
    return {**_chat(chat), "exchanges": [exchange_as_json(one) for one in exchanges]}


@routes.patch("/conversations/{conversation}", response_model=ConversationReply)
def rename(conversation: Id, body: Renaming, services: ServicesDep, caller: CallerDep) -> Any:
    """Rename a conversation."""
    services.chats.rename(caller.owner, conversation, body.title)
    return _chat(services.chats.chat(caller.owner, conversation))


@routes.delete("/conversations/{conversation}", status_code=204)
def delete(conversation: Id, services: ServicesDep, caller: CallerDep) -> None:
    """Delete a conversation. This cannot be undone."""
    services.chats.delete(caller.owner, conversation)


@routes.post("/feedback", status_code=201, response_model=JudgementReply)
def judge(body: Judgement, services: ServicesDep, caller: RateLimitedCaller) -> Any:
    """Store feedback on an answer, for `rag feedback export`."""
    exchanges = services.memory.conversation(caller.owner, body.conversation)
    before = [one for one in exchanges if one.number < body.number]
    judged = next((one for one in exchanges if one.number == body.number), None)
    given = feedback_on(judged, before, body.verdict, body.comment.strip()) if judged else None
    if given is None:
        raise UnknownChatError(NO_SUCH_ANSWER)
    services.feedback.add(given)
    return {"verdict": body.verdict}


def _chat(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "title": chat.title,
        "created_at": chat.created_at,
        "updated_at": chat.updated_at,
        "questions": chat.exchanges,
    }
