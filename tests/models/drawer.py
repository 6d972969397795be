"""A keyring for the time of a test, in place of the user's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
import pytest
from keyring.backend import KeyringBackend

from lift_desktop.models import tokens


class Drawer(KeyringBackend):
    """Keeps what it is given in `kept`."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    @classmethod
    @contextmanager
    def used(cls, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawer]:
        """The program's keyring is this one in the block."""
        monkeypatch.delenv(tokens.TOKEN_VARIABLE, raising=False)
        before, made = keyring.get_keyring(), cls()
        keyring.set_keyring(made)
        try:
            yield made
        finally:
            keyring.set_keyring(before)

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]
