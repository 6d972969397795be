"""Learning one document: study, training, recall check, each resumable from the memory's folder.

The folder holds `request.json` (what is learned, and how), `questions.jsonl`, `teaching.safetensors`, the checkpoint,
and at last the adapter with `manifest.json` and `result.json`; a folder with `result.json` is finished.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load, save_file

from ..domain.errors import TooFewQuestions
from ..domain.messages import Progress
from ..domain.models import StudyQuestion
from ..domain.steps import changed
from .adapters import Adapters
from .base_model import BaseModel
from .clock import Clock
from .contract import PROMPTS_VERSION, LearnRequest, LearnResult, QuestionRecall
from .distillation import Teaching, teach
from .methods import Lessons, Method, Work, make_method
from .methods.sentences import SentencesMethod
from .recall import RecallCheck, check_recall, mean
from .recipes import Recipe, recipe_of
from .study import Notebook, StudyProgress
from .training import CHECKPOINT_FILE, Trainer, TrainingProgress, for_steps, for_width

LEARNING = "learning"  # the adapter's name while it is trained
REQUEST_FILE, RESULT_FILE, MANIFEST_FILE = "request.json", "result.json", "manifest.json"
TEACHING_FILE = "teaching.safetensors"
TEACHING_SAVED_EVERY_SECONDS = 30.0
FEWEST_QUESTIONS = 4
STUDY_SHARE_OF_STAGE = 0.85  # the rest of the stage is the teacher's reading


class Learning:
    """One run of learning; `steps` does the work. `skills` is the adapter of the prepared model, None for none."""

    def __init__(
        self, base: BaseModel, adapters: Adapters, skills: str | None, request: LearnRequest, clock: Clock
    ) -> None:
        self._base, self._adapters, self._skills = base, adapters, skills
        self._request, self._clock = request, clock
        self._recipe: Recipe = recipe_of(request)
        self._folder = Path(request.folder)
        work = Work(base, adapters, skills, request.title, request.passages, request.seed)
        self._method: Method = make_method(request.method, work, self._recipe)

    def steps(self) -> Generator[Progress, None, LearnResult]:
        """Study, train, check. Yields often; returns the result, which also stands in `result.json`."""
        self._open_folder()
        if (self._folder / RESULT_FILE).exists():
            self._clear_away()
            return self._read_result()
        notebook = Notebook(self._folder)
        if isinstance(self._method, SentencesMethod):
            lessons = yield from self._study_and_train(self._method, notebook)
        else:
            lessons = yield from self._study(notebook)
            self._prepare_adapter()
            yield from self._train(lessons)
        learned, held_out = self._method.split(notebook)
        check = yield from self._check(held_out)
        return self._finish(lessons, learned, held_out, check)

    # Study -----------------------------------------------------------------------------------------------------------
    def _study(self, notebook: Notebook) -> Generator[Progress, None, Lessons]:
        """Has everything written and read by the teacher, then nothing is trained yet."""
        for progress in self._method.study(notebook):
            yield self._studying(progress, STUDY_SHARE_OF_STAGE)
        learned, _ = self._method.split(notebook)
        lessons = self._method.lessons(learned)
        yield from self._teach(lessons)
        self._check_enough(lessons)
        return lessons

    def _study_and_train(self, method: SentencesMethod, notebook: Notebook) -> Generator[Progress, None, Lessons]:
        """Training goes on with what is written while the next questions are being written."""
        lessons = method.start(notebook)
        self._prepare_adapter()
        run = self._trainer(lessons).run()
        try:
            trained = next(run).done  # training is begun first, so that its adapter is the one that study returns to
            for progress in itertools.chain([StudyProgress(0, 1, len(notebook.questions))], method.study(notebook)):
                yield self._studying(progress)
                while trained < lessons.ready < len(lessons.steps()):
                    trained = next(run).done
                    yield self._studying(progress)
            self._check_enough(lessons)
            yield from self._training(run)
        finally:
            run.close()
        return lessons

    def _studying(self, progress: StudyProgress, share: float = 1.0) -> Progress:
        return self._clock.at("studying", progress.done * share, progress.total, f"{progress.questions} questions")

    @staticmethod
    def _check_enough(lessons: Lessons) -> None:
        if len(lessons.kept) < FEWEST_QUESTIONS:
            raise TooFewQuestions(
                f"Only {len(lessons.kept)} usable questions could be written about this document; "
                "it cannot be learned from so few."
            )

    def _teach(self, lessons: Lessons) -> Generator[Progress, None, None]:
        """Has the teacher read each passage with its questions; keeps what it said every half a minute."""
        groups = lessons.teacher_groups()
        if not groups:
            return
        total = sum(len(group.items) for group in groups)
        taught = self._read_teaching()
        left = [group for group in groups if any(item.key not in taught for item in group.items)]
        last_saved = time.monotonic()
        teacher = teach(self._base, self._adapters, self._skills, left, self._recipe.training.max_tokens)
        try:
            for new in teacher:
                taught |= new
                if time.monotonic() - last_saved > TEACHING_SAVED_EVERY_SECONDS:
                    self._write_teaching(taught)
                    last_saved = time.monotonic()
                share = STUDY_SHARE_OF_STAGE + (1 - STUDY_SHARE_OF_STAGE) * len(taught) / max(1, total)
                yield self._clock.at("studying", share * total, total, f"{total} questions")
        finally:  # stopped in between, too
            self._write_teaching(taught)
        lessons.set_teaching(taught, self._recipe.doubtful_nll, distil=self._recipe.distil)

    def _read_teaching(self) -> dict[int, Teaching]:
        path = self._folder / TEACHING_FILE
        if not path.exists():
            return {}
        tensors = load(path.read_bytes())  # not the file itself, which Windows would not let us replace
        lengths = tensors["lengths"].tolist()
        ids, probabilities = torch.split(tensors["ids"], lengths), torch.split(tensors["probabilities"], lengths)
        keys, nlls = tensors["keys"].tolist(), tensors["nll"].tolist()
        return {key: Teaching(ids[index], probabilities[index], nlls[index]) for index, key in enumerate(keys)}

    def _write_teaching(self, taught: dict[int, Teaching]) -> None:
        if not taught:
            return
        said = list(taught.values())
        tensors = {
            "keys": torch.tensor(list(taught)),
            "lengths": torch.tensor([len(teaching.ids) for teaching in said]),
            "nll": torch.tensor([teaching.nll for teaching in said]),
            "ids": torch.cat([teaching.ids for teaching in said]),
            "probabilities": torch.cat([teaching.probabilities for teaching in said]),
        }
        partial = self._folder / f"{TEACHING_FILE}.writing"
        save_file(tensors, partial)
        partial.replace(self._folder / TEACHING_FILE)

    # Training and checking -------------------------------------------------------------------------------------------
    def _prepare_adapter(self) -> None:
        torch.manual_seed(self._request.seed)
        self._method.prepare(LEARNING)

    def _trainer(self, lessons: Lessons) -> Trainer:
        steps, width = lessons.steps(), self._base.model.config.hidden_size
        settings = for_steps(for_width(self._recipe.training, width), len(steps))
        return Trainer(self._base, self._adapters, LEARNING, steps, lessons.loss, settings, self._folder)

    def _train(self, lessons: Lessons) -> Generator[Progress, None, None]:
        yield from self._training(self._trainer(lessons).run())

    def _training(self, run: Generator[TrainingProgress, None, None]) -> Generator[Progress, None, None]:
        with contextlib.closing(run):
            for progress in run:
                note = f"loss {progress.loss:.2f}" if progress.loss else ""
                yield self._clock.at("training", progress.done, progress.total, note)

    def _check(self, held_out: Sequence[StudyQuestion]) -> Generator[Progress, None, RecallCheck]:
        steps = check_recall(
            self._base,
            self._adapters,
            self._skills,
            LEARNING,
            self._request.title,
            held_out,
            self._request.passages,
            recites=self._recipe.recites,
        )
        total = len(held_out)
        return (yield from changed(steps, lambda share: self._clock.at("checking", share * total, total)))

    # The folder ------------------------------------------------------------------------------------------------------
    def _open_folder(self) -> None:
        """Makes the folder; what lies there from another request (other settings or prompts) is removed."""
        request = self._request
        wanted = {
            "model": request.model.name,
            "model_sha256": request.model.sha256,
            "skills": self._skills is not None,
            "method": request.method,
            "depth": request.depth.value,
            "preset": request.preset,
            "options": dict(request.options),
            "distil": request.distil,
            "seed": request.seed,
            "prompts_version": PROMPTS_VERSION,
            "passages": len(request.passages),
            "characters": sum(len(passage.text) for passage in request.passages),
        }
        path = self._folder / REQUEST_FILE
        text = json.dumps(wanted, indent=1)
        if path.exists() and path.read_text(encoding="utf-8") == text:
            return
        if self._folder.exists():
            shutil.rmtree(self._folder)
        self._folder.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")

    def _finish(
        self,
        lessons: Lessons,
        learned: Sequence[StudyQuestion],
        held_out: Sequence[StudyQuestion],
        check: RecallCheck,
    ) -> LearnResult:
        recalls = check.recalls
        before, after = (
            mean([recall.before for recall in recalls]),
            mean([recall.after for recall in recalls]),
        )
        result = LearnResult(
            (*learned, *(replace(question, held_out=True) for question in held_out)),
            recalls,
            before,
            after,
            learned=check.learned,
        )
        self._method.save(LEARNING, self._folder)
        manifest = json.loads((self._folder / REQUEST_FILE).read_text(encoding="utf-8"))
        manifest |= {"recipe": asdict(self._recipe), "recall_before": before, "recall_after": after}
        manifest |= {"device": self._base.device.type, "quantisation": self._base.hardware.quantisation.value}
        manifest |= {"recites": self._recipe.recites, "nll_before": check.nll_before, "nll_after": check.nll_after}
        manifest |= {"stands_on": self._stands_on()} | self._method.findings(LEARNING, lessons)
        (self._folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        partial = self._folder / f"{RESULT_FILE}.writing"
        partial.write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")
        partial.replace(self._folder / RESULT_FILE)
        self._adapters.remove(LEARNING)
        self._clear_away()
        return result

    def _clear_away(self) -> None:
        """Removes what is of no use any more beside the result."""
        for name in (CHECKPOINT_FILE, TEACHING_FILE):
            (self._folder / name).unlink(missing_ok=True)

    def _stands_on(self) -> str:
        """Which skills stay active below the memory, "" for none."""
        is_stacked = self._skills is not None and self._method.stands_on_skills
        return self._adapters.fingerprint(self._skills) if is_stacked and self._skills is not None else ""

    def _read_result(self) -> LearnResult:
        stored = json.loads((self._folder / RESULT_FILE).read_text(encoding="utf-8"))
        return LearnResult(
            tuple(StudyQuestion(**question) for question in stored["questions"]),
            tuple(QuestionRecall(**recall) for recall in stored["recalls"]),
            stored["recall_before"],
            stored["recall_after"],
            stored["learned"],
        )
