"""Which chat of each document was open last, kept with the user's choices. Knows no widget."""

from __future__ import annotations

from ...domain.models import Document
from ..context import Context

NEW = ""
"""Remembered in place of a conversation's id: the user began a new chat and has not asked yet."""


class LastChats:
    """See the module."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, document: Document | None) -> str:
        """The id of the conversation to open; NEW for none."""
        if document is None:
            return NEW
        ids = [conversation.id for conversation in self._context.library.conversations(document.id)]
        wanted = self._context.preferences.get("conversation").get(document.id)
        return str(wanted) if wanted == NEW or wanted in ids else (ids[0] if ids else NEW)

    def remember(self, document_id: str, conversation_id: str) -> None:
        known = dict(self._context.preferences.get("conversation"))
        known[document_id] = conversation_id
        self._context.preferences.set("conversation", known)

    def forget(self, document_id: str) -> None:
        known = dict(self._context.preferences.get("conversation"))
        if known.pop(document_id, None) is not None:
            self._context.preferences.set("conversation", known)
