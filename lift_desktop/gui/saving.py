"""Asks where a file is to go. Knows nothing of what is written into it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from .settings.parts import ask
from .wording import tr

Write = Callable[[Path], object]


def documents_folder() -> str:
    """Where the user keeps documents."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)


def ask_for_file(parent: QWidget, title: str, kind: str, name: str, write: Write) -> QFileDialog:
    """Opens the dialog and returns it; `write` gets the path, which always has the ending of `name`, the name that is
    proposed."""
    ending = Path(name).suffix
    dialog = QFileDialog(parent, title, documents_folder(), kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending)
    dialog.selectFile(name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda chosen: _with_ending(parent, chosen, ending, write))
    dialog.open()
    return dialog


def _with_ending(parent: QWidget, chosen: str, ending: str, write: Write) -> None:
    """The dialog adds an ending only to a name without a dot; only then has it asked about a file that is there."""
    if chosen.lower().endswith(ending):
        write(Path(chosen))
        return
    path = Path(chosen + ending)
    if path.exists():
        question = tr("Replace “{0}”?").format(path.name)
        detail = tr("There is a file with this name already.")
        ask(parent, question, detail, tr("&Replace"), partial(write, path), erases=True)
    else:
        write(path)
