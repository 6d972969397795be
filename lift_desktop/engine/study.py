"""Study: the model writes questions about each passage; what the passage does not prove is dropped.

The answers are chosen first (`spans.py`: names, figures, phrases of every sentence), and the model writes the question
to each. Owns the file `questions.jsonl` in a memory's folder: one line for each passage and round, flushed as it is
written, so that an interrupted study goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..domain.models import Passage, StudyQuestion
from ..domain.steps import changed
from ..domain.words import Weights, content_words, recall_share, split_sentences
from .adapters import Adapters
from .base_model import BaseModel
from .generation import prefix_cache, write_batch
from .prompts import Prompt, example_prefix, question_prompt
from .spans import Span, answer_spans

QUESTIONS_FILE = "questions.jsonl"
MIN_EVIDENCE_SHARE = 0.7
"""How many of an answer's content words its sentence must hold when the answer does not stand there verbatim."""
SAME_QUESTION_SHARE = 0.8
MOST_QUESTION_TOKENS = 40
_REFERS_TO_PROMPT = re.compile(r"\b(?:this|the|following|above) (?:passage|text|excerpt|paragraph)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StudyProgress:
    """`done` of `total` visits (a passage gets one in each round), and the questions so far."""

    done: float
    total: int
    questions: int


def check_draft(question: str, answer: str, passage: Passage, kind: str = "fact") -> StudyQuestion | None:
    """A drafted question, with the sentence that proves its answer; None when nothing proves it, when it gives the
    answer away, or when it only makes sense beside the passage."""
    answer = answer.strip().rstrip(".;,").strip()
    words = question.split()
    if not question.endswith("?") or not 3 <= len(words) <= 40 or not 1 <= len(answer.split()) <= 50:
        return None
    if _REFERS_TO_PROMPT.search(question):
        return None
    asked, answered = set(content_words(question)), content_words(answer)
    if not asked or (answered and asked.issuperset(answered)):
        return None
    evidence = _evidence(answer, question, passage.text)
    if evidence is None:
        return None
    return StudyQuestion(passage.number, question, answer, evidence, kind)


def _evidence(answer: str, question: str, text: str) -> str | None:
    """The sentence of `text` that holds `answer` (verbatim, else most of its content words) and suits `question`."""
    best, best_score = None, 0.0
    for sentence in split_sentences(text):
        quote = text[sentence.start : sentence.end]
        verbatim = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", quote, re.IGNORECASE) is not None
        share = 1.0 if verbatim else recall_share(answer, quote)
        if share < MIN_EVIDENCE_SHARE or (not verbatim and len(content_words(answer)) < 2):
            continue
        score = share + recall_share(question, quote)
        if score > best_score:
            best, best_score = quote, score
    return best


class Notebook:
    """The questions so far, without repetitions, and the file that keeps them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / QUESTIONS_FILE
        self.questions: list[StudyQuestion] = []
        self.studied: set[tuple[int, int]] = set()  # (round, passage)
        self._words: list[tuple[int, frozenset[str]]] = []
        if self._path.exists():
            self._read()

    def add(self, round_number: int, passage: int, drafts: Iterable[StudyQuestion]) -> None:
        """Keeps those of `drafts` that are new, and notes that the passage was studied in this round."""
        fresh = [draft for draft in drafts if self._is_new(draft)]
        line = {
            "round": round_number,
            "passage": passage,
            "questions": [asdict(question) for question in fresh],
        }
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.questions += fresh
        self.studied.add((round_number, passage))

    def _is_new(self, draft: StudyQuestion) -> bool:
        words = frozenset(content_words(draft.question))
        for passage, known in self._words:
            if abs(passage - draft.passage) > 1 and words != known:
                continue  # the same words may ask for something else elsewhere; then only their whole is compared
            if len(words & known) >= SAME_QUESTION_SHARE * len(words | known):
                return False
        self._words.append((draft.passage, words))
        return True

    def _read(self) -> None:
        """Reads the file; a last line that was cut off by a crash is removed."""
        data = self._path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            with self._path.open("r+b") as file:
                file.truncate(len(whole))
        for line in whole.decode("utf-8").split("\n")[:-1]:  # texts may hold other line breaks
            record = json.loads(line)
            questions = [StudyQuestion(**question) for question in record["questions"]]
            self._words += [(q.passage, frozenset(content_words(q.question))) for q in questions]
            self.questions += questions
            self.studied.add((record["round"], record["passage"]))


def study(
    base: BaseModel,
    adapters: Adapters,
    writer: str | None,
    title: str,
    passages: Sequence[Passage],
    notebook: Notebook,
    *,
    rounds: int,
    answers: int,
    passages_at_once: int,
) -> Generator[StudyProgress, None, None]:
    """Fills `notebook` with questions about all `passages`, in `rounds` that ask for up to `answers` answers each.

    `writer` is the adapter that writes (None: the bare model, which is shown a worked example). Yields after each
    token, so that the caller can stop it or let a question in; what a stopped batch had written is written again the
    next time.
    """
    total = rounds * len(passages)
    weights = Weights.of(passage.text for passage in passages)
    visits = [
        _Visit(number, passage, answer_spans(passage.text, weights)[number * answers : (number + 1) * answers])
        for number in range(rounds)
        for passage in passages
        if (number, passage.number) not in notebook.studied
    ]
    with adapters.using(writer) as model:
        start = prefix_cache(base, model, example_prefix(base.tokenizer, title)) if writer is None and visits else None
        for first in range(0, len(visits), passages_at_once):
            batch = visits[first : first + passages_at_once]
            yield StudyProgress(len(notebook.studied), total, len(notebook.questions))
            prompts = [prompt for visit in batch for prompt in visit.prompts(base, title, example=writer is None)]

            def progress(tokens: int, batch: Sequence[_Visit] = batch) -> StudyProgress:
                share = tokens / (MOST_QUESTION_TOKENS + 1)
                return StudyProgress(len(notebook.studied) + share * len(batch), total, len(notebook.questions))

            steps = write_batch(base, model, prompts, MOST_QUESTION_TOKENS, start=start)
            texts = yield from changed(steps, progress)
            for visit in batch:
                own, texts = texts[: len(visit.spans)], texts[len(visit.spans) :]
                notebook.add(visit.round_number, visit.passage.number, visit.checked(own))
    yield StudyProgress(total, total, len(notebook.questions))


@dataclass(frozen=True, slots=True)
class _Visit:
    """A passage in one round of study, and the answers that are asked for."""

    round_number: int
    passage: Passage
    spans: Sequence[Span]

    def prompts(self, base: BaseModel, title: str, *, example: bool) -> list[Prompt]:
        return [
            question_prompt(base.tokenizer, title, self.passage.text, self._answer(span), example=example)
            for span in self.spans
        ]

    def checked(self, questions: Sequence[str]) -> list[StudyQuestion]:
        found = []
        for span, text in zip(self.spans, questions, strict=True):
            question = text.strip().partition("\n")[0]
            checked = check_draft(question, self._answer(span), self.passage, span.kind)
            if checked is not None:
                found.append(checked)
        return found

    def _answer(self, span: Span) -> str:
        return " ".join(self.passage.text[span.start : span.end].split())


def hold_out(
    questions: Sequence[StudyQuestion], share: float, most: int, seed: int
) -> tuple[list[StudyQuestion], list[StudyQuestion]]:
    """Splits into (to learn, held out): about `share` of the questions, at most `most`, at most one of a passage in
    three questions, so that each held-out question's passage is studied through others."""
    order = list(range(len(questions)))
    random.Random(seed).shuffle(order)
    left: dict[int, int] = {}
    for question in questions:
        left[question.passage] = left.get(question.passage, 0) + 1
    wanted = min(most, round(share * len(questions)))
    chosen: set[int] = set()
    for index in order:
        passage = questions[index].passage
        if len(chosen) < wanted and left[passage] >= 3:
            chosen.add(index)
            left[passage] -= 2  # one held out, one more that must stay
    learned = [question for index, question in enumerate(questions) if index not in chosen]
    return learned, [questions[index] for index in sorted(chosen)]
