"""Small dialogs that do not stop the event loop: a question before something is erased, and a new title."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox, QWidget

from ..wording import tr

SHOWN_LETTERS = 60

Go = Callable[[], None]


def confirm_asking_again(parent: QWidget, later: int, go: Go) -> None:
    """Before the `later` turns after one that is asked again go; without any, `go` is called at once."""
    if not later:
        go()
        return
    one = tr("The question after it and its answer are removed from this chat.")
    more = tr("The {0} questions after it and their answers are removed from this chat.").format(later)
    _confirm(parent, tr("Ask again from here?"), one if later == 1 else more, tr("Ask and remove"), go)


def confirm_deleting_turn(parent: QWidget, question: str, go: Go) -> QMessageBox:
    text = tr("“{0}” and its answer are erased from this chat.").format(_short(question))
    return _confirm(parent, tr("Delete this question?"), text, tr("Delete"), go)


def confirm_deleting_chat(parent: QWidget, title: str, count: int, go: Go) -> QMessageBox:
    what = tr("1 question and its answer") if count == 1 else tr("{0} questions and answers").format(count)
    text = tr("“{0}” with {1} is erased. The document and what was learned of it stay.")
    return _confirm(parent, tr("Delete this chat?"), text.format(_short(title), what), tr("Delete"), go)


def _confirm(parent: QWidget, title: str, text: str, button: str, go: Go) -> QMessageBox:
    """Opens the question and returns it; `go` is called when the user presses `button`."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, title, QMessageBox.StandardButton.Cancel, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(text)
    accept = box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    accept.clicked.connect(go)
    box.open()
    return box


def ask_title(parent: QWidget, title: str, go: Callable[[str], None]) -> QInputDialog:
    """Opens an input with the old title and returns it; `go` gets the new one, when it is not empty."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(tr("Rename chat"))
    dialog.setLabelText(tr("Title"))
    dialog.setTextValue(title)
    dialog.setOkButtonText(tr("Rename"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    def take(text: str) -> None:
        if text.strip():
            go(text)

    dialog.textValueSelected.connect(take)
    dialog.open()
    return dialog


def _short(text: str) -> str:
    """One line that fits into a sentence."""
    plain = " ".join(text.split())
    return plain if len(plain) <= SHOWN_LETTERS else plain[: SHOWN_LETTERS - 1].rstrip() + "…"
