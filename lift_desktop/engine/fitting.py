"""From a plan to the way a model is loaded: which method asks for what, and what the planner makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from ..domain.planning import ANSWER_SHARE, FEWEST_TOKENS, Demand, ModelShape, Plan
from . import hardware
from .contract import ModelReference
from .hardware import Hardware
from .planning import plan_for, read_shape
from .recipes import Recipe


def demand_of(recipe: Recipe, reference: ModelReference) -> Demand:
    """What learning by `recipe` asks of the plan."""
    shape = read_shape(Path(reference.folder))
    most, least, share = recipe.training.max_tokens, FEWEST_TOKENS, ANSWER_SHARE
    if recipe.segments is not None and recipe.lessons == "segments":
        least, share = max(least, recipe.segments.tokens, recipe.segments.context_tokens + 300), 1.0
    parameters = 0
    if shape is not None and recipe.gated is not None:
        parameters = gated_parameters(shape)
    elif shape is not None and recipe.cartridge is not None:
        parameters = 2 * recipe.cartridge.tokens * shape.layers * shape.keys
    return Demand(recipe.lora.rank, parameters, max(most, least), least, share, recipe.cartridge is None)


def gated_parameters(shape: ModelShape) -> int:
    """Parameters of a gated memory: for each head of size d two maps d -> 2 d -> d, and d -> sqrt(d) -> 1."""
    size, gate = shape.head_size, int(shape.head_size**0.5)
    return shape.layers * shape.heads * (4 * size * size + gate * size + gate)


def plan_hardware(reference: ModelReference, demand: Demand | None, *, learns: bool) -> tuple[Hardware, Plan | None]:
    """How to load `reference`, on the best of what this computer offers now. Raises ModelTooLarge.

    A model of unknown shape gets the best device, without a plan.
    """
    plan = plan_for(reference, hardware.offers(), learns=learns, demand=demand)
    if plan is None:
        return hardware.choose(), None
    work = plan.work
    device = torch.device(work.device)
    dtype, words = hardware.number_type(device)
    tokens, rows = (work.tokens, work.rows) if learns else (sys.maxsize, sys.maxsize)
    made = Hardware(
        device, dtype, (words,), work.quantisation, work.checkpointing, work.offload, work.optimizer, tokens, rows
    )
    return made, plan
