"""Colours, light and dark, and the few rules of style that Qt's own styles do not have.

`apply` chooses between them; whatever paints by itself asks `colours()`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ..paths import resources_folder

THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Colours:
    """Hex values. Text on `window`, `base` or `raised` has a contrast of at least 4.5 to 1."""

    window: str
    base: str  # lists, text fields
    raised: str  # cards, bubbles, hovered rows
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str  # a chosen row: text stays `text`
    desk: str  # behind the pages
    good: str
    warning: str
    bad: str
    mark: str  # behind cited words
    found: str  # behind words that were searched


LIGHT = Colours(
    window="#f5f6f8",
    base="#ffffff",
    raised="#eceff3",
    border="#d3d8df",
    text="#1b222c",
    muted="#566171",
    accent="#2461c9",
    on_accent="#ffffff",
    selection="#d8e5fb",
    desk="#dfe3e8",
    good="#1a7440",
    warning="#8a5300",
    bad="#b3261e",
    mark="#ffd84d",
    found="#8fd0ff",
)
DARK = Colours(
    window="#1c1f25",
    base="#23272f",
    raised="#2d323c",
    border="#3d444f",
    text="#e7eaef",
    muted="#a3adba",
    accent="#7fabff",
    on_accent="#10141a",
    selection="#2f4468",
    desk="#14161a",
    good="#6bd195",
    warning="#f1b95c",
    bad="#ff8f87",
    mark="#ffd84d",
    found="#8fd0ff",
)


def is_dark() -> bool:
    """Whether the program now shows its dark colours."""
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colours() -> Colours:
    """The colours that are shown now."""
    return DARK if is_dark() else LIGHT


def apply(application: QApplication, theme: str) -> None:
    """Shows `theme`, one of THEMES; "system" follows the system now and when it changes."""
    hints = QGuiApplication.styleHints()
    scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(theme, Qt.ColorScheme.Unknown)
    hints.setColorScheme(scheme)
    dark = theme == "dark" or (theme == "system" and hints.colorScheme() is Qt.ColorScheme.Dark)
    chosen = DARK if dark else LIGHT
    if sys.platform.startswith("linux"):
        application.setStyle("Fusion")
    application.setPalette(_palette(chosen))
    points = application.font().pointSizeF()
    ticks = _ticks(chosen, points) if sys.platform.startswith("linux") else ""
    application.setStyleSheet(_rules(chosen, points) + ticks)


def _palette(chosen: Colours) -> QPalette:
    roles = QPalette.ColorRole
    values = {
        roles.Window: chosen.window,
        roles.WindowText: chosen.text,
        roles.Base: chosen.base,
        roles.AlternateBase: chosen.raised,
        roles.ToolTipBase: chosen.raised,
        roles.ToolTipText: chosen.text,
        roles.PlaceholderText: chosen.muted,
        roles.Text: chosen.text,
        roles.Button: chosen.raised,
        roles.ButtonText: chosen.text,
        roles.BrightText: chosen.bad,
        roles.Link: chosen.accent,
        roles.LinkVisited: chosen.accent,
        roles.Highlight: chosen.accent,
        roles.HighlightedText: chosen.on_accent,
        roles.Accent: chosen.accent,
        roles.Mid: chosen.border,
    }
    palette = QPalette(QColor(chosen.raised), QColor(chosen.window))
    for role, value in values.items():
        palette.setColor(role, QColor(value))
    for role in (roles.Text, roles.WindowText, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(chosen.muted))
    palette.setColor(QPalette.ColorGroup.Disabled, roles.Highlight, QColor(chosen.border))
    return palette


def _rules(chosen: Colours, points: float) -> str:
    """The style sheet. A widget takes part by its dynamic property `look`: title, muted, small, primary, quiet,
    chip, suggestion, card, bubble, problem, segments, segment, banner, good, warning, bad.
    """
    return f"""
    QToolTip {{ color: {chosen.text}; background: {chosen.raised}; border: 1px solid {chosen.border}; padding: 4px; }}
    QSplitter::handle {{ background: {chosen.border}; }}
    QSplitter::handle:horizontal {{ width: 1px; }}
    QToolBar {{ background: {chosen.window}; border: none; border-bottom: 1px solid {chosen.border};
                spacing: 4px; padding: 3px 6px; }}
    QStatusBar {{ border-top: 1px solid {chosen.border}; }}
    QStatusBar::item {{ border: none; }}
    QLabel[look="title"] {{ font-size: {points * 1.4:.1f}pt; font-weight: 600; }}
    QLabel[look="heading"] {{ font-weight: 600; }}
    QLabel[look="muted"] {{ color: {chosen.muted}; }}
    QLabel[look="small"] {{ color: {chosen.muted}; font-size: {points * 0.9:.1f}pt; }}
    QLabel[look="good"] {{ color: {chosen.good}; }}
    QLabel[look="warning"] {{ color: {chosen.warning}; }}
    QLabel[look="bad"] {{ color: {chosen.bad}; }}
    QPushButton[look="primary"] {{ background: {chosen.accent}; color: {chosen.on_accent}; border: 1px solid
        {chosen.accent}; border-radius: 5px; padding: 5px 14px; font-weight: 600; }}
    QPushButton[look="primary"]:disabled {{ background: {chosen.border}; border-color: {chosen.border};
        color: {chosen.muted}; }}
    QPushButton[look="primary"]:focus {{ border: 2px solid {chosen.text}; padding: 4px 13px; }}
    QPushButton[look="link"] {{ border: none; background: transparent; color: {chosen.accent}; text-align: left;
        padding: 2px; }}
    QPushButton[look="link"]:focus, QPushButton[look="link"]:hover {{ text-decoration: underline; }}
    QPushButton[look="chip"] {{ background: {chosen.raised}; color: {chosen.accent}; border: 1px solid
        {chosen.border}; border-radius: 9px; padding: 1px 8px; }}
    QPushButton[look="chip"]:hover, QPushButton[look="chip"]:focus {{ border-color: {chosen.accent}; }}
    QToolButton {{ border: 1px solid transparent; border-radius: 5px; padding: 4px; background: transparent; }}
    QToolButton#qt_toolbar_ext_button {{ border: none; padding: 0; }}
    QToolButton:hover {{ background: {chosen.raised}; }}
    QToolButton:checked {{ background: {chosen.selection}; }}
    QToolButton:focus {{ border-color: {chosen.accent}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QFrame[look="chosen"] {{ background: {chosen.base}; border: 1px solid {chosen.accent};
        border-radius: 8px; }}
    QFrame[look="card"] {{ background: {chosen.base}; border: 1px solid {chosen.border}; border-radius: 8px; }}
    QPushButton[look="suggestion"] {{ background: {chosen.base}; border: 1px solid {chosen.border};
        border-radius: 8px; }}
    QPushButton[look="suggestion"]:hover, QPushButton[look="suggestion"]:focus {{ border-color: {chosen.accent}; }}
    QFrame[look="bubble"] {{ background: {chosen.raised}; border: none; border-radius: 10px; }}
    QFrame[look="problem"] {{ background: {chosen.base}; border: 1px solid {chosen.bad}; border-radius: 8px; }}
    QFrame[look="segments"] {{ background: {chosen.raised}; border: 1px solid {chosen.border}; border-radius: 7px; }}
    QToolButton[look="segment"] {{ border-radius: 5px; padding: 3px 10px; }}
    QToolButton[look="segment"]:checked {{ background: {chosen.accent}; color: {chosen.on_accent}; }}
    QToolButton[look="segment"]:disabled {{ color: {chosen.muted}; }}
    QToolButton[look="segment"]:checked:disabled {{ background: {chosen.border}; color: {chosen.muted}; }}
    QFrame[look="banner"] {{ background: {chosen.raised}; border: none; border-bottom: 1px solid {chosen.border}; }}
    """


def _ticks(chosen: Colours, points: float) -> str:
    """Boxes and circles to tick: Fusion draws their outline darker than the window, which is lost on a dark one."""
    side = round(points * 1.3)
    thick = side // 3
    tick = (resources_folder() / "icons" / ("tick-dark.svg" if chosen is DARK else "tick-light.svg")).as_posix()
    return f"""
    QCheckBox::indicator, QRadioButton::indicator {{ width: {side}px; height: {side}px; background: {chosen.base};
        border: 1px solid {chosen.muted}; }}
    QCheckBox::indicator {{ border-radius: 3px; }}
    QRadioButton::indicator {{ border-radius: {side // 2 + 1}px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover, QCheckBox::indicator:focus,
        QRadioButton::indicator:focus {{ border-color: {chosen.accent}; }}
    QCheckBox::indicator:checked {{ background: {chosen.accent}; border-color: {chosen.accent}; image: url({tick}); }}
    QRadioButton::indicator:checked {{ border: {thick}px solid {chosen.accent}; width: {side + 2 - 2 * thick}px;
        height: {side + 2 - 2 * thick}px; background: {chosen.on_accent}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {chosen.border}; }}
    """
