"""The user's access token for the Hugging Face hub, in the keyring of the system; nowhere else.

It is read only when a model asks for it, and given to nobody but the process that downloads.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..domain.errors import BadSettings, KeyringUnavailable

if TYPE_CHECKING:
    from keyring.errors import KeyringError

SERVICE, USER = "LIFT Desktop", "huggingface.co"
TOKEN_VARIABLE = "HF_TOKEN"
"""For computers without a keyring; the hub's own tools read it too."""
LONGEST_TOKEN = 500


def read_token() -> str:
    """The token, "" when there is none. May wait for the user, who unlocks the keyring. Raises KeyringUnavailable."""
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        return token
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return keyring.get_password(SERVICE, USER) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        raise _unavailable(error) from None


def store_token(token: str) -> None:
    """Keeps it from now on. Raises BadSettings (it cannot be one) or KeyringUnavailable."""
    token = token.strip()
    if not token or len(token) > LONGEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        raise BadSettings("This is not an access token.", "Copy it whole from https://huggingface.co/settings/tokens.")
    import keyring
    from keyring.errors import KeyringError

    try:
        keyring.set_password(SERVICE, USER, token)
    except KeyringError as error:
        raise _unavailable(error) from None


def forget_token() -> bool:
    """Removes it from the keyring; False when there was none. Raises KeyringUnavailable."""
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        if keyring.get_password(SERVICE, USER) is None:
            return False
        keyring.delete_password(SERVICE, USER)
    except NoKeyringError:
        return False
    except KeyringError as error:
        raise _unavailable(error) from None
    return True


def _unavailable(error: KeyringError) -> KeyringUnavailable:
    """Says what kind of error it is, never its words: they come from elsewhere and could hold what was stored."""
    return KeyringUnavailable(f"The keyring of this computer cannot be used ({type(error).__name__}).")
