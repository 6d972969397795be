"""Learning one document: study, training, recall check, each resumable from the memory's folder.

The folder holds `request.json` (what is learned, and how), `questions.jsonl`, `teaching.safetensors`, the checkpoint,
and at last the adapter with `manifest.json` and `result.json`; a folder with `result.json` is finished.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from ..domain.errors import BadSettings, TooFewQuestions
from ..domain.messages import Progress
from ..domain.models import StudyQuestion
from ..domain.steps import changed
from ..domain.words import content_words
from .adapters import Adapters
from .base_model import BaseModel
from .clock import Clock
from .contract import METHODS, PROMPTS_VERSION, LearnRequest, LearnResult, QuestionRecall
from .distillation import Teaching, teach
from .methods.lora import LoraMethod
from .recall import RecallCheck, check_recall, mean
from .recipes import RECIPES, Recipe
from .study import Notebook, hold_out, study
from .training import CHECKPOINT_FILE, Trainer

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
        if request.method not in METHODS:
            raise BadSettings(f"There is no method '{request.method}'.", f"Methods: {', '.join(METHODS)}.")
        self._base, self._adapters, self._skills = base, adapters, skills
        self._request, self._clock = request, clock
        self._recipe: Recipe = RECIPES[request.depth]
        self._folder = Path(request.folder)

    def steps(self) -> Generator[Progress, None, LearnResult]:
        """Study, train, check. Yields often; returns the result, which also stands in `result.json`."""
        self._open_folder()
        if (self._folder / RESULT_FILE).exists():
            return self._read_result()
        learned, held_out = yield from self._study()
        method = LoraMethod(
            self._base.tokenizer,
            self._request.title,
            self._request.passages,
            learned,
            self._recipe.lora,
            self._request.seed,
        )
        yield from self._teach(method)
        if len(method.kept) < FEWEST_QUESTIONS:
            raise TooFewQuestions(
                f"Only {len(method.kept)} usable questions could be written about this document; "
                "it cannot be learned from so few."
            )
        self._prepare_adapter()
        yield from self._train(method)
        check = yield from self._check(held_out)
        return self._finish(learned, held_out, check)

    # Study -----------------------------------------------------------------------------------------------------------
    def _study(self) -> Generator[Progress, None, tuple[list[StudyQuestion], list[StudyQuestion]]]:
        notebook, recipe = Notebook(self._folder), self._recipe
        steps = study(
            self._base,
            self._adapters,
            self._skills,
            self._request.title,
            [passage for passage in self._request.passages if content_words(passage.text)],
            notebook,
            rounds=recipe.rounds,
            answers=recipe.answers,
            passages_at_once=recipe.passages_at_once,
        )
        for progress in steps:
            done = progress.done * STUDY_SHARE_OF_STAGE
            yield self._clock.at("studying", done, progress.total, f"{progress.questions} questions")
        return hold_out(notebook.questions, recipe.held_out_share, recipe.held_out_most, self._request.seed)

    def _teach(self, method: LoraMethod) -> Generator[Progress, None, None]:
        """Has the teacher read each passage with its questions; keeps what it said every half a minute."""
        groups = method.teacher_groups()
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
        method.set_teaching(taught, self._recipe.doubtful_nll, distil=self._request.distil)

    def _read_teaching(self) -> dict[int, Teaching]:
        path = self._folder / TEACHING_FILE
        if not path.exists():
            return {}
        tensors = load_file(path)
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
        self._adapters.make(LEARNING, self._recipe.lora.rank)
        if self._skills is not None:
            self._adapters.set_weights(LEARNING, self._adapters.weights(self._skills))

    def _train(self, method: LoraMethod) -> Generator[Progress, None, None]:
        trainer = Trainer(
            self._base,
            self._adapters,
            LEARNING,
            method.steps(),
            method.loss,
            self._recipe.training,
            self._folder,
        )
        for progress in trainer.run():
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
            self._recipe.rows,
        )
        return (yield from changed(steps, lambda done: self._clock.at("checking", done, 2 * len(held_out))))

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
        self._adapters.save(LEARNING, self._folder)
        manifest = json.loads((self._folder / REQUEST_FILE).read_text(encoding="utf-8"))
        manifest |= {"recipe": asdict(self._recipe), "recall_before": before, "recall_after": after}
        manifest |= {"nll_before": check.nll_before, "nll_after": check.nll_after}
        (self._folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        partial = self._folder / f"{RESULT_FILE}.writing"
        partial.write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")
        partial.replace(self._folder / RESULT_FILE)
        self._adapters.remove(LEARNING)
        for name in (CHECKPOINT_FILE, TEACHING_FILE):
            (self._folder / name).unlink(missing_ok=True)
        return result

    def _read_result(self) -> LearnResult:
        stored = json.loads((self._folder / RESULT_FILE).read_text(encoding="utf-8"))
        return LearnResult(
            tuple(StudyQuestion(**question) for question in stored["questions"]),
            tuple(QuestionRecall(**recall) for recall in stored["recalls"]),
            stored["recall_before"],
            stored["recall_after"],
            stored["learned"],
        )
