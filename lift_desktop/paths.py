"""Where the program's own files and the user's data lie.

Owns folder locations and the note that names a chosen data folder; must not know what is kept inside one.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path

import platformdirs

NOTE_NAME = "data-folder"
NOTE_LIMIT_BYTES = 10_000


def default_data_folder() -> Path:
    """The folder for documents, memories and models of this user; `--data-dir` names another one. May not
    exist yet.

    The one that the user chose, when it exists; else that of the system.
    """
    chosen = chosen_data_folder()
    return chosen if chosen is not None and chosen.is_dir() else system_data_folder()


def system_data_folder() -> Path:
    """Where data lies when nobody chose: `~/.local/share/lift-desktop` on Linux, `~/Library/Application
    Support/LIFT Desktop` on macOS, `%LOCALAPPDATA%\\LIFT Desktop` on Windows (not the roaming profile: models
    are large).
    """
    return platformdirs.user_data_path(_program_folder(), appauthor=False)


def chosen_data_folder() -> Path | None:
    """The folder that the user chose, whether it is there or not (on a disk that is not plugged in); None
    without a choice.
    """
    try:
        with _note_file().open("rb") as stream:
            text = stream.read(NOTE_LIMIT_BYTES).decode("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = Path(text)
    return folder if text and "\0" not in text and folder.is_absolute() else None


def choose_data_folder(folder: Path) -> None:
    """From the next start on, the data lies in `folder`; that of the system takes the choice back.

    Written whole or not at all. Raises OSError.
    """
    note = _note_file()
    if folder.absolute() == system_data_folder().absolute():
        note.unlink(missing_ok=True)
        return
    note.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = note.with_name(f"{NOTE_NAME}.{secrets.token_hex(4)}.partial")
    try:
        with temporary.open("wb") as stream:
            stream.write(f"{folder.absolute()}\n".encode())
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(note)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def resources_folder() -> Path:
    """The folder of icons, translations, the model catalogue and the sample, which the program only reads.

    An installed or frozen program has it inside the package, the source tree beside it.
    """
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def _note_file() -> Path:
    return platformdirs.user_config_path(_program_folder(), appauthor=False) / NOTE_NAME


def _program_folder() -> str:
    return "LIFT Desktop" if sys.platform in ("win32", "darwin") else "lift-desktop"
