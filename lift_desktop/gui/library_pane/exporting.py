"""Memories to files: where to, and the work."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from pathlib import Path

from PySide6.QtCore import QDir, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from ...domain.models import Memory
from ...library import Library, export_memory
from .. import wording
from ..context import Context
from ..saving import ask_for_file, documents_folder
from .adding import ARCHIVE_SUFFIX

Titled = tuple[Memory, str]
"""A memory and the title of its document."""


class Exporter(QObject):
    """Asks where a memory is to go (a file) or several (a folder), and writes them. Says so through the hub."""

    failed = Signal(object)  # LiftError

    def __init__(self, context: Context, widget: QWidget) -> None:
        super().__init__(widget)
        self._context, self._widget = context, widget

    def ask_where(self, memories: Sequence[Titled]) -> None:
        """Shows the file dialog, or for several memories the one for a folder."""
        window, title = self._widget.window(), self.tr("Export memory")
        if len(memories) == 1:
            kind, name = self.tr("Memories (*{0})").format(ARCHIVE_SUFFIX), file_name(*memories[0])
            ask_for_file(window, title, kind, name, lambda path: self._export(memories, [path]))
            return
        dialog = QFileDialog(window, title, documents_folder())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda chosen: self._export(memories, free_names(Path(chosen), memories)))
        dialog.open()

    def _export(self, memories: Sequence[Titled], targets: Sequence[Path]) -> None:
        library = self._context.library
        ids = [memory.id for memory, _ in memories]
        task = self._context.tasks.run("export", lambda: _write(library, ids, targets), is_lasting=True)
        task.done.connect(self._done)
        task.failed.connect(self.failed)
        self._context.hub.said.emit(self.tr("Exporting…"))

    def _done(self, files: list[tuple[Path, int]]) -> None:
        size = wording.size(sum(size_bytes for _, size_bytes in files))
        if len(files) == 1:
            said = self.tr("Exported to {0} ({1}).").format(QDir.toNativeSeparators(str(files[0][0])), size)
        else:
            folder = QDir.toNativeSeparators(str(files[0][0].parent))
            said = self.tr("Exported {0} to {1} ({2}).").format(wording.memories(len(files)), folder, size)
        self._context.hub.said.emit(said)


def file_name(memory: Memory, title: str) -> str:
    """A name for the memory's file that every system allows."""
    name = re.sub(r"[^\w.-]+", "-", title).strip("-.")[:60] or memory.document_id
    return name + ARCHIVE_SUFFIX


def free_names(folder: Path, memories: Sequence[Titled]) -> list[Path]:
    """A path in `folder` for each memory; none is taken, and none is given twice."""
    taken: list[Path] = []
    for memory, title in memories:
        path = folder / file_name(memory, title)
        number = 2
        while path in taken or path.exists():
            path = folder / f"{file_name(memory, title).removesuffix(ARCHIVE_SUFFIX)}-{number}{ARCHIVE_SUFFIX}"
            number += 1
        taken.append(path)
    return taken


def _write(
    library: Library, memory_ids: Sequence[str], targets: Sequence[Path]
) -> Generator[Path, None, list[tuple[Path, int]]]:
    """Yields each file when it is whole; returns all with their sizes in bytes."""
    written = []
    for memory_id, target in zip(memory_ids, targets, strict=True):
        export_memory(library, memory_id, target)
        written.append((target, target.stat().st_size))
        yield target
    return written
