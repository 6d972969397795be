"""The stock stack, to compare with: Hugging Face's model, Trainer and generate, and PEFT, as their guides use them.

Each text of a batch is padded to the longest, has its whole prompt, and gets logits for every token. Nothing of the
program uses this but `bench speed`.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import peft
import torch
import transformers

from .batches import Group
from .contract import SpeedRequest
from .hardware import devices, number_type
from .measuring import ANSWER_TOKENS, RANK, Answered
from .prompts import Prompt, end_of_turn
from .study import MOST_QUESTION_TOKENS
from .training import TrainingSettings, learning_rate

ROWS = 32
IGNORED = -100  # a label that has no loss


class StockStack:
    """The same model with the same adapters. `number_type` "" takes the weights in the type that they are stored in,
    "ours" in the one that our engine computes in on this computer."""

    def __init__(self, request: SpeedRequest) -> None:
        folder = Path(request.model.folder)
        self._device = devices()[0]
        kind: Any = number_type(self._device)[0] if request.number_type == "ours" else "auto"
        options: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False, "use_safetensors": True}
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._tokenizer.padding_side = "left"
        model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=kind, **options).to(self._device)
        self._bfloat16 = model.dtype == torch.bfloat16
        if request.model.skills_folder:
            self._model = peft.PeftModel.from_pretrained(model, request.model.skills_folder, is_trainable=True)
        else:
            torch.manual_seed(0)
            config = peft.LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules="all-linear", task_type="CAUSAL_LM")
            self._model = peft.get_peft_model(model, config)
        self._loaded: Path | None = None

    @property
    def tokenizer(self) -> object:
        return self._tokenizer

    @property
    def device(self) -> torch.device:
        return self._device

    def write(self, prompts: Sequence[Prompt]) -> Generator[int, None, list[str]]:
        texts: list[str] = []
        self._model.eval()
        for start in range(0, len(prompts), ROWS):
            rows = [list(prompt.prefix + prompt.rest) for prompt in prompts[start : start + ROWS]]
            batch = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt").to(self._device)
            output = self._generate(batch, MOST_QUESTION_TOKENS)
            new = output[:, batch["input_ids"].shape[1] :]
            texts += [text.strip() for text in self._tokenizer.batch_decode(new, skip_special_tokens=True)]
            yield MOST_QUESTION_TOKENS
        return texts

    def train(self, steps: Sequence[Sequence[Group]], folder: Path) -> Iterator[float]:
        settings = TrainingSettings()
        rows = _Rows(steps)
        arguments = transformers.TrainingArguments(
            output_dir=str(folder),
            max_steps=len(steps),
            learning_rate=settings.learning_rate,
            weight_decay=0.0,
            max_grad_norm=settings.max_gradient_norm,
            bf16=self._bfloat16,
            use_cpu=self._device.type == "cpu",
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
        )
        optimizer = torch.optim.AdamW(
            [each for each in self._model.parameters() if each.requires_grad], settings.learning_rate, weight_decay=0.0
        )
        scheduler = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: learning_rate(settings, step, len(steps)) / settings.learning_rate
        )
        trainer = _Trainer(self._model, arguments, rows, (optimizer, scheduler))
        self._model.train()
        trainer.train()
        yield from (entry["loss"] for entry in trainer.state.log_history if "loss" in entry)
        self._model.save_pretrained(str(folder))

    def answer(self, prompt: Prompt, folder: Path | None) -> Answered:
        if folder is not None and folder != self._loaded:
            self._model.load_adapter(str(folder), adapter_name=folder.name)
            self._loaded = folder
        self._model.set_adapter("default" if folder is None else folder.name)
        self._model.eval()
        ids = torch.tensor([prompt.prefix + prompt.rest], device=self._device)
        clock = _FirstToken()
        start = time.perf_counter()
        output = self._generate({"input_ids": ids, "attention_mask": torch.ones_like(ids)}, ANSWER_TOKENS, clock)
        seconds = time.perf_counter() - start
        new = output[0, ids.shape[1] :].tolist()
        tokens = len(new) - (1 if new and new[-1] in self._stops() else 0)
        return tokens, clock.at - start, seconds

    def _stops(self) -> list[int]:
        return sorted({end_of_turn(self._tokenizer), self._tokenizer.eos_token_id} - {None})

    def _generate(self, batch: Any, most: int, clock: Any = None) -> torch.Tensor:
        with torch.inference_mode():
            output: torch.Tensor = self._model.generate(
                **batch,
                max_new_tokens=most,
                do_sample=False,
                eos_token_id=self._stops(),
                pad_token_id=self._tokenizer.pad_token_id or 0,
                streamer=clock,
            )
        return output


class _FirstToken:
    """A streamer that notes when the first new token came."""

    def __init__(self) -> None:
        self.at = 0.0
        self._prompt_has_come = False

    def put(self, _tokens: object) -> None:
        if self._prompt_has_come and not self.at:
            self.at = time.perf_counter()
        self._prompt_has_come = True

    def end(self) -> None:
        self.at = self.at or time.perf_counter()


class _Rows(torch.utils.data.Dataset[dict[str, list[int]]]):
    """All items, each with its whole prompt; `batches` holds the places of those of each step."""

    def __init__(self, steps: Sequence[Sequence[Group]]) -> None:
        self._rows: list[dict[str, list[int]]] = []
        self.batches: list[list[int]] = []
        for step in steps:
            first = len(self._rows)
            for group in step:
                for item in group.items:
                    ids = [*group.prefix, *item.tokens]
                    answer = item.answer_length
                    self._rows.append({"input_ids": ids, "labels": [IGNORED] * (len(ids) - answer) + ids[-answer:]})
            self.batches.append(list(range(first, len(self._rows))))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> dict[str, list[int]]:
        return self._rows[place]

    @staticmethod
    def padded(rows: list[dict[str, list[int]]]) -> dict[str, torch.Tensor]:
        """[rows, longest] each."""
        longest = max(len(row["input_ids"]) for row in rows)

        def right(key: str, filler: int) -> torch.Tensor:
            return torch.tensor([row[key] + [filler] * (longest - len(row[key])) for row in rows])

        ids, labels = right("input_ids", 0), right("labels", IGNORED)
        lengths = torch.tensor([len(row["input_ids"]) for row in rows])
        mask = (torch.arange(longest) < lengths[:, None]).long()
        return {"input_ids": ids, "labels": labels, "attention_mask": mask}


class _Trainer(transformers.Trainer):  # type: ignore[misc]
    """Hugging Face's Trainer with our order of batches."""

    def __init__(self, model: Any, arguments: Any, rows: _Rows, optimizers: tuple[Any, Any]) -> None:
        super().__init__(model, arguments, train_dataset=rows, optimizers=optimizers)
        self.remove_callback(transformers.PrinterCallback)
        self._all = rows

    def get_train_dataloader(self) -> Any:
        return torch.utils.data.DataLoader(self._all, batch_sampler=self._all.batches, collate_fn=self._all.padded)
