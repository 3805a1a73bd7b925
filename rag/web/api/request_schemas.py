"""Request bodies of the API. Unknown fields are refused."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from rag.core.types import Turn
from rag.store.feedback import Verdict
from rag.web.embed.filter_schema import FilterFields

QUESTION_CHARACTERS = 100_000
"""An upper bound for any request; the setting ``question_characters`` is the limit that callers are told."""
Text = Annotated[str, Field(max_length=QUESTION_CHARACTERS)]
ChatId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class EarlierTurn(_Body):
    """An earlier question and its answer."""

    question: Text
    answer: Text


class Question(_Body):
    """A question about the articles."""

    question: Annotated[Text, Field(min_length=1)]
    conversation: ChatId | None = Field(
        default=None, description="The conversation to continue; a new one if not given."
    )
    again: bool = Field(default=False, description="Whether to replace the last question of the conversation.")
    history: tuple[EarlierTurn, ...] | None = Field(
        default=None,
        max_length=100,
        description="The earlier turns, for callers that store them themselves; nothing is stored here then.",
    )
    filters: FilterFields = FilterFields()
    as_of: date | None = Field(default=None, description="The day on which the question is asked; today if not given.")

    @model_validator(mode="after")
    def _not_both(self) -> Question:
        if self.history is not None and (self.conversation or self.again):
            raise ValueError("give either a conversation or the history, not both")
        return self

    def turns(self) -> tuple[Turn, ...] | None:
        return None if self.history is None else tuple(Turn(one.question, one.answer) for one in self.history)


class Search(_Body):
    """A search for passages, without an answer."""

    question: Annotated[Text, Field(min_length=1)]
    limit: int = Field(5, ge=1, le=50, description="Passages to return.")
    filters: FilterFields = FilterFields()
    as_of: date | None = None


class Judgement(_Body):
    """A reader's feedback on an answer. ``number`` is that of the question in the conversation, from 1."""

    conversation: ChatId
    number: int = Field(ge=1, le=1_000_000)
    verdict: Verdict
    comment: str = Field("", max_length=10_000)


class Renaming(_Body):
    """A new title for a conversation; an empty one restores its first question."""

    title: str = Field(max_length=1000)
