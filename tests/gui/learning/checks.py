"""What must hold for every widget."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QWidget


def assert_usable_without_a_mouse(window: QWidget) -> None:
    """All visible buttons and lists have a name and are in the tab order."""
    interactive = [*window.findChildren(QAbstractButton), *window.findChildren(QComboBox)]
    for widget in (each for each in interactive if each.isVisible()):
        name = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else _buddy_of(widget))
        assert name, widget
        group = widget.group() if isinstance(widget, QAbstractButton) else None
        same = group.buttons() if group is not None and group.exclusive() else [widget]  # one stands for the group
        assert any(each.focusPolicy() & Qt.FocusPolicy.TabFocus for each in same), name


def assert_nothing_is_cut_off(window: QWidget) -> None:
    """Every visible text has the room that it needs."""
    for label in (each for each in window.findChildren(QLabel) if each.isVisible() and each.text()):
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width()), label.text()
        else:
            assert label.width() >= label.sizeHint().width(), label.text()
    for button in (each for each in window.findChildren(QAbstractButton) if each.isVisible()):
        assert button.width() >= button.minimumSizeHint().width(), button.text()


def _buddy_of(widget: QWidget) -> str:
    return next((label.text() for label in widget.window().findChildren(QLabel) if label.buddy() is widget), "")
