"""Conversations: kept for their owners alone, found again, deleted for good."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.core.errors import IndexDamagedError, IndexMismatchError, UnknownChatError
from rag.store.conversations import FILE, TITLE_CHARACTERS, VERSION, Chat, ChatStore, Saved, SavedExchange, title_of
from rag.store.feedback import Feedback, FeedbackStore


def asked(question: str = "Who stays?", answer: str = "Captain Ilves.", number: int = 0) -> SavedExchange:
    return SavedExchange(number, question, answer, f'"{question} {answer}"')


@pytest.fixture
def store(tmp_path: Path) -> ChatStore:
    return ChatStore(tmp_path / "index")


def titles(store: ChatStore, owner: str = "ann", text: str = "") -> list[str]:
    return [chat.title for chat in store.listing(owner, text).chats]


def age(store: ChatStore, chat: str, days: float) -> None:
    """Make a conversation older than it is."""
    moment = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds")
    with store._file.writing() as connection:
        connection.execute("UPDATE chats SET updated_at = ? WHERE id = ?", (moment, chat))


def test_the_first_exchange_begins_a_conversation_and_the_next_goes_on_with_it(store: ChatStore) -> None:
    first = store.save("ann", "", asked("Which ferry?", "The Sorrel."))
    second = store.save("ann", first.chat, asked())

    assert (first.number, second) == (1, Saved(first.chat, 2))
    assert store.exchanges("ann", first.chat) == (
        SavedExchange(1, "Which ferry?", "", '"Which ferry? The Sorrel."'),
        SavedExchange(2, "Who stays?", "", '"Who stays? Captain Ilves."'),
    )
    chat = store.chat("ann", first.chat)
    assert (chat.title, chat.exchanges) == ("Which ferry?", 2)
    assert chat.created_at < chat.updated_at <= datetime.now(UTC)
    assert chat.created_at.utcoffset() == timedelta(0)
    assert store.listing("ann").chats == (chat,)
    assert len(first.chat) >= 20


def test_an_exchange_takes_the_place_of_the_one_with_its_number(store: ChatStore) -> None:
    chat = store.save("ann", "", asked("Which fery?", "None.")).chat
    assert store.save("ann", chat, asked("Which ferry?", "The Sorrel.", number=1)) == Saved(chat, 1)
    assert [one.question for one in store.exchanges("ann", chat)] == ["Which ferry?"]
    assert titles(store) == ["Which ferry?"]
    assert titles(store, text="fery") == []


def test_the_latest_is_first_and_a_list_has_pages(store: ChatStore) -> None:
    chats = [store.save("ann", "", asked(f"Question {number}")).chat for number in range(7)]
    store.save("ann", chats[2], asked("More"))

    first, last = store.listing("ann", limit=3), store.listing("ann", limit=3, offset=99)

    assert [chat.title for chat in first.chats] == ["Question 2", "Question 6", "Question 5"]
    assert (first.total, first.offset, last.offset) == (7, 0, 6)
    assert [chat.title for chat in last.chats] == ["Question 0"]
    assert store.listing("bob").chats == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", True), ("fähre", True), ("FÄHRE", True), ("fa\u0308hre", True), ("straẞe", True), ("STRASSE", True),
        ("ΌΔΟΣ", True), ("ｆｅｒｒｙ", True), ("ilves FÄHRE", True), ("ilves sorrel", False), ("%", False),
        ("_", False), ("harbour NEWS", True), ("'", False), ("\0", True), ("\ud800", True),
    ],
)  # fmt: skip
def test_every_word_is_looked_for_in_title_questions_and_answers_however_written(
    store: ChatStore, text: str, found: bool
) -> None:
    chat = store.save("ann", "", asked("Welche Fähre legt in der Hafenstraße an?", "Captain Ilves. Ferry; όδος")).chat
    store.rename("ann", chat, "Harbour news")
    store.save("bob", "", asked(text))
    assert (titles(store, text=text) == ["Harbour news"]) is found


def test_a_title_is_the_beginning_of_the_first_question_until_a_person_gives_one(store: ChatStore) -> None:
    question = "Which of the   ferries\nof Saint Osk " + "carried " * 50
    chat = store.save("ann", "", asked(question)).chat
    (title,) = titles(store)
    assert title.startswith("Which of the ferries of Saint Osk carried")
    assert title.endswith("carried…")
    assert len(title) <= TITLE_CHARACTERS + 1

    store.rename("ann", chat, "  Ferries ")
    store.save("ann", chat, asked("Another first question?", number=1))
    assert titles(store) == ["Ferries"] == titles(store, text="FERRIES")
    store.rename("ann", chat, " ")
    assert titles(store) == ["Another first question?"]


@given(st.text())
def test_a_title_is_one_short_line_whatever_was_asked(question: str) -> None:
    title = title_of(question)
    assert len(title) <= TITLE_CHARACTERS + 1
    assert len(title.splitlines()) <= 1
    title.encode()
    assert bool(title) == bool(question.replace("\0", " ").split())


def test_nobody_sees_or_changes_the_conversation_of_another(store: ChatStore) -> None:
    chat = store.save("ann", "", asked()).chat
    with pytest.raises(UnknownChatError, match="Begin a new one"):
        store.exchanges("bob", chat)
    with pytest.raises(UnknownChatError):
        store.chat("bob", chat)
    with pytest.raises(UnknownChatError):
        store.save("bob", chat, asked("Mine?"))
    with pytest.raises(UnknownChatError):
        store.save("bob", chat, asked("Mine?", number=1))
    with pytest.raises(UnknownChatError):
        store.rename("bob", chat, "Mine")
    with pytest.raises(UnknownChatError):
        store.delete("bob", chat)
    assert store.delete_all("bob") == 0
    assert titles(store, "bob") == [] == titles(store, "bob", "stays")
    assert titles(store) == ["Who stays?"]
    with pytest.raises(ValueError, match="owner"):
        store.save("", "", asked())


def test_what_is_deleted_is_gone_from_the_file_too(store: ChatStore, tmp_path: Path) -> None:
    chat = store.save("ann", "", asked("Where is the secret cellar?")).chat
    kept = store.save("ann", "", asked("Who stays?")).chat
    store.delete("ann", chat)
    with pytest.raises(UnknownChatError):
        store.exchanges("ann", chat)
    assert titles(store) == ["Who stays?"]
    assert b"secret" not in b"".join(file.read_bytes() for file in (tmp_path / "index").iterdir())
    store.save("bob", "", asked())
    assert store.delete_all("ann") == 1
    with pytest.raises(UnknownChatError):
        store.delete("ann", kept)
    assert titles(store, "bob") == ["Who stays?"]


def test_conversations_expire_so_many_days_after_their_last_question(tmp_path: Path) -> None:
    store = ChatStore(tmp_path, days=30)
    assert store.expire() == 0
    old, young = (store.save("ann", "", asked(question)).chat for question in ("Old?", "Young?"))
    age(store, old, 30.01)
    age(store, young, 29.9)
    assert ChatStore(tmp_path).expire() == 0
    assert store.expire() == 1
    assert titles(store) == ["Young?"]

    age(store, young, 31)
    store.save("bob", "", asked())
    with pytest.raises(UnknownChatError):
        store.chat("ann", young)


def test_a_list_shows_nothing_whose_time_is_over(tmp_path: Path) -> None:
    store = ChatStore(tmp_path, days=1)
    age(store, store.save("ann", "", asked()).chat, 1.5)
    assert titles(store) == []


def test_several_threads_lose_nothing(store: ChatStore) -> None:
    chat = store.save("ann", "", asked()).chat
    threads = [
        threading.Thread(target=lambda: [store.save("ann", chat, asked(f"Question {at}")) for at in range(5)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.number for one in store.exchanges("ann", chat)] == list(range(1, 22))


SAVING_FOR_EVER = """
import sys
from pathlib import Path
from rag.store.conversations import ChatStore, SavedExchange
store = ChatStore(Path(sys.argv[1]))
chat = store.save("ann", "", SavedExchange(0, "Question", "", "1")).chat
print(chat, flush=True)
while True:
    saved = store.save("ann", chat, SavedExchange(0, "Question " + "x" * 100_000, "", "1"))
    print(saved.number, flush=True)
"""


def test_a_killed_process_loses_the_exchange_in_hand_at_most(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", SAVING_FOR_EVER, str(tmp_path)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    assert process.stdout
    chat, *_ = (process.stdout.readline().strip() for _ in range(4))
    process.send_signal(signal.SIGKILL)
    rest = [int(line) for line in process.stdout.read().split()]
    process.wait()
    kept = ChatStore(tmp_path).exchanges("ann", chat)
    assert [one.number for one in kept] == list(range(1, len(kept) + 1))
    assert len(kept) >= max([4, *rest])


def test_a_file_of_before_has_its_feedback_still(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / FILE) as old:
        old.execute(
            "CREATE TABLE feedback (id INTEGER PRIMARY KEY AUTOINCREMENT, given_at TEXT NOT NULL,"
            " verdict TEXT NOT NULL, comment TEXT NOT NULL, question TEXT NOT NULL, history TEXT NOT NULL,"
            " answer TEXT NOT NULL)"
        )
        old.execute("INSERT INTO feedback VALUES (1, '2026-01-01', 'right', '', 'Who?', '[]', '{}')")
    old.close()
    ChatStore(tmp_path).save("ann", "", asked())
    (feedback,) = FeedbackStore(tmp_path).all()
    assert feedback == Feedback("right", "Who?", {}, (), "", "2026-01-01", 1)
    assert titles(ChatStore(tmp_path)) == ["Who stays?"]


def test_a_file_of_a_newer_version_is_refused_with_the_remedy(store: ChatStore, tmp_path: Path) -> None:
    store.save("ann", "", asked())
    with store._file.reading() as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(IndexMismatchError, match=r"newer version of Footnote.*move the file away"):
        store.listing("ann")


def test_damaged_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all, " * 50)
    for use in (lambda: ChatStore(tmp_path).listing("ann"), lambda: ChatStore(tmp_path).save("ann", "", asked())):
        with pytest.raises(IndexDamagedError, match="move the file away"):
            use()


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_whatever_was_said_comes_back_and_is_found_by_each_of_its_words(question: str, answer: str, owner: str) -> None:
    owner = owner.replace("\0", "") or "ann"
    with tempfile.TemporaryDirectory() as folder:
        store = ChatStore(Path(folder))
        chat = store.save(owner, "", SavedExchange(0, question, answer, "content")).chat
        (one,) = store.exchanges(owner, chat)
        assert (one.question, one.content) == (question.replace("\0", " "), "content")
        for word in f"{question} {answer}".replace("\0", " ").split():
            found: tuple[Chat, ...] = store.listing(owner, word).chats
            assert [chat.id for chat in found] == [chat]
