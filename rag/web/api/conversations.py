"""``/api/v1/conversations`` and ``/api/v1/feedback``: what a caller has asked, and what they say of the answers."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from rag.core.errors import UnknownChatError
from rag.store.conversations import Chat
from rag.web.api.dependencies import AtDesk, CountedCaller, FromCaller
from rag.web.api.request_schemas import Judgement, Renaming
from rag.web.api.response_schemas import (
    ConversationReply,
    ConversationsReply,
    DeletedReply,
    JudgementReply,
    WholeConversationReply,
)
from rag.web.conversations.feedback import feedback_on
from rag.web.conversations.serialization import exchange_as_json

Id = Annotated[str, Path(max_length=64)]
NOT_JUDGED = "This conversation has no answer of that number. Take the number that came with the answer."

routes = APIRouter(tags=["Conversations"])


@routes.get("/conversations", response_model=ConversationsReply)
def conversations(
    desk: AtDesk,
    caller: FromCaller,
    text: Annotated[str, Query(max_length=1000, description="Only those in which all of these words occur.")] = "",
    offset: Annotated[int, Query(ge=0, le=1 << 40)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> Any:
    """The caller's own conversations, the latest first. An offset past the end stands for the last page."""
    found = desk.chats.listing(caller.owner, text, offset, limit)
    return {"conversations": [_chat(chat) for chat in found.chats], "offset": found.offset, "total": found.total}


@routes.delete("/conversations", response_model=DeletedReply)
def delete_all(desk: AtDesk, caller: FromCaller) -> Any:
    """Delete all of the caller's conversations."""
    return {"deleted": desk.chats.delete_all(caller.owner)}


@routes.get("/conversations/{conversation}", response_model=WholeConversationReply)
def conversation(conversation: Id, desk: AtDesk, caller: FromCaller) -> Any:
    """A conversation with all of its questions, as far as they have come."""
    chat = desk.chats.chat(caller.owner, conversation)
    exchanges = desk.memory.conversation(caller.owner, conversation)
    return {**_chat(chat), "exchanges": [exchange_as_json(one) for one in exchanges]}


@routes.patch("/conversations/{conversation}", response_model=ConversationReply)
def rename(conversation: Id, body: Renaming, desk: AtDesk, caller: FromCaller) -> Any:
    """Give a conversation another title."""
    desk.chats.rename(caller.owner, conversation, body.title)
    return _chat(desk.chats.chat(caller.owner, conversation))


@routes.delete("/conversations/{conversation}", status_code=204)
def delete(conversation: Id, desk: AtDesk, caller: FromCaller) -> None:
    """Delete a conversation. It cannot be brought back."""
    desk.chats.delete(caller.owner, conversation)


@routes.post("/feedback", status_code=201, response_model=JudgementReply)
def judge(body: Judgement, desk: AtDesk, caller: CountedCaller) -> Any:
    """Say whether an answer was right; whoever evaluates Footnote reads it (`rag feedback export`)."""
    exchanges = desk.memory.conversation(caller.owner, body.conversation)
    before = [one for one in exchanges if one.number < body.number]
    judged = next((one for one in exchanges if one.number == body.number), None)
    given = feedback_on(judged, before, body.verdict, body.comment.strip()) if judged else None
    if given is None:
        raise UnknownChatError(NOT_JUDGED)
    desk.feedback.add(given)
    return {"verdict": body.verdict}


def _chat(chat: Chat) -> dict[str, Any]:
    return {
        "id": chat.id,
        "title": chat.title,
        "created_at": chat.created_at,
        "updated_at": chat.updated_at,
        "questions": chat.exchanges,
    }
