"""The column of questions and answers: builds the newest ones, keeps the end in view while an answer comes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...domain.models import StoredTurn
from .asking import LiveTurn
from .turn_view import TurnView

TURNS_AT_ONCE = 12
"""So many turns are built; a click shows as many more."""


class Transcript(QScrollArea):
    """Shows turns, or a widget in their place when there are none."""

    view_made = Signal(object)  # TurnView, to be connected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._views: dict[LiveTurn | int, TurnView] = {}  # stored turns by their id
        self._most = TURNS_AT_ONCE
        self._sticks_to_end = True
        self._from_end: int | None = None  # pixels, kept while earlier turns are built above
        self._empty: QWidget | None = None
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Questions and answers"))
        body = QWidget(self)
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(14, 10, 14, 4)
        self._column.setSpacing(8)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)  # never squeezed, not for a moment
        self.earlier = QPushButton(body)
        self.earlier.setProperty("look", "link")
        self.earlier.clicked.connect(self._show_earlier)
        self.earlier.hide()
        self._column.addWidget(self.earlier, 0, Qt.AlignmentFlag.AlignHCenter)
        self._column.addStretch(1)
        self.setWidget(body)
        self.model_offer = ""
        self._turns: Sequence[StoredTurn] = ()
        self._lives: Sequence[LiveTurn] = ()
        self.verticalScrollBar().valueChanged.connect(self._note_place)
        self.verticalScrollBar().rangeChanged.connect(self._keep_place)
        self.verticalScrollBar().actionTriggered.connect(self._let_go)

    def clear(self) -> None:
        """Forgets the conversation; the next one begins at its end."""
        self._most = TURNS_AT_ONCE
        self._sticks_to_end, self._from_end = True, None
        self.show_turns((), ())

    def set_empty(self, widget: QWidget | None) -> None:
        """Shows `widget` above all turns; the one before is deleted."""
        if self._empty is not None:
            self._column.removeWidget(self._empty)  # at once: turns are placed by number
            self._empty.hide()
            self._empty.deleteLater()
        self._empty = widget
        if widget is not None:
            self._column.insertWidget(0, widget, 1)

    def show_turns(self, turns: Sequence[StoredTurn], lives: Sequence[LiveTurn]) -> None:
        """Shows these, oldest first; what is there already stays as it is. A turn that an active LiveTurn replaces is
        hidden as long as the answer comes.
        """
        self._turns, self._lives = turns, lives
        replaced = [live.replaces_from for live in lives if live.is_active and live.replaces_from is not None]
        kept = [turn for turn in turns if not replaced or turn.id < min(replaced)]
        shown: dict[LiveTurn | int, LiveTurn | StoredTurn] = {turn.id: turn for turn in kept[-self._most :]}
        shown.update({live: live for live in lives})
        for key in [key for key in self._views if key not in shown]:
            self._remove(key)
        for place, (key, item) in enumerate(shown.items(), start=1):
            view = self._views.get(key) or self._make(key, item)
            if self._column.indexOf(view) != place + self._offset:
                self._column.insertWidget(place + self._offset, view)
        is_idle = not any(live.is_active for live in lives)
        for key, view in self._views.items():
            if view.turn is not None:
                view.set_changeable(is_last=bool(turns) and key == turns[-1].id, is_idle=is_idle)
        hidden = len(kept) - len(kept[-self._most :])
        self.earlier.setText(self.tr("Show earlier ({0})").format(hidden))
        self.earlier.setVisible(hidden > 0)

    def adopt(self, live: LiveTurn, turn: StoredTurn) -> None:
        """The LiveTurn became this turn: its widget goes on showing it."""
        view = self._views.pop(live, None)
        if view is not None:
            view.show_turn(turn)
            self._views[turn.id] = view

    def views(self) -> list[TurnView]:
        """From top to bottom."""
        return sorted(self._views.values(), key=self._column.indexOf)

    def go_to_end(self) -> None:
        """Shows the newest turn, now and while it grows."""
        self._sticks_to_end, self._from_end = True, None
        self._keep_place()

    @property
    def _offset(self) -> int:
        return 0 if self._empty is None else 1

    def _make(self, key: LiveTurn | int, item: LiveTurn | StoredTurn) -> TurnView:
        view = TurnView(item, self.model_offer, self.widget())
        self._views[key] = view
        self.view_made.emit(view)
        return view

    def _remove(self, key: LiveTurn | int) -> None:
        view = self._views.pop(key)
        self._column.removeWidget(view)
        view.hide()
        view.deleteLater()

    @Slot()
    def _show_earlier(self) -> None:
        bar = self.verticalScrollBar()
        self._from_end = bar.maximum() - bar.value()
        self._sticks_to_end = False
        self._most += TURNS_AT_ONCE
        self.show_turns(self._turns, self._lives)

    @Slot()
    def _note_place(self) -> None:
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2 * self.fontMetrics().lineSpacing()
        self._sticks_to_end = at_end and self._from_end is None

    @Slot()
    def _keep_place(self) -> None:
        bar = self.verticalScrollBar()
        if self._empty is not None:
            bar.setValue(0)
        elif self._sticks_to_end:
            bar.setValue(bar.maximum())
        elif self._from_end is not None:
            bar.setValue(bar.maximum() - self._from_end)

    @Slot()
    def _let_go(self) -> None:
        """The user scrolls."""
        self._from_end = None
