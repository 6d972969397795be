"""Exporting a chat: asks where to, writes outside the window's thread, and tells when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from ...domain.models import Document, StoredTurn
from ..context import Context
from ..saving import ask_for_file
from .exporting import as_markdown, file_name, write_markdown, write_pdf

MARKDOWN_ENDING, PDF_ENDING = ".md", ".pdf"


class ChatExporter(QObject):
    """One file dialog at a time. Errors go to `hub.failed`."""

    exported = Signal(object)  # Path

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self._window = context, parent
        self._markdown = self._title = ""

    def begin(self, document: Document, title: str, turns: Sequence[StoredTurn], ending: str) -> QFileDialog:
        """Opens the dialog and returns it; `ending` is MARKDOWN_ENDING or PDF_ENDING."""
        self._title = title
        self._markdown = as_markdown(document, title, turns)
        kind = self.tr("Markdown (*.md)") if ending == MARKDOWN_ENDING else self.tr("PDF (*.pdf)")
        name = file_name(document, title, ending)
        return ask_for_file(self._window, self.tr("Export chat"), kind, name, self.write)

    def write(self, path: Path) -> None:
        """Writes the chat of the last `begin` to this path, as its ending says."""
        markdown, title = self._markdown, self._title

        def work() -> Path:
            if path.suffix.lower() == PDF_ENDING:
                write_pdf(path, markdown, title)
            else:
                write_markdown(path, markdown)
            return path

        task = self._context.tasks.run("export chat", work, is_lasting=True)
        task.done.connect(self._finish)
        task.failed.connect(self._context.hub.failed)

    @Slot(object)
    def _finish(self, path: Path) -> None:
        self._context.hub.said.emit(self.tr("Exported to {0}").format(path.name))
        self.exported.emit(path)
