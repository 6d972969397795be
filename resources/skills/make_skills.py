"""Makes the skills adapter of a model: one pass of fine-tuning in reading passages and in writing questions about them.

    python resources/skills/make_skills.py MODEL_FOLDER passages.jsonl TARGET_FOLDER

Each line of the data is `{"title", "passage", "qa_pairs": [{"Q", "A"}]}`. Uses the prompts of the program, and must be
run again when they change. Source of the idea: pre-LIFT supervised fine-tuning (Mao et al., arXiv 2412.13626).
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.batches import Group, Item, split_groups
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.distillation import answer_loss
from lift_desktop.engine.hardware import choose, use_threads
from lift_desktop.engine.prompts import (
    NOT_IN_DOCUMENT,
    answer_prompt,
    answer_tokens,
    study_prompt,
    write_questions,
)
from lift_desktop.engine.training import Trainer, TrainingSettings

RANK = 16
LEARNING_RATE = 1e-3
STEP_TOKENS = 1400
READING_TOKENS = (250, 450)  # of the passages that a reading prompt shows
WRITING_TOKENS = 180
DISTRACTOR_SHARE = 0.35  # of the reading prompts show a passage that answers nothing
UNANSWERABLE_SHARE = 0.06
MOST_QUESTIONS, MOST_WRITTEN = 14, 7
MOST_ANSWER_TOKENS, MOST_WRITTEN_ANSWER_TOKENS = 90, 40

Record = dict[str, Any]


class Lessons:
    """Makes groups of items from the data, with dice that are always the same."""

    def __init__(self, base: BaseModel, records: list[Record]) -> None:
        self._tokenizer = base.tokenizer
        self._dice = random.Random(0)
        self._records = records
        self._by_title: dict[str, list[Record]] = {}
        for record in records:
            record["tokens"] = self._count(record["passage"])
            self._by_title.setdefault(record["title"], []).append(record)

    def groups(self) -> list[Group]:
        """All lessons of one pass, shuffled."""
        groups = [*self._reading(), *self._writing()]
        self._dice.shuffle(groups)
        return groups

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _contexts(self, tokens: int) -> Iterator[list[Record]]:
        """Each passage once, together with others of its document up to about so many tokens."""
        for records in self._by_title.values():
            shuffled = records[:]
            self._dice.shuffle(shuffled)
            context: list[Record] = []
            for record in shuffled:
                if context and sum(other["tokens"] for other in context) + record["tokens"] > tokens:
                    yield context
                    context = []
                context.append(record)
            if context:
                yield context

    def _reading(self) -> Iterator[Group]:
        """Passages, then their questions; some show a passage too many, some questions have no answer there."""
        dice = self._dice
        for context in list(self._contexts(dice.choice(READING_TOKENS))):
            title = context[0]["title"]
            shown = [record["passage"] for record in context]
            pairs = [(pair["Q"], pair["A"]) for record in context for pair in record["qa_pairs"]]
            if dice.random() < DISTRACTOR_SHARE:
                others = [record for record in self._by_title[title] if record not in context]
                other = dice.choice(others or [dice.choice(self._records)])
                shown.insert(dice.randrange(len(shown) + 1), other["passage"][:900])
            dice.shuffle(pairs)
            pairs = pairs[:MOST_QUESTIONS]
            for _ in range(max(1, round(len(pairs) * UNANSWERABLE_SHARE))):
                stranger = dice.choice(self._records)
                if stranger["title"] != title:
                    pairs.append((dice.choice(stranger["qa_pairs"])["Q"], NOT_IN_DOCUMENT))
            items, prefix = [], ()
            for question, answer in pairs:
                prompt, tokens = answer_prompt(self._tokenizer, title, question, shown), self._answer(answer)
                if len(tokens) <= MOST_ANSWER_TOKENS:
                    prefix = prompt.prefix
                    items.append(Item(prompt.rest + tokens, len(prompt.rest)))
            if items:
                yield Group(prefix, tuple(items))

    def _writing(self) -> Iterator[Group]:
        """A passage, then questions about it with their answers, half of the time in the order of the text."""
        dice = self._dice
        for context in list(self._contexts(WRITING_TOKENS)):
            text = " ".join(record["passage"] for record in context)
            pairs = [(pair["Q"], pair["A"]) for record in context for pair in record["qa_pairs"]]
            pairs = [pair for pair in pairs if self._count(pair[1]) <= MOST_WRITTEN_ANSWER_TOKENS]
            if sum(record["tokens"] for record in context) < WRITING_TOKENS / 3 or len(pairs) < 2:
                continue
            pairs = dice.sample(pairs, min(len(pairs), MOST_WRITTEN))
            if dice.random() < 0.5:
                pairs.sort(key=lambda pair: text.find(pair[1]))
            prompt = study_prompt(self._tokenizer, context[0]["title"], text, example=False)
            written = self._answer(write_questions(pairs))
            yield Group(prompt.prefix, (Item(prompt.rest + written, len(prompt.rest)),))

    def _answer(self, answer: str) -> tuple[int, ...]:
        return answer_tokens(self._tokenizer, answer)


def main(model_folder: Path, data: Path, target: Path) -> None:
    """Trains and saves the adapter (float16)."""
    use_threads()
    base = load(ModelReference(model_folder.name, str(model_folder), ""), choose())
    records = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    steps = list(split_groups(Lessons(base, records).groups(), STEP_TOKENS))
    adapters = Adapters(base)
    torch.manual_seed(0)
    adapters.make("skills", RANK)
    settings = TrainingSettings(learning_rate=LEARNING_RATE, max_tokens=STEP_TOKENS)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(base, adapters, "skills", steps, answer_loss, settings, Path(folder))
        for progress in trainer.run():
            print(f"step {progress.done} of {progress.total}, loss {progress.loss:.3f}", flush=True)
    target.mkdir(parents=True, exist_ok=True)
    adapters.save("skills", target)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
