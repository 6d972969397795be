"""The chat's actions, as they stand in menus, on buttons and behind shortcuts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from ...domain.models import AnswerMode
from ..icons import icon
from ..wording import tr
from .mode_switch import mode_explanation, mode_name

MODE_KEYS = {AnswerMode.MEMORY: "Alt+1", AnswerMode.PAGES: "Alt+2", AnswerMode.BOTH: "Alt+3"}


def make_actions(parent: QWidget) -> dict[str, QAction]:
    """By name; not connected. Those of the modes are checkable and exclude each other."""
    actions = {
        "new_chat": _action(parent, tr("New chat"), "add", "Ctrl+N"),
        "stop": _action(parent, tr("Stop answering"), "stop", "Esc"),
        "regenerate": _action(parent, tr("Answer again"), "again", "Ctrl+R"),
        "rename_chat": _action(parent, tr("Rename chat…"), "edit"),
        "delete_chat": _action(parent, tr("Delete chat…"), "erase"),
        "export_markdown": _action(parent, tr("Export chat as Markdown…"), "export"),
        "export_pdf": _action(parent, tr("Export chat as PDF…"), "export"),
        "focus_question": _action(parent, tr("Write a question"), "chat", "Ctrl+K"),
    }
    actions["stop"].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    group = QActionGroup(parent)
    for mode, keys in MODE_KEYS.items():
        action = _action(parent, mode_name(mode), {"memory": "learn", "pages": "reader", "both": "chat"}[mode], keys)
        action.setCheckable(True)
        action.setData(mode.value)
        action.setToolTip(_with_keys(mode_explanation(mode), action))
        group.addAction(action)
        actions[f"mode_{mode.value}"] = action
    parent.addActions(list(actions.values()))
    return actions


def explain_modes(actions: dict[str, QAction], is_learned: bool) -> None:
    """Enables the modes that can be used, and says why not for the others."""
    for mode in AnswerMode:
        action = actions[f"mode_{mode.value}"]
        action.setEnabled(is_learned or mode is AnswerMode.PAGES)
        text = mode_explanation(mode) if action.isEnabled() else tr("This document has not been learned yet.")
        action.setToolTip(_with_keys(text, action))


def _action(parent: QWidget, text: str, picture: str, keys: str = "") -> QAction:
    action = QAction(icon(picture), text, parent)
    if keys:
        action.setShortcut(QKeySequence(keys))
    action.setToolTip(_with_keys(text.rstrip("…"), action))
    return action


def _with_keys(text: str, action: QAction) -> str:
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    return f"{text} ({keys})" if keys else text
