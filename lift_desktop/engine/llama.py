"""llama.cpp, to compare answers with: the same weights in its own file format, read by `llama-cpp-python`.

It answers alone, without an adapter. Nothing of the program uses this but `bench speed --gguf`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch
import transformers

from ..domain.errors import BadSettings
from .contract import SpeedRequest
from .measuring import ANSWER_TOKENS, Answered
from .prompts import Prompt, end_of_turn

CONTEXT_TOKENS = 2048


class LlamaStack:
    """`request.gguf` on the processor, with as many threads as our engine has; tokens are those of the request's model.

    Raises BadSettings where `llama-cpp-python` is not installed or cannot read the file.
    """

    def __init__(self, request: SpeedRequest) -> None:
        try:
            import llama_cpp  # type: ignore[import-not-found]  # not among our requirements
        except ImportError as error:
            hint = "Install it with “pip install llama-cpp-python”, or leave --gguf out."
            raise BadSettings("llama.cpp is not installed here, so it cannot be compared with.", hint) from error
        self._tokenizer = transformers.AutoTokenizer.from_pretrained(Path(request.model.folder), local_files_only=True)
        try:
            self._model: Any = llama_cpp.Llama(
                request.gguf, n_ctx=CONTEXT_TOKENS, n_threads=torch.get_num_threads(), n_gpu_layers=0, verbose=False
            )
        except ValueError as error:
            raise BadSettings(f"llama.cpp cannot read “{Path(request.gguf).name}”.", str(error)) from error

    @property
    def tokenizer(self) -> object:
        return self._tokenizer

    @property
    def device(self) -> torch.device:
        return torch.device("cpu")

    def answer(self, prompt: Prompt, folder: Path | None) -> Answered:
        """Greedy, without what it remembers of the prompt before. `folder` is None: it has no adapter."""
        assert folder is None
        self._model.reset()
        stops = {end_of_turn(self._tokenizer), self._tokenizer.eos_token_id}
        tokens, first, start = 0, 0.0, time.perf_counter()
        for token in self._model.generate(list(prompt.prefix + prompt.rest), temp=0.0, repeat_penalty=1.0):
            first = first or time.perf_counter() - start
            if token in stops or tokens == ANSWER_TOKENS:
                break
            tokens += 1
        seconds = time.perf_counter() - start
        return tokens, first or seconds, seconds
