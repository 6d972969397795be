"""Documents, memories and weights for the library's tests, made without reading a real file."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path

from lift_desktop.domain.models import (
    Answer,
    AnswerMode,
    Citation,
    Depth,
    DocumentText,
    Memory,
    Page,
    PageRecall,
    Passage,
    StudyQuestion,
    WordBox,
)
from lift_desktop.domain.states import Event
from lift_desktop.library import Library

LEASE = (
    "The tenant Zanzibarova pays 1,250 euros of rent on the first day of each month.",
    "The landlord Quillfeather repairs the heating within three days.",
    "Either party may end the lease with three months' notice.",
    "Pets need the written consent of the landlord. Goldfish are pets.",
)
RECIPES = (
    "Bake the bread for forty minutes in a hot oven.",
    "Stir the soup and add salt, pepper and thyme.",
    "Let the dough rest overnight.",
)
BASE_MODEL = "a" * 64


@dataclass(frozen=True)
class Made:
    """A file on disk and what reading it would give."""

    path: Path
    sha256: str
    content: DocumentText
    passages: tuple[Passage, ...]


def make_document(folder: Path, sentences: tuple[str, ...] = LEASE, title: str = "Lease") -> Made:
    """A text file with one sentence a page, which is one passage; every word has a box."""
    text = "\n".join(sentences)
    path = folder / f"{title.lower()}.txt"
    path.write_text(text, "utf-8")
    pages, passages, start = [], [], 0
    for number, sentence in enumerate(sentences, start=1):
        end = start + len(sentence)
        boxes, place = [], start
        for word in sentence.split():
            place = text.index(word, place)
            boxes.append(WordBox(place, place + len(word), 10.125 * number, 0.1, 1 / 3, 12.0))
            place += len(word)
        pages.append(Page(number, f"p{number}", start, end, 595.0, 842.0, tuple(boxes)))
        passages.append(Passage(number - 1, start, end, sentence, number, number))
        start = end + 1
    content = DocumentText(title, "An Author", text, tuple(pages), ("page 2 has no text layer",))
    return Made(path, hashlib.sha256(path.read_bytes()).hexdigest(), content, tuple(passages))


def add(library: Library, made: Made) -> str:
    """Adds it and returns its id."""
    return library.add_document(made.path, made.sha256, made.content, made.passages).id


def safetensors(values: int = 4) -> bytes:
    """A file with one F32 tensor of so many zeros."""
    header = {"lora.weight": {"dtype": "F32", "shape": [values], "data_offsets": [0, 4 * values]}}
    packed = json.dumps(header).encode()
    return struct.pack("<Q", len(packed)) + packed + bytes(4 * values)


def start(library: Library, document_id: str, depth: Depth = Depth.QUICK) -> Memory:
    return library.start_memory(document_id, model="starter", model_sha256=BASE_MODEL, method="lora", depth=depth)


def to_checking(library: Library, memory: Memory) -> None:
    """Takes a waiting memory through study and training, with the files that they leave."""
    for event in (Event.STUDY, Event.TRAIN, Event.CHECK):
        library.change_state(memory.id, event)
    folder = library.partial_folder(memory.id)
    (folder / "adapter").mkdir(exist_ok=True)
    (folder / "adapter" / "weights.safetensors").write_bytes(safetensors())
    (folder / "manifest.json").write_text(json.dumps({"prompts_version": "3"}))
    (folder / "study.jsonl").write_text(json.dumps({"q": "Who is Zanzibarova?"}) + "\n")


QUESTIONS = (
    StudyQuestion(0, "What does Zanzibarova pay?", "1,250 euros", "pays 1,250 euros of rent"),
    StudyQuestion(1, "Who repairs the heating?", "Quillfeather", "Quillfeather repairs", "sentence", True),
)
RECALLS = (PageRecall(1, 0.1, 0.9, 1), PageRecall(2, 0.0, 1.0, 1))


def finish(library: Library, memory: Memory, event: Event = Event.LEARNED) -> Memory:
    return library.promote(
        memory.id, event, recall_before=0.05, recall_after=0.95, page_recalls=RECALLS, questions=QUESTIONS
    )


def learn(library: Library, document_id: str, depth: Depth = Depth.QUICK) -> Memory:
    """A finished memory of the document."""
    memory = start(library, document_id, depth)
    to_checking(library, memory)
    return finish(library, memory)


def answer(text: str = "1,250 euros.") -> Answer:
    citation = Citation(1, "p1", "pays 1,250 euros", 23, 39, 0.75)
    return Answer(text, AnswerMode.BOTH, True, (citation,), 0.5, 1.5, "from the pages")


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` by its relative path, and every folder; without lock files."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b"folder"
        for path in sorted(folder.rglob("*"))
        if path.suffix != ".lock"
    }
