"""What happened, told to whom it concerns: the panes know this, not each other.

Whoever changes something in the library, through a service, emits the signal; panes read the library again.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Hub(QObject):
    """Signals only. All are emitted in the window's thread."""

    document_changed = Signal(str)  # document id: added, renamed, tagged
    document_removed = Signal(str)  # document id
    memories_changed = Signal(str)  # document id: a memory of it began, went on, ended, was erased
    models_changed = Signal()  # a model was fetched, added or removed
    learned = Signal(str)  # memory id: a job is done
    jobs_changed = Signal()  # a job began, went on or ended: a few times a second while one runs

    document_opened = Signal(object)  # Document | None: what all panes now show
    open_requested = Signal(str)  # document id, from the library pane and from messages
    document_arrived = Signal(str)  # document id of a file that was read: opened unless a question is being written
    files_offered = Signal(list)  # list[Path]: dropped, chosen, or handed over by a second start
    learn_requested = Signal(str)  # document id: show the learning dialog
    learn_deeper_requested = Signal(str)  # document id: the same, with the depth above that of its best memory
    citation_chosen = Signal(object)  # Citation of the open document: jump and mark
    question_asked = Signal(str)  # from the reader's selection or a suggestion: the chat asks it at once
    question_drafted = Signal(str)  # from the reader's selection: the chat puts it into its input, with the focus
    settings_requested = Signal(str)  # page of the settings: "general", "models", "learning", "privacy", "about"

    moving = Signal(bool)  # whether the data folder is being copied: nothing may come into it meanwhile
    restart_requested = Signal()  # the data folder was moved: close everything, then start again
    said = Signal(str)  # a passing remark for the status bar
    failed = Signal(object)  # LiftError that no pane shows in its own place
