"""What the user asked for, in steps that survive a crash. Knows the engine by its contract, and no terminal
or window.
"""

from .add import add_document
from .changes import changed_documents
from .fetch import fetch_model, model_reference
from .fitting import Fit, fit
from .learn import (
    LearnedResult,
    LearnSettings,
    begun_settings,
    finished_memory,
    learn_document,
    resumable_memory,
)

__all__ = [
    "Fit",
    "LearnSettings",
    "LearnedResult",
    "add_document",
    "begun_settings",
    "changed_documents",
    "fetch_model",
    "finished_memory",
    "fit",
    "learn_document",
    "model_reference",
    "resumable_memory",
]
