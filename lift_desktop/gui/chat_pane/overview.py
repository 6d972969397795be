"""What the pane must know of a document before anything is asked; read outside the window's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...models import ModelStore
from ...services import Services
from ...settings import STARTER_MODEL
from .suggestions import general_questions, suggested_questions


@dataclass(frozen=True, slots=True)
class Overview:
    """`has_model` tells whether there is a model that could answer about the document."""

    document_id: str
    has_model: bool
    suggestions: tuple[str, ...]


def look(services: Services, document_id: str, preferred_model: str) -> Overview:
    """Raises the errors of the library."""
    memory = services.library.best_memory(document_id)
    name = memory.model if memory else preferred_model
    suggestions = general_questions()
    if memory is not None:
        questions, passages = services.library.questions(memory.id), services.library.passages(document_id)
        suggestions = suggested_questions(questions, passages)
    return Overview(document_id, _is_here(services.models, name), suggestions)


def starter_model_bytes(models: ModelStore) -> int:
    """How much fetching the starter model downloads; 0 when the catalogue does not have it."""
    found = (model.catalogue for model in models.available() if model.name == STARTER_MODEL)
    return next((entry.download_bytes for entry in found if entry is not None), 0)


def _is_here(models: ModelStore, name: str) -> bool:
    lines = {model.name: model.downloaded for model in models.available()}
    return lines[name] if name in lines else Path(name).is_dir()
