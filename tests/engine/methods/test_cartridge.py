"""A cartridge starts as the keys and values of the document's first tokens."""

from __future__ import annotations

import torch

from lift_desktop.domain.models import Depth
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.methods import Work, make_method
from lift_desktop.engine.prompts import answer_prompt
from lift_desktop.engine.recipes import recipe_for

from ..conftest import TEXTS, make_passages

TOKENS = 40
ASKED = torch.tensor([[5, 6, 7, 8, 9]])


def test_it_starts_as_the_document_s_beginning(base: BaseModel, adapters: Adapters) -> None:
    work = Work(base, adapters, None, "T", make_passages(), 0)
    recipe = recipe_for(Depth.QUICK, "cartridge", "ours", [("tokens", str(TOKENS))])
    make_method("cartridge", work, recipe).prepare("new")
    first = answer_prompt(base.tokenizer, "T", "?", [TEXTS[0]]).prefix[:TOKENS]
    assert TEXTS[0][:20] in base.tokenizer.decode(first)
    with adapters.using("new") as model, torch.inference_mode():
        found = model(input_ids=ASKED).logits
    with adapters.using(None) as model, torch.inference_mode():
        expected = model(input_ids=torch.cat([torch.tensor([first]), ASKED], 1)).logits[:, TOKENS:]
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)
