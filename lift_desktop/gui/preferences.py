"""What the user chose in the window, kept with the library. Knows keys, their defaults and their types."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from ..domain.errors import LibraryError
from ..library import Library
from ..settings import DEPTH, METHOD, MODE, STARTER_MODEL

DEFAULTS: dict[str, Any] = {
    "theme": "system",  # "system", "light", "dark"
    "language": "",  # "" is the system's; else a locale's name, as in resources/translations
    "model": STARTER_MODEL,
    "depth": DEPTH.value,
    "method": METHOD,
    "mode": MODE.value,
    "device": "auto",  # one of engine.contract.DEVICES
    "quantisation": "auto",  # one of engine.contract.QUANTISATIONS
    "network_allowed": False,
    "first_run_done": False,
    "first_run_step": 0,  # where it goes on when the program had to start again
    "model_folders": [],  # folders with models that the user added, as absolute paths
    "window": {},  # geometry and splitter, written by the window
    "open_document": "",  # id
    "reading": {},  # document id -> {"page", "offset", "zoom"}
    "conversation": {},  # document id -> conversation id
    "library_sort": "added",
}


class Preferences(QObject):
    """Values of DEFAULTS' keys; JSON types only. `changed` names the key, after each real change.

    What the library cannot keep, on a full disk for one, holds until the program ends, and `failed` tells why.
    """

    changed = Signal(str)
    failed = Signal(object)  # LibraryError

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self._unkept: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """The chosen value, or the default when none was chosen or the stored one is of another type."""
        if key in self._unkept:
            return self._unkept[key]
        default = DEFAULTS[key]
        value = self._library.setting(f"window.{key}", default)
        return value if isinstance(value, type(default)) else default

    def set(self, key: str, value: Any) -> None:
        is_changed = self.get(key) != value or type(value) is not type(DEFAULTS[key])
        if is_changed or key in self._unkept:
            if type(value) is not type(DEFAULTS[key]):
                raise TypeError(f"{key} is a {type(DEFAULTS[key]).__name__}")
            self._keep(key, value)
        if is_changed:
            self.changed.emit(key)

    def _keep(self, key: str, value: Any) -> None:
        try:
            self._library.set_setting(f"window.{key}", value)
        except LibraryError as error:
            self._unkept[key] = value
            self.failed.emit(error)
        else:
            self._unkept.pop(key, None)
