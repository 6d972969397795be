"""How long learning will take on this machine: a little of each kind of work is done and timed."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from ..domain.messages import Progress
from ..domain.models import Passage
from .adapters import Adapters
from .base_model import BaseModel
from .batches import Group, Item, answer_logits, pack
from .distillation import answer_loss
from .generation import prefix_cache, write_batch
from .hardware import wait_for
from .methods.settings import LoraSettings
from .optimizing import remembering
from .prompts import answer_prompt, answer_tokens, example_prefix, question_prompt
from .recall import MAX_ANSWER_TOKENS
from .recipes import Recipe
from .reciting import CANDIDATES
from .scoring import ROWS

TIMED_TOKENS = 12
TIMED_ADAPTER = "timed"
KEPT_SHARE = 0.6  # of the questions that are written
STEPS_PER_CHECK = 2 * MAX_ANSWER_TOKENS  # each question three times; few rows take half as long as many
STEPS_PER_BATCH = 30  # tokens of its longest question
TOKENS_PER_QUESTION = 30  # question, answer and what frames them
TOKENS_PER_PASSAGE = 190
RECITED_PER_PASSAGE = 290  # its sentences, each below a question
BEGUN_PER_PASSAGE = 170  # how they begin
TOKENS_PER_CANDIDATE = 130  # a recited sentence twice and the question that is weighed after it
SHOWN_TOKENS = 600  # three passages above the questions of one


@dataclass(frozen=True, slots=True)
class Speeds:
    """What was timed: seconds to read one study batch's prompts, seconds for each token that its questions grow by, and
    seconds for each token trained and read. `rows`: so many texts can be written at once."""

    rows: int
    read_seconds: float
    write_seconds: float
    trained_token_seconds: float
    read_token_seconds: float


def measure(
    base: BaseModel,
    adapters: Adapters,
    writer: str | None,
    title: str,
    passages: Sequence[Passage],
    recipe: Recipe,
) -> Generator[Progress, None, Speeds]:
    """Times a study batch and a training step on the document's own passages. Nothing of it is kept."""
    example = writer is None
    at_once = recipe.passages_at_once(base.hardware.rows)
    batch = [passage for passage in passages[:at_once] for _ in range(recipe.answers)]
    prompts = [question_prompt(base.tokenizer, title, passage.text, "a", example=example) for passage in batch]
    with adapters.using(writer) as model:
        start = prefix_cache(base, model, example_prefix(base.tokenizer, title)) if example else None
        marks = [time.perf_counter()]
        for _ in write_batch(base, model, prompts, TIMED_TOKENS, start=start):
            marks.append(time.perf_counter())
            yield Progress("measuring", len(marks), 2 * TIMED_TOKENS, len(marks) / (2 * TIMED_TOKENS))
    steps = [after - before for before, after in itertools.pairwise(marks[1:])]
    write_seconds = sorted(steps)[len(steps) // 2] if steps else marks[-1] - marks[0]
    yield Progress("measuring", TIMED_TOKENS, 2 * TIMED_TOKENS, 0.5)
    trained, read = _time_training(base, adapters, title, passages[len(passages) // 2], recipe)
    return Speeds(base.hardware.rows, marks[1] - marks[0], write_seconds, trained, read)


def _time_training(
    base: BaseModel, adapters: Adapters, title: str, passage: Passage, recipe: Recipe
) -> tuple[float, float]:
    """Seconds for each token in training and in reading, from one packed batch."""
    items = []
    for word in passage.text.split()[:8]:
        prompt = answer_prompt(base.tokenizer, title, f"What does it say about {word}?", [passage.text])
        items.append(Item(prompt.rest + answer_tokens(base.tokenizer, passage.text[:40]), len(prompt.rest)))
    packed = pack([Group(prompt.prefix, tuple(items))]).to(base.device)
    tokens = packed.input_ids.shape[1]
    adapters.make(TIMED_ADAPTER, recipe.lora.rank)
    try:
        with adapters.using(TIMED_ADAPTER) as model:
            model.train()  # layers are computed again where they are in training
            wait_for(base.device)
            start = time.perf_counter()
            with base.computing(), remembering(base.hardware):
                logits = answer_logits(model, packed)
            wait_for(base.device)
            middle = time.perf_counter()
            answer_loss(packed, logits).mean().backward()  # type: ignore[no-untyped-call]
            wait_for(base.device)
            end = time.perf_counter()
    finally:
        adapters.model.eval()
        adapters.remove(TIMED_ADAPTER)
    return (end - start) / tokens, (middle - start) / tokens


def predict(speeds: Speeds, passages: int, recipe: Recipe) -> dict[str, float]:
    """Seconds of each stage for a document of so many passages."""
    questions = passages * recipe.rounds * recipe.answers * KEPT_SHARE
    batches = recipe.rounds * math.ceil(passages / recipe.passages_at_once(speeds.rows))
    own_tokens = questions * TOKENS_PER_QUESTION
    shown_tokens = passages * SHOWN_TOKENS
    reading = (own_tokens + shown_tokens / 3) * speeds.read_token_seconds
    studying = batches * (speeds.read_seconds + STEPS_PER_BATCH * speeds.write_seconds) + reading
    alone_tokens = passages * _recited_tokens(recipe.lora) if recipe.recites else own_tokens
    epoch_tokens = alone_tokens + recipe.lora.pages_share * (own_tokens + shown_tokens)
    text_tokens = recipe.lora.text_epochs * passages * TOKENS_PER_PASSAGE
    training = (recipe.lora.epochs * epoch_tokens + text_tokens) * speeds.trained_token_seconds
    held_out = min(recipe.held_out_most, recipe.held_out_share * questions)
    checking = math.ceil(held_out / ROWS) * STEPS_PER_CHECK * speeds.write_seconds
    if recipe.recites:
        checking += held_out * CANDIDATES * TOKENS_PER_CANDIDATE * speeds.read_token_seconds
    return {"studying": studying, "training": training, "checking": checking}


def _recited_tokens(lora: LoraSettings) -> int:
    """What an epoch has of a passage's sentences."""
    return lora.whole_calls * RECITED_PER_PASSAGE + (lora.calls - lora.whole_calls) * BEGUN_PER_PASSAGE
