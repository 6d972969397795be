"""The method `cartridge`: a trained key-value prefix, started from the document's first tokens and taught questions by
context distillation. Source: arXiv 2506.06266."""

from __future__ import annotations

from ..key_value_prefix import KeyValuePrefix
from ..prompts import answer_prompt
from .lora import LoraMethod


class CartridgeMethod(LoraMethod):
    """A key-value prefix with lessons of questions."""

    def prepare(self, name: str) -> None:
        work, settings = self._work, self._recipe.cartridge
        assert settings is not None
        texts = [passage.text for passage in reversed(work.passages)]  # a prompt shows the last one first
        shown = answer_prompt(work.base.tokenizer, work.title, "?", texts).prefix
        prefix = KeyValuePrefix(work.base.model, min(settings.tokens, len(shown)))
        with work.adapters.using(work.skills) as model:
            prefix.start_from(model, shown)
        work.adapters.add(name, prefix, below=work.skills)
        self._stands = work.skills is not None
