"""Ways to memorise a document, one file each, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...domain.methods import CARTRIDGE, GATED_MEMORY, LORA, SEGMENTS, SENTENCES
from .base import Lessons, Method, Work
from .cartridge import CartridgeMethod
from .gated_memory import GatedMemoryMethod
from .lora import LoraMethod
from .segments import SegmentsMethod
from .sentences import SentencesMethod

if TYPE_CHECKING:
    from ..recipes import Recipe

REGISTRY: dict[str, type[Method]] = {
    LORA: LoraMethod,
    SEGMENTS: SegmentsMethod,
    GATED_MEMORY: GatedMemoryMethod,
    SENTENCES: SentencesMethod,
    CARTRIDGE: CartridgeMethod,
}

__all__ = ["REGISTRY", "Lessons", "Method", "Work", "make_method"]


def make_method(name: str, work: Work, recipe: Recipe) -> Method:
    """The method `name` (one of `domain.methods.METHODS`) for the document of `work`."""
    return REGISTRY[name](work, recipe)
