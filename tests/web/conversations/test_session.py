"""Conversations of several readers at once."""

from __future__ import annotations

import time
from pathlib import Path

from rag.store.conversations import ChatStore
from rag.web.conversations.session import Memory


def test_nobody_waits_for_the_answer_of_somebody_without_a_name(tmp_path: Path) -> None:
    memory = Memory(ChatStore(tmp_path))
    with memory.asking("", "", "Who?", again=False):
        began = time.monotonic()
        assert memory.conversation("ada", "", patience=5) == ()
        assert time.monotonic() - began < 1


def test_a_conversation_is_read_by_its_owner_alone_while_it_is_answered(tmp_path: Path) -> None:
    memory = Memory(ChatStore(tmp_path))
    with memory.asking("ada", "", "Who?", again=False) as asking:
        assert [one.question for one in memory.conversation("ada", asking.chat)] == ["Who?"]
        with memory.asking("bert", asking.chat, "And who else?", again=False) as other:
            assert other.earlier == ()
            assert other.chat != asking.chat
