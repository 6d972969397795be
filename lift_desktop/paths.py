"""Where the program's own files and the user's data lie.

Owns folder locations and nothing else; it creates no folder and must not know what is kept inside one.
"""

from __future__ import annotations

import sys
from pathlib import Path

import platformdirs


def default_data_folder() -> Path:
    """The folder for documents, memories and models of this user; `--data-dir` names another one. May not
    exist yet.

    `~/.local/share/lift-desktop` on Linux, `~/Library/Application Support/LIFT Desktop` on macOS and
    `%LOCALAPPDATA%\\LIFT Desktop` on Windows (not the roaming profile: models are large).
    """
    name = "LIFT Desktop" if sys.platform in ("win32", "darwin") else "lift-desktop"
    return platformdirs.user_data_path(name, appauthor=False)


def resources_folder() -> Path:
    """The folder of icons, translations, the model catalogue and the sample, which the program only reads.

    An installed or frozen program has it inside the package, the source tree beside it.
    """
    package = Path(__file__).resolve().parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"
