"""Conversations about documents, and the settings that are kept with the library."""

from __future__ import annotations

import dataclasses
import json
import secrets
from typing import Any

from ..domain.errors import LibraryError
from ..domain.models import (
    Answer,
    AnswerMode,
    Citation,
    Conversation,
    Coverage,
    Detail,
    DetailKind,
    StoredTurn,
)
from .database import Row, now, storable
from .tags import Tags

TITLE_LETTERS = 60


class Chats(Tags):
    """The part of the library that holds what was asked and answered."""

    def start_conversation(self, document_id: str, title: str = "") -> Conversation:
        """A new, empty conversation; without a title its first question is it. Raises UnknownDocument."""
        with self._database.transaction():
            self.document(document_id)
            conversation = Conversation(secrets.token_hex(4), document_id, storable(title.strip()), now())
            self._database.change(
                "INSERT INTO conversations (id, document_id, title, created_at) VALUES (?, ?, ?, ?)",
                *dataclasses.astuple(conversation),
            )
        return conversation

    def conversations(self, document_id: str) -> list[Conversation]:
        """The conversations about a document, the newest first. Raises UnknownDocument."""
        self.document(document_id)
        rows = self._database.rows(
            "SELECT * FROM conversations WHERE document_id = ? ORDER BY number DESC", document_id
        )
        return [_conversation(row) for row in rows]

    def conversation(self, conversation_id: str) -> Conversation:
        """Raises LibraryError when there is none with this id."""
        row = self._database.row("SELECT * FROM conversations WHERE id = ?", conversation_id)
        if row is None:
            raise LibraryError("This conversation is not in the library any more.", "Start a new one.")
        return _conversation(row)

    def rename_conversation(self, conversation_id: str, title: str) -> Conversation:
        """Changes the title. Raises LibraryError when the conversation is gone, or for an empty title."""
        if not title.strip():
            raise LibraryError("A chat needs a title.")
        with self._database.transaction():
            self.conversation(conversation_id)
            title = storable(" ".join(title.split()))
            self._database.change("UPDATE conversations SET title = ? WHERE id = ?", title, conversation_id)
            return self.conversation(conversation_id)

    def add_turn(
        self, conversation_id: str, question: str, answer: Answer, replaces_from: int | None = None
    ) -> StoredTurn:
        """Appends a question and its finished answer, in place of the turn `replaces_from` and all after it.

        Raises LibraryError when the conversation is gone.
        """
        asked_at, question = now(), storable(question)
        with self._database.transaction() as connection:
            if not self.conversation(conversation_id).title:
                title = " ".join(question.split())[:TITLE_LETTERS]
                self._database.change("UPDATE conversations SET title = ? WHERE id = ?", title, conversation_id)
            if replaces_from is not None:
                self._database.change(
                    "DELETE FROM turns WHERE conversation_id = ? AND id >= ?", conversation_id, replaces_from
                )
            turn_id = connection.execute(
                "INSERT INTO turns (conversation_id, question, answer, asked_at) VALUES (?, ?, ?, ?)",
                (conversation_id, question, json.dumps(dataclasses.asdict(answer)), asked_at),
            ).lastrowid
        assert turn_id is not None
        return StoredTurn(turn_id, question, answer, asked_at)

    def turns(self, conversation_id: str) -> list[StoredTurn]:
        """The turns in the order they were asked. Raises LibraryError when the conversation is gone."""
        self.conversation(conversation_id)
        rows = self._database.rows("SELECT * FROM turns WHERE conversation_id = ? ORDER BY id", conversation_id)
        return [StoredTurn(row["id"], row["question"], _answer(row["answer"]), row["asked_at"]) for row in rows]

    def delete_turn(self, conversation_id: str, turn_id: int) -> None:
        """Erases a question and its answer without trace; the turns around it stay.

        Raises LibraryError when the conversation or the turn is gone, Busy.
        """
        if all(turn.id != turn_id for turn in self.turns(conversation_id)):
            raise LibraryError("This question is not in the chat any more.")
        with self._erasing():
            self._database.change("DELETE FROM turns WHERE conversation_id = ? AND id = ?", conversation_id, turn_id)

    def delete_conversation(self, conversation_id: str) -> None:
        """Erases a conversation without trace. Raises LibraryError when it is gone, Busy."""
        self.conversation(conversation_id)
        with self._erasing():
            self._database.change("DELETE FROM conversations WHERE id = ?", conversation_id)

    def setting(self, key: str, default: Any = None) -> Any:
        """The JSON value stored under `key`, or `default`."""
        row = self._database.row("SELECT value FROM settings WHERE key = ?", key)
        return default if row is None else json.loads(row["value"])

    def set_setting(self, key: str, value: Any) -> None:
        """Stores a JSON value under `key`."""
        self._database.change("INSERT OR REPLACE INTO settings VALUES (?, ?)", key, json.dumps(value))


def _conversation(row: Row) -> Conversation:
    return Conversation(row["id"], row["document_id"], row["title"], row["created_at"])


def _answer(stored: str) -> Answer:
    values = json.loads(stored)
    values["mode"] = AnswerMode(values["mode"])
    values["citations"] = tuple(Citation(**citation) for citation in values["citations"])
    missing = values.pop("missing", ())  # answers of earlier versions have less
    values["missing"] = tuple(Detail(each["start"], each["end"], DetailKind(each["kind"])) for each in missing)
    coverage = values.pop("coverage", None)
    values["coverage"] = None if coverage is None else Coverage(**coverage)
    values["recited"] = tuple(values.get("recited", ()))
    return Answer(**values)
