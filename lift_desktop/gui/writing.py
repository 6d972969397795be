"""Where the user writes: what happens by itself takes neither the keyboard nor what was written away."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QTextEdit


def focused_input() -> QLineEdit | QTextEdit | None:
    """The input that what is typed goes to; None where no text is taken."""
    widget = QApplication.focusWidget()
    return widget if isinstance(widget, QLineEdit | QTextEdit) and not widget.isReadOnly() else None


def is_writing() -> bool:
    """Whether that input holds something."""
    focused = focused_input()
    return bool(focused.text() if isinstance(focused, QLineEdit) else focused and focused.toPlainText())
