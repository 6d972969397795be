"""The reader's actions: their words, keys and icons. What they do is the pane's business."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from ..icons import icon
from ..wording import tr


@dataclass(frozen=True, slots=True)
class _Kind:
    text: str
    keys: tuple[QKeySequence.StandardKey | str, ...] = ()
    icon: str = ""
    checkable: bool = False
    only_here: bool = False  # the key means something else in other panes


def _kinds() -> dict[str, _Kind]:
    standard = QKeySequence.StandardKey
    return {
        "find": _Kind(tr("Find…"), (standard.Find,), "search"),
        "find_next": _Kind(tr("Find next"), ("F3",), "down"),
        "find_previous": _Kind(tr("Find previous"), ("Shift+F3",), "up"),
        "zoom_in": _Kind(tr("Zoom in"), (standard.ZoomIn, "Ctrl+="), "zoom-in"),
        "zoom_out": _Kind(tr("Zoom out"), (standard.ZoomOut,), "zoom-out"),
        "actual_size": _Kind(tr("Actual size"), ("Ctrl+0",)),
        "fit_width": _Kind(tr("Fit width"), ("Ctrl+1",), "fit-width", checkable=True),
        "fit_page": _Kind(tr("Fit page"), ("Ctrl+2",), "fit-page", checkable=True),
        "contents": _Kind(tr("Contents"), ("Ctrl+Shift+O",), "contents", checkable=True),
        "previous_page": _Kind(tr("Previous page"), ("Ctrl+PgUp",), "up"),
        "next_page": _Kind(tr("Next page"), ("Ctrl+PgDown",), "down"),
        "back": _Kind(tr("Back"), ("Alt+Left",), "back"),
        "copy": _Kind(tr("Copy"), (standard.Copy,), "copy", only_here=True),
        "select_all_on_page": _Kind(tr("Select all on this page"), (standard.SelectAll,), only_here=True),
        "ask_about": _Kind(tr("Ask about this…"), ("Ctrl+Shift+A",), "chat"),
        "explain": _Kind(tr("Explain"), ("Ctrl+Shift+E",), "help"),
        "summarise": _Kind(tr("Summarise"), ("Ctrl+Shift+S",), "summarise"),
    }


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """All actions by name, disabled; `parent` listens to their keys. Tooltips name the first key."""
    actions = {}
    for name, kind in _kinds().items():
        action = QAction(kind.text, parent)
        keys = [key for wanted in kind.keys for key in _sequences(wanted)]
        action.setShortcuts(list(dict.fromkeys(keys)))
        if kind.only_here:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if kind.icon:
            action.setIcon(icon(kind.icon))
        action.setCheckable(kind.checkable)
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{kind.text} ({key})" if key else kind.text)
        action.setEnabled(False)
        parent.addAction(action)
        actions[name] = action
    return actions


def _sequences(key: QKeySequence.StandardKey | str) -> list[QKeySequence]:
    if isinstance(key, str):
        return [QKeySequence(key)]
    return QKeySequence.keyBindings(key)[:2]
