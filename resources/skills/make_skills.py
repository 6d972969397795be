"""Makes the skills adapter of a model: one pass of fine-tuning in reading passages and in writing questions about them.

    python resources/skills/make_skills.py MODEL_FOLDER passages.jsonl TARGET_FOLDER [--start ADAPTER_FOLDER]

Each line of the data is `{"source", "title", "passage", "qa_pairs": [{"Q", "A"}]}`. Uses the prompts of the program,
and must be run again when they change. With `--start` it goes on from an adapter that was made before. Source of the
idea: pre-LIFT supervised fine-tuning (Mao et al., arXiv 2412.13626).
"""

from __future__ import annotations

import argparse
import json
import random
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
    Prompt,
    answer_prompt,
    answer_tokens,
    common_prefix,
    question_prompt,
)
from lift_desktop.engine.training import Trainer, TrainingSettings

RANK = 16
LEARNING_RATE, LEARNING_RATE_AFTER_START = 1e-3, 6e-4
STEP_TOKENS = 1400
CONTEXT_TOKENS = (180, 250, 450)  # of the passages that a prompt shows
PASSES = {"XQuAD": 5, "PolicyQA": 1}  # by a source's beginning; XQuAD's questions are few, but each asks for one thing
DISTRACTOR_SHARE = 0.3  # of the prompts show a passage that answers nothing, and then ask for no questions
UNANSWERABLE_SHARE = 0.06
MOST_READ, MOST_WRITTEN = 10, 8
SAVED_EVERY_STEPS = 20
MOST_ANSWER_TOKENS, MOST_ANSWER_TOKENS_ASKED_ABOUT = 90, 24

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
        """All lessons, shuffled: each passage as often as PASSES says, each time with other questions."""
        groups = []
        for source, passes in PASSES.items():
            records = [record for record in self._records if record["source"].startswith(source)]
            for _ in range(passes):
                contexts = self._contexts(records, self._dice.choice(CONTEXT_TOKENS))
                groups += [group for context in contexts if (group := self._lesson(context)).items]
        self._dice.shuffle(groups)
        return groups

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _contexts(self, records: list[Record], tokens: int) -> Iterator[list[Record]]:
        """Each passage once, together with others of its document up to about so many tokens."""
        shuffled = records[:]
        self._dice.shuffle(shuffled)
        open_contexts: dict[str, list[Record]] = {}
        for record in shuffled:
            context = open_contexts.setdefault(record["title"], [])
            if context and sum(other["tokens"] for other in context) + record["tokens"] > tokens:
                yield context
                context = open_contexts[record["title"]] = []
            context.append(record)
        yield from open_contexts.values()

    def _lesson(self, context: list[Record]) -> Group:
        """Passages; below them questions to answer and, unless a passage too many is shown, answers to ask for."""
        dice, title = self._dice, context[0]["title"]
        shown = [record["passage"] for record in context]
        pairs = [(pair["Q"], pair["A"]) for record in context for pair in record["qa_pairs"]]
        read, written = dice.sample(pairs, min(len(pairs), MOST_READ)), list[tuple[str, str]]()
        for _ in range(max(1, round(len(read) * UNANSWERABLE_SHARE)) if dice.random() < 0.5 else 0):
            stranger = dice.choice(self._records)
            if stranger["title"] != title:
                read.append((dice.choice(stranger["qa_pairs"])["Q"], NOT_IN_DOCUMENT))
        if dice.random() < DISTRACTOR_SHARE:
            others = [record for record in self._by_title[title] if record not in context]
            other = dice.choice(others or [dice.choice(self._records)])
            shown.insert(dice.randrange(len(shown) + 1), other["passage"][:900])
        else:
            written = self._to_write(pairs)
        passage = "\n\n".join(shown)
        reading = [
            (answer_prompt(self._tokenizer, title, asked, shown), tokens)
            for asked, answer in read
            if len(tokens := self._answer(answer)) <= MOST_ANSWER_TOKENS
        ]
        writing = [
            (question_prompt(self._tokenizer, title, passage, answer, example=False), self._answer(asked))
            for asked, answer in written
        ]
        return self._group(reading, writing)

    def _to_write(self, pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Questions to be written: one for each of some answers."""
        by_answer = {answer: (asked, answer) for asked, answer in self._dice.sample(pairs, len(pairs))}
        short = [pair for pair in by_answer.values() if self._count(pair[1]) <= MOST_ANSWER_TOKENS_ASKED_ABOUT]
        return short[:MOST_WRITTEN]

    def _group(self, *kinds: list[tuple[Prompt, tuple[int, ...]]]) -> Group:
        """One packed group; what the prompts have in common is its prefix."""
        lessons = [lesson for kind in kinds for lesson in kind]
        prefix = common_prefix([prompt.prefix for prompt, _ in lessons])
        items = []
        for prompt, answer in lessons:
            asked = prompt.prefix[len(prefix) :] + prompt.rest
            items.append(Item(asked + answer, len(asked)))
        return Group(prefix, tuple(items))

    def _answer(self, answer: str) -> tuple[int, ...]:
        return answer_tokens(self._tokenizer, answer)


def main() -> None:
    """Trains and saves the adapter (float16)."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--start", type=Path)
    arguments = parser.parse_args()
    use_threads()
    base = load(ModelReference(arguments.model.name, str(arguments.model), ""), choose())
    records = [json.loads(line) for line in arguments.data.read_text(encoding="utf-8").splitlines()]
    steps = list(split_groups(Lessons(base, records).groups(), STEP_TOKENS))
    adapters = Adapters(base)
    torch.manual_seed(0)
    adapters.make("skills", RANK)
    if arguments.start is not None:
        adapters.load("start", arguments.start)
        adapters.set_weights("skills", adapters.weights("start"))
    rate = LEARNING_RATE if arguments.start is None else LEARNING_RATE_AFTER_START
    settings = TrainingSettings(learning_rate=rate, max_tokens=STEP_TOKENS)
    arguments.target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(base, adapters, "skills", steps, answer_loss, settings, Path(folder))
        for progress in trainer.run():
            print(f"step {progress.done} of {progress.total}, loss {progress.loss:.3f}", flush=True)
            if progress.done % SAVED_EVERY_STEPS == 0:
                adapters.save("skills", arguments.target)
    adapters.save("skills", arguments.target)


if __name__ == "__main__":
    main()
