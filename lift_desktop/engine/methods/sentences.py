"""The method `sentences`: several questions about every sentence, trained while the next ones are being written.

Source: "LIFT" (Mao et al., arXiv 2502.14644, versions 4 and 5). Each sentence, shown below what stands before it, gets
its own questions; a low-rank adapter learns question -> answer with no document in the prompt. The optimizer's first
steps follow the text: a step has the questions of as many sentences as are studied together, so it can be taken as soon
as they are written. Later epochs mix all questions. A step without any question learns its sentences word by word.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import torch

from ...domain.models import Passage, StudyQuestion
from ...domain.steps import changed
from ...domain.words import Weights, content_words, split_sentences
from ..batches import Group, Item, Packed
from ..distillation import answer_loss
from ..generation import prefix_cache, write_batch
from ..prompts import answer_prompt, answer_tokens, example_prefix, question_prompt, text_prompt
from ..spans import answer_spans
from ..study import MOST_QUESTION_TOKENS, Notebook, StudyProgress, check_draft
from .base import Lessons, Work
from .lora import LoraMethod

FEWEST_BETWEEN_HELD_OUT = 8
EXPECTED_SHARE = 0.4  # of the questions that are asked for


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the document, what stands before it, and the number of its passage."""

    text: str
    before: str
    passage: int


def sentences_of(passages: Sequence[Passage], context_characters: int) -> list[Sentence]:
    """All sentences that say something, each with up to `context_characters` before it, cut at a word."""
    found, past = [], ""
    for passage in passages:
        for sentence in split_sentences(passage.text):
            text = passage.text[sentence.start : sentence.end]
            before = f"{past}{passage.text[: sentence.start]}"
            shown = before[-context_characters:] if context_characters else ""
            if len(shown) < len(before):
                shown = shown.partition(" ")[2]
            if content_words(text) and not sentence.contents:
                found.append(Sentence(text, shown, passage.number))
        past = f"{past}{passage.text}\n\n"[-2 * max(1, context_characters) :]
    return found


class SentenceLessons(Lessons):
    """The questions of a notebook that is still being filled: `ready` tells how many steps can be taken already."""

    def __init__(
        self, work: Work, sentences: Sequence[Sentence], notebook: Notebook, at_once: int, epochs: int
    ) -> None:
        self._work, self._notebook, self._epochs = work, notebook, epochs
        self._sentences = list(sentences)
        self._blocks = [range(at, min(at + at_once, len(sentences))) for at in range(0, len(sentences), at_once)]
        self._distance = FEWEST_BETWEEN_HELD_OUT

    def hold_out_at_most(self, count: int, expected: int) -> None:
        """Every n-th question that was written is held out, so that of `expected` about `count` are at most."""
        self._distance = max(FEWEST_BETWEEN_HELD_OUT, round(expected / max(1, count)))

    def is_held_out(self, index: int) -> bool:
        """Of the question `index` in the order of writing."""
        return index % self._distance == self._distance - 1

    @property
    def kept(self) -> list[int]:
        return [index for index in range(len(self._notebook.questions)) if not self.is_held_out(index)]

    @property
    def ready(self) -> int:
        """How many steps have all their questions."""
        studied = self._notebook.studied
        for number, block in enumerate(self._blocks):
            if any((0, place) not in studied for place in block):
                return number
        return len(self._blocks) * self._epochs

    def steps(self) -> Sequence[Sequence[Group]]:
        return _Steps(self, len(self._blocks) * self._epochs)

    def step(self, number: int) -> list[Group]:
        """The groups of one step, which must be ready."""
        epoch, place = divmod(number, len(self._blocks))
        block = self._blocks[place]
        if epoch == 0:
            own = {(self._sentences[each].passage, self._sentences[each].text) for each in block}
            keys = [key for key in self.kept if self._is_of(self._notebook.questions[key], own)]
        else:
            keys = self.kept
            random.Random(f"{self._work.seed} {epoch}").shuffle(keys)
            keys = keys[place :: len(self._blocks)]
        return [self._group(keys)] if keys else self._text(block)

    def loss(self, packed: Packed, logits: torch.Tensor) -> torch.Tensor:
        return answer_loss(packed, logits)

    @staticmethod
    def _is_of(question: StudyQuestion, sentences: set[tuple[int, str]]) -> bool:
        return (question.passage, question.evidence) in sentences

    def _group(self, keys: Sequence[int]) -> Group:
        tokenizer = self._work.base.tokenizer
        items: list[Item] = []
        prefix: tuple[int, ...] = ()
        for key in keys:
            question = self._notebook.questions[key]
            prompt = answer_prompt(tokenizer, self._work.title, question.question)
            prefix = prompt.prefix
            items.append(Item(prompt.rest + answer_tokens(tokenizer, question.answer), len(prompt.rest), key))
        return Group(prefix, tuple(items))

    def _text(self, block: Sequence[int]) -> list[Group]:
        tokenizer, groups = self._work.base.tokenizer, []
        for each in block:
            sentence = self._sentences[each]
            prompt = text_prompt(tokenizer, self._work.title, sentence.passage)
            tokens = prompt.rest + answer_tokens(tokenizer, sentence.text)
            groups.append(Group(prompt.prefix, (Item(tokens, len(prompt.rest)),)))
        return groups


class _Steps(Sequence[Sequence[Group]]):
    """The steps of lessons, each made when it is taken."""

    def __init__(self, lessons: SentenceLessons, count: int) -> None:
        self._lessons, self._count = lessons, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number):  # type: ignore[no-untyped-def]
        if not 0 <= (number if number >= 0 else number + self._count) < self._count:
            raise IndexError(number)
        return self._lessons.step(number % self._count)


class SentencesMethod(LoraMethod):
    """A low-rank adapter with lessons about every sentence; see the module."""

    def start(self, notebook: Notebook) -> SentenceLessons:
        """The lessons, before anything need be written."""
        settings, recipe = self._recipe.sentences, self._recipe
        assert settings is not None
        self._sentences = sentences_of(self._work.passages, settings.context_characters)
        lessons = SentenceLessons(self._work, self._sentences, notebook, self._at_once, settings.epochs)
        expected = round(EXPECTED_SHARE * settings.questions * len(self._sentences))
        lessons.hold_out_at_most(recipe.held_out_most, expected)
        self._lessons = lessons
        return lessons

    @property
    def _at_once(self) -> int:
        """Sentences of a step, the same on any hardware: a run may go on where fewer texts can be written together."""
        assert self._recipe.sentences is not None
        return max(1, self._recipe.rows // self._recipe.sentences.questions)

    def split(self, notebook: Notebook) -> tuple[list[StudyQuestion], list[StudyQuestion]]:
        learned = [notebook.questions[key] for key in self._lessons.kept]
        held_out = [question for key, question in enumerate(notebook.questions) if self._lessons.is_held_out(key)]
        return learned, held_out[: self._recipe.held_out_most]

    def study(self, notebook: Notebook) -> Generator[StudyProgress, None, None]:
        """Writes the questions of all sentences, some sentences at once. No adapter of its own is active when it
        yields after a batch, so that training may go on there."""
        total, weights = len(self._sentences), Weights.of(passage.text for passage in self._work.passages)
        for first in range(0, total, self._at_once):
            places = range(first, min(first + self._at_once, total))
            if all((0, place) in notebook.studied for place in places):
                continue
            spans = {place: self._answers(place, weights) for place in places if (0, place) not in notebook.studied}
            written = yield from self._write(spans, notebook, first / total)
            for place, answers in spans.items():
                own, written = written[: len(answers)], written[len(answers) :]
                notebook.add(0, place, self._checked(place, answers, own))
            yield StudyProgress(len(notebook.studied), total, len(notebook.questions))
        yield StudyProgress(total, total, len(notebook.questions))

    def _answers(self, place: int, weights: Weights) -> list[tuple[str, str]]:
        """(answer, its kind) for each question about a sentence."""
        assert self._recipe.sentences is not None
        text = self._sentences[place].text
        spans = answer_spans(text, weights)[: self._recipe.sentences.questions]
        return [(" ".join(text[span.start : span.end].split()), span.kind) for span in spans]

    def _write(
        self, spans: dict[int, list[tuple[str, str]]], notebook: Notebook, done: float
    ) -> Generator[StudyProgress, None, list[str]]:
        work, total = self._work, len(self._sentences)
        tokenizer, example = work.base.tokenizer, work.skills is None
        prompts = []
        for place, answers in spans.items():
            shown = f"{self._sentences[place].before}{self._sentences[place].text}"
            prompts += [question_prompt(tokenizer, work.title, shown, each, example=example) for each, _ in answers]
        texts: list[str] = []
        with work.adapters.using(work.skills) as model:
            start = prefix_cache(work.base, model, example_prefix(tokenizer, work.title)) if example else None
            for first in range(0, len(prompts), work.base.hardware.rows):
                batch = prompts[first : first + work.base.hardware.rows]

                def progress(tokens: int, before: int = first, rows: int = len(batch)) -> StudyProgress:
                    share = (before + rows * tokens / (MOST_QUESTION_TOKENS + 1)) / len(prompts)
                    return StudyProgress(done * total + share * len(spans), total, len(notebook.questions))

                steps = write_batch(work.base, model, batch, MOST_QUESTION_TOKENS, start=start)
                texts += yield from changed(steps, progress)
        return texts

    def _checked(self, place: int, answers: Sequence[tuple[str, str]], texts: Sequence[str]) -> list[StudyQuestion]:
        sentence = self._sentences[place]
        passage = Passage(sentence.passage, 0, len(sentence.text), sentence.text, 1, 1)
        drafts = (
            check_draft(text.strip().partition("\n")[0], answer, passage, kind)
            for (answer, kind), text in zip(answers, texts, strict=True)
        )
        return [replace(draft, evidence=sentence.text) for draft in drafts if draft is not None]

    def lessons(self, questions: Sequence[StudyQuestion]) -> Lessons:
        return self._lessons
