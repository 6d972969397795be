"""Lessons for the skills of a model, made from passages with questions and answers: the data's check, and the items.

There are six kinds, all in the prompts of asking and learning: *reading* (answer below passages), *recited* (below
single sentences, such as a memory recites), *broad* (what are they about?), *unsaid* (say that the document does not
say), *writing* (the question to an answer), and *lifted* (questions about a text that was itself learned just before,
without it: what a document's learning is like). Source of the idea: pre-LIFT supervised fine-tuning (Mao et al., arXiv
2412.13626). Runs no model.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..domain.errors import BadSettings
from ..domain.words import recall_share, sentence_texts, split_sentences
from .batches import Group, Item, split_groups
from .prompts import (
    NOT_IN_DOCUMENT,
    Prompt,
    answer_prompt,
    answer_tokens,
    common_prefix,
    question_prompt,
    text_prompt,
)

READING, RECITED, BROAD, UNSAID, WRITING, LIFTED = KINDS = (
    "reading",
    "recited",
    "broad",
    "unsaid",
    "writing",
    "lifted",
)
STEP_TOKENS = 1400
CONTEXT_TOKENS = (200, 450, 650)  # of the passages that a prompt shows
DISTRACTOR_SHARE = 0.3  # of the prompts show a passage that answers nothing, and then ask for no questions
UNSAID_SHARE = 0.06  # of the questions below passages; half of them are about a neighbouring passage
BROAD_SHARE = 0.25  # of the prompts ask for the whole, too
LIFTED_SHARE, RECITED_SHARE = 0.15, 0.6  # of the passages
MOST_RECITED, SENTENCES_RECITED = 2, 3
MOST_READ, MOST_WRITTEN, MOST_LIFTED = 10, 8, 3
MOST_ANSWER_TOKENS, MOST_ANSWER_TOKENS_ASKED_ABOUT, MOST_ANSWER_TOKENS_LIFTED = 90, 24, 12
MOST_PASSAGE_CHARACTERS, SHOWN_OTHER_CHARACTERS, MOST_OVERVIEW_CHARACTERS = 6000, 900, 300
FEWEST_PASSAGES, FEWEST_QUESTIONS = 4, 8
ANSWERED_SHARE = 0.5  # passages that hold so much of an answer's words may well answer the question
BROAD_QUESTIONS = (
    "What is this document about?",
    "What is it about?",
    "Summarise the document.",
    "What does the document say?",
    "What are the main points?",
    "Give an overview.",
)
"""Asked about the whole of what is shown; the answer are the sentences that open the passages."""
FORMAT_HINT = 'Each line must be a JSON object {"title", "passage", "qa_pairs": [{"Q", "A"}]}, and may have a "source".'


@dataclass(frozen=True, slots=True)
class Record:
    """A passage of a document, and questions about it with their answers."""

    title: str
    passage: str
    pairs: tuple[tuple[str, str], ...]
    source: str = ""


# The data -------------------------------------------------------------------------------------------------------------
def read_records(files: Sequence[Path]) -> tuple[Record, ...]:
    """All records of `files`, a file that is named twice twice. Raises BadSettings, naming file and line."""
    records = tuple(record for file in files for record in _records_of(file))
    questions = sum(len(record.pairs) for record in records)
    if len(set(records)) < FEWEST_PASSAGES or questions < FEWEST_QUESTIONS:
        raise BadSettings(
            f"The data hold {len(set(records))} passages with {questions} questions; that is too little to learn from.",
            f"At least {FEWEST_PASSAGES} passages and {FEWEST_QUESTIONS} questions are needed; hundreds are better.",
        )
    return records


def _records_of(file: Path) -> Iterator[Record]:
    try:
        lines = file.read_text(encoding="utf-8").split("\n")  # JSON may hold other line breaks
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise BadSettings(f"{file} cannot be read: {reason}.", FORMAT_HINT) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield _record(json.loads(line))
            except ValueError as error:
                reason = "it is no JSON" if isinstance(error, json.JSONDecodeError) else str(error)
                raise BadSettings(f"{file}, line {number}: {reason}.", FORMAT_HINT) from error


def _record(value: Any) -> Record:
    """Raises ValueError with what is wrong."""
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    title, passage, pairs = _text(value, "title"), _text(value, "passage"), value.get("qa_pairs")
    if len(passage) > MOST_PASSAGE_CHARACTERS:
        raise ValueError(f"the passage has {len(passage):,} characters; at most {MOST_PASSAGE_CHARACTERS:,} are read")
    if not isinstance(pairs, list) or not pairs or not all(isinstance(pair, dict) for pair in pairs):
        raise ValueError("“qa_pairs” must be a list of objects, at least one")
    asked = tuple((_text(pair, "Q"), _text(pair, "A")) for pair in pairs)
    return Record(title, passage, asked, str(value.get("source", "")))


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"“{key}” must be a text that is not empty")
    return text.strip()


# The lessons ----------------------------------------------------------------------------------------------------------
class Lessons:
    """Makes items from records, with dice that are always the same. An item's key is its kind's place in KINDS."""

    def __init__(self, tokenizer: Any, records: Sequence[Record], seed: int) -> None:
        self._tokenizer, self._records, self._seed = tokenizer, list(records), seed
        self._dice = random.Random(seed)
        self._tokens = {record.passage: self._count(record.passage) for record in records}
        self._by_title: dict[str, list[Record]] = {}
        for record in dict.fromkeys(records):
            self._by_title.setdefault(record.title, []).append(record)

    def groups(self, number: int) -> list[Group]:
        """Pass `number`: each passage, among others of its document, with what is asked about them; shuffled."""
        self._dice = random.Random(f"{self._seed} {number}")
        contexts = self._contexts(self._dice.choice(CONTEXT_TOKENS))
        groups = [group for context in contexts if (group := self._lesson(context)).items]
        self._dice.shuffle(groups)
        return groups

    def steps(self, number: int) -> list[list[Group]]:
        """The groups of each optimizer step of pass `number`; a text is learned in two of them, then asked about."""
        steps = list(split_groups(self.groups(number), STEP_TOKENS))
        for record in self._dice.sample(self._records, round(RECITED_SHARE * len(self._records))):
            self._dice.choice(steps).extend(self._recited(record))
        for record in self._dice.sample(self._records, round(LIFTED_SHARE * len(self._records))):
            text, asked = self._lifted(record)
            if asked.items:
                first = self._dice.randrange(max(1, len(steps) - 2))
                for place, group in enumerate((text, text, asked)):
                    steps[min(first + place, len(steps) - 1)].append(group)
        return steps

    def _count(self, text: str) -> int:
        return len(self._tokenizer.encode(text, add_special_tokens=False))

    def _contexts(self, tokens: int) -> Iterator[list[Record]]:
        """Each passage once, together with others of its document up to about so many tokens."""
        shuffled = self._records[:]
        self._dice.shuffle(shuffled)
        open_contexts: dict[str, list[Record]] = {}
        for record in shuffled:
            context = open_contexts.setdefault(record.title, [])
            together = sum(self._tokens[other.passage] for other in context) + self._tokens[record.passage]
            if context and (together > tokens or record in context):
                yield context
                context = open_contexts[record.title] = []
            context.append(record)
        yield from open_contexts.values()

    def _lesson(self, context: list[Record]) -> Group:
        """Passages; below them questions to answer and, unless a passage too many is shown, answers to ask for."""
        dice, title = self._dice, context[0].title
        shown = [record.passage for record in context]
        pairs = [pair for record in context for pair in record.pairs]
        written = self._to_write(pairs)
        if dice.random() < DISTRACTOR_SHARE:
            others = [record for record in self._by_title[title] if record not in context]
            other = dice.choice(others or self._records)
            shown.insert(dice.randrange(len(shown) + 1), other.passage[:SHOWN_OTHER_CHARACTERS])
            written = []
        asked = [(READING, *pair) for pair in dice.sample(pairs, min(len(pairs), MOST_READ))]
        asked += self._unsaid(title, shown, len(asked))
        if dice.random() < BROAD_SHARE:
            asked.append((BROAD, dice.choice(BROAD_QUESTIONS), _overview(shown)))
        lessons = []
        for kind, question, answer in asked:
            tokens = self._answer(answer)
            if kind == BROAD or len(tokens) <= MOST_ANSWER_TOKENS:
                lessons.append((kind, answer_prompt(self._tokenizer, title, question, shown), tokens))
        for question, answer in written:
            prompt = question_prompt(self._tokenizer, title, "\n\n".join(shown), answer, example=False)
            lessons.append((WRITING, prompt, self._answer(question)))
        return _group(lessons)

    def _unsaid(self, title: str, shown: Sequence[str], questions: int) -> list[tuple[str, str, str]]:
        """Questions that what is shown does not answer: about the same document, or about quite another one."""
        found, text = [], " ".join(shown)
        for _ in range(questions):
            if self._dice.random() < UNSAID_SHARE:
                near = self._dice.random() < 0.5
                stranger = self._dice.choice(self._by_title[title] if near else self._records)
                question, answer = self._dice.choice(stranger.pairs)
                if stranger.passage not in shown and recall_share(answer, text) < ANSWERED_SHARE:
                    found.append((UNSAID, question, NOT_IN_DOCUMENT))
        return found

    def _to_write(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Questions to be written: one for each of some short answers."""
        by_answer = {answer: (question, answer) for question, answer in self._dice.sample(pairs, len(pairs))}
        short = [pair for pair in by_answer.values() if self._count(pair[1]) <= MOST_ANSWER_TOKENS_ASKED_ABOUT]
        return short[:MOST_WRITTEN]

    def _recited(self, record: Record) -> Iterator[Group]:
        """Questions below a sentence that holds the answer and others of the same document, in any order."""
        dice = self._dice
        strange = [each for other in self._by_title[record.title] for each in sentence_texts(other.passage)]
        for question, answer in dice.sample(record.pairs, min(len(record.pairs), MOST_RECITED)):
            own = [each for each in sentence_texts(record.passage) if answer in each]
            others = [each for each in strange if recall_share(answer, each) < ANSWERED_SHARE]
            if own and len(self._answer(answer)) <= MOST_ANSWER_TOKENS:
                shown = [own[0], *dice.sample(others, min(len(others), SENTENCES_RECITED - 1))]
                dice.shuffle(shown)
                prompt = answer_prompt(self._tokenizer, record.title, question, shown)
                yield _group([(RECITED, prompt, self._answer(answer))])

    def _lifted(self, record: Record) -> tuple[Group, Group]:
        """A passage as a text to be learned, and questions about it without it: the items of learning a document."""
        number = self._by_title[record.title].index(record)
        text = text_prompt(self._tokenizer, record.title, number)
        short = [pair for pair in record.pairs if self._count(pair[1]) <= MOST_ANSWER_TOKENS_LIFTED]
        asked = [
            (LIFTED, answer_prompt(self._tokenizer, record.title, question), self._answer(answer))
            for question, answer in self._dice.sample(short, min(len(short), MOST_LIFTED))
        ]
        return _group([(LIFTED, text, self._answer(record.passage))]), _group(asked)

    def _answer(self, answer: str) -> tuple[int, ...]:
        return answer_tokens(self._tokenizer, answer)


def _overview(shown: Sequence[str]) -> str:
    """The sentences that open the passages, as many as are not too long together."""
    said = ""
    for text in shown:
        opening = split_sentences(text)[0]
        longer = f"{said} {text[opening.start : opening.end].strip()}".strip()
        if said and len(longer) > MOST_OVERVIEW_CHARACTERS:
            break
        said = longer
    return said


def _group(lessons: Sequence[tuple[str, Prompt, tuple[int, ...]]]) -> Group:
    """One packed group of (kind, prompt, answer); what the prompts have in common is its prefix."""
    prefix = common_prefix([prompt.prefix for _, prompt, _ in lessons])
    items = []
    for kind, prompt, answer in lessons:
        asked = prompt.prefix[len(prefix) :] + prompt.rest
        items.append(Item(asked + answer, len(asked), KINDS.index(kind)))
    return Group(prefix, tuple(items))
