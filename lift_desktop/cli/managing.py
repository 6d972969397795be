"""The commands that look after what is there: list, show, forget, export, import."""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..domain.errors import BadSettings, NoMemory
from ..domain.models import Document, Memory
from ..jobs.estimate import forget_estimates
from ..library import export_memory, import_memory
from ..services import Services
from .finding import known_document
from .terminal import Terminal, duration, percent, size

ARCHIVE_SUFFIX = ".liftmemory"


def list_documents(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """All documents, with the memories of each."""
    documents = services.library.documents()
    rows, values = [], []
    for document in documents:
        memories = services.library.memories(document.id)
        values.append({**_document_json(document), "memories": [_memory_json(memory) for memory in memories]})
        cells = [_memory_cells(memory) for memory in memories] or [("not learned", "", "", "", "")]
        rows += [(document.id, document.title, str(document.page_count), *memory) for memory in cells]
    if documents:
        terminal.table(("Id", "Title", "Pages", "Memory", "Recall", "Depth", "Model", "Size"), rows)
    else:
        terminal.say("The library is empty. `lift-desktop learn FILE` fills it.")
    terminal.result({"documents": values})
    return 0


def _memory_cells(memory: Memory) -> tuple[str, ...]:
    recall = percent(memory.recall_after)
    return (memory.state.value, recall, memory.depth.value, memory.model, size(memory.size_bytes))


def show(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """One document, its memories, and the recall of each page."""
    document = known_document(arguments.document, services)
    memories = services.library.memories(document.id)
    values = {**_document_json(document), "memories": []}
    terminal.say(f"{document.title} ({document.id})")
    if document.author:
        terminal.say(f"by {document.author}")
    terminal.say(f"{document.file_name}, {size(document.size_bytes)}, {document.page_count} pages, "
                 f"{document.passage_count} passages, added {document.added_at[:10]}")  # fmt: skip
    for warning in document.warnings:
        terminal.say(f"Warning: {warning}")
    for memory in memories:
        recalls = services.library.page_recalls(memory.id)
        values["memories"].append({**_memory_json(memory), "pages": [asdict(recall) for recall in recalls]})
        _show_memory(memory, terminal)
        if recalls:
            rows = [(str(r.page), percent(r.before), percent(r.after), str(r.questions)) for r in recalls]
            terminal.table(("Page", "Before", "After", "Questions"), rows)
    if not memories:
        terminal.say("Not learned yet.")
    terminal.result(values)
    return 0


def _show_memory(memory: Memory, terminal: Terminal) -> None:
    message = f" {memory.message}" if memory.message else ""
    terminal.say(f"\nMemory {memory.id}: {memory.state.value}.{message}")
    terminal.say(
        f"{memory.model}, {memory.method}, {memory.depth.value}; {memory.questions} questions in "
        f"{duration(memory.seconds)}; {size(memory.size_bytes)}; recall {percent(memory.recall_before)} before, "
        f"{percent(memory.recall_after)} after."
    )


def _document_json(document: Document) -> dict[str, Any]:
    return {
        "document": document.id,
        "title": document.title,
        "author": document.author,
        "file": document.file_name,
        "pages": document.page_count,
        "passages": document.passage_count,
        "size_bytes": document.size_bytes,
        "added_at": document.added_at,
        "warnings": list(document.warnings),
    }


def _memory_json(memory: Memory) -> dict[str, Any]:
    return {
        "memory": memory.id,
        "state": memory.state.value,
        "message": memory.message,
        "model": memory.model,
        "method": memory.method,
        "depth": memory.depth.value,
        "questions": memory.questions,
        "recall_before": memory.recall_before,
        "recall_after": memory.recall_after,
        "seconds": round(memory.seconds, 2),
        "size_bytes": memory.size_bytes,
    }


def forget(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Erases a document and all that was made of it."""
    document = known_document(arguments.document, services)
    question = f"Erase “{document.title}”, its memories and chats?"
    if not arguments.yes and not terminal.confirm(question):
        terminal.note("Nothing was erased.")
        terminal.result({"document": document.id, "forgotten": False})
        return 1
    services.library.forget_document(document.id)
    forget_estimates(services.library, document.id)
    terminal.say(f"“{document.title}” is forgotten.")
    terminal.result({"document": document.id, "forgotten": True})
    return 0


def export(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Writes the best memory of a document to one file."""
    document, target = _export_arguments(arguments.things, services)
    memory = services.library.best_memory(document.id)
    if memory is None:
        raise NoMemory(f"“{document.title}” has no finished memory to export.")
    if target.exists():
        raise BadSettings(f"{target} exists already.", "Choose another name, or remove it first.")
    file = export_memory(services.library, memory.id, target)
    size_bytes = file.stat().st_size
    terminal.say(f"The memory of “{document.title}” is in {file} ({size(size_bytes)}).")
    terminal.result({"file": str(file), "document": document.id, "memory": memory.id, "size_bytes": size_bytes})
    return 0


def _export_arguments(things: list[str], services: Services) -> tuple[Document, Path]:
    """DOCUMENT FILE; or FILE alone when one document is learned; or DOCUMENT alone for a file named after
    it.
    """
    if len(things) > 2:
        raise BadSettings("export takes a document and a file.", "Put names with spaces in quotation marks.")
    if len(things) == 2:
        return known_document(things[0], services), Path(things[1])
    if not things[0].endswith(ARCHIVE_SUFFIX):
        document = known_document(things[0], services)
        name = re.sub(r"[^\w.-]+", "-", document.title).strip("-.")[:60] or document.id
        return document, Path(name + ARCHIVE_SUFFIX)
    library = services.library
    learned = [each for each in library.documents() if library.best_memory(each.id) is not None]
    if len(learned) != 1:
        raise BadSettings(
            f"The library holds {len(learned)} learned documents.", "Name one: `lift-desktop export DOCUMENT FILE`."
        )
    return learned[0], Path(things[0])


def importing(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Adds a memory from a file."""
    memory = import_memory(services.library, arguments.file)
    document = services.library.document(memory.document_id)
    terminal.say(f"“{document.title}” ({document.id}) is in the library, with its memory ({memory.state.value}).")
    if memory.model not in {model.name for model in services.models.available() if model.downloaded}:
        terminal.note(f"It needs the model {memory.model}, which is not here yet.")
    terminal.result({**_document_json(document), **_memory_json(memory)})
    return 0
