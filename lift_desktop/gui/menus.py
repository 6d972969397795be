"""The menu bar: which action stands where, with the platform's roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from .wording import tr

if TYPE_CHECKING:
    from .window import MainWindow

Lines = tuple[str | None, ...]
"""Names of actions, None for a separating line."""

FILE: Lines = ("add", "sample", None, "import", "export", None, "quit")
EDIT: Lines = ("copy", "select_all_on_page", None, "find", "find_next", "find_previous", None, "settings")
VIEW: Lines = (
    "library",
    "reader",
    "chat",
    None,
    "contents",
    "zoom_in",
    "zoom_out",
    "actual_size",
    "fit_width",
    "fit_page",
    None,
    "previous_page",
    "next_page",
    "back",
)
DOCUMENT: Lines = (
    "learn",
    "learn_deeper",
    "go_on",
    None,
    "rename",
    "tags",
    "show_file",
    None,
    "erase",
    None,
    "memories",
    "jobs",
)
CHAT: Lines = (
    "focus_question",
    "new_chat",
    "rename_chat",
    None,
    "mode_memory",
    "mode_pages",
    "mode_both",
    None,
    "ask_about",
    "explain",
    "summarise",
    None,
    "stop",
    "regenerate",
    None,
    "export_markdown",
    "export_pdf",
    None,
    "delete_chat",
)
HELP: Lines = ("shortcuts", "first_run", None, "about")
THEMES = ("system", "light", "dark")


def fill_menus(window: MainWindow) -> None:
    """Adds all menus to the window's menu bar."""
    actions = {
        **window.library_pane.actions(),
        **window.reader_pane.actions(),
        **window.chat_pane.actions(),
        **window.actions_here,
    }
    bar = window.menuBar()
    menus = {
        tr("&File"): FILE,
        tr("&Edit"): EDIT,
        tr("&View"): VIEW,
        tr("&Document"): DOCUMENT,
        tr("&Chat"): CHAT,
        tr("&Help"): HELP,
    }
    for title, lines in menus.items():
        menu = bar.addMenu(title)
        for name in lines:
            if name is None:
                menu.addSeparator()
            elif name in actions:
                menu.addAction(actions[name])
        if lines is VIEW:
            _add_themes(window, menu)


def _add_themes(window: MainWindow, menu: QMenu) -> None:
    """Light, dark, or as the system is."""
    names = {"system": tr("Like the system"), "light": tr("Light"), "dark": tr("Dark")}
    menu.addSeparator()
    themes = menu.addMenu(tr("Theme"))
    group = QActionGroup(themes)
    preferences = window.context.preferences
    by_name: dict[str, QAction] = {}
    for name in THEMES:
        action = themes.addAction(names[name])
        action.setCheckable(True)
        action.setData(name)
        group.addAction(action)
        by_name[name] = action

    def choose(action: QAction) -> None:
        preferences.set("theme", action.data())

    def show_chosen() -> None:
        by_name.get(preferences.get("theme"), by_name["system"]).setChecked(True)

    group.triggered.connect(choose)
    themes.aboutToShow.connect(show_chosen)
    show_chosen()
