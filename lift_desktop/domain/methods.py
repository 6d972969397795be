"""The ways to memorise a document: their names, their presets, and the options that each of them takes.

Knows what may be asked for, not how it is done; the figures behind each preset stand with the engine's recipes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import BadSettings

LORA, SEGMENTS, GATED_MEMORY, SENTENCES, CARTRIDGE = "lora", "segments", "gated-memory", "sentences", "cartridge"
METHODS = (LORA, SEGMENTS, GATED_MEMORY, SENTENCES, CARTRIDGE)
PRESETS = ("ours", "paper")
"""`paper`: the figures that the method's authors used; `ours`: scaled to small models and small computers."""

Value = str | int | float


@dataclass(frozen=True, slots=True)
class Option:
    """One option: one of `choices`, or a number from `low` to `high` (whole where both are whole)."""

    name: str
    help: str
    choices: tuple[str, ...] = ()
    low: int | float = 0
    high: int | float = 0

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return " or ".join(self.choices) if self.choices else f"{self.low:g} to {self.high:g}"

    def parse(self, text: str) -> Value:
        """The value that `text` stands for. Raises BadSettings."""
        is_whole = isinstance(self.low, int) and isinstance(self.high, int)
        try:
            value: Value = text if self.choices else int(text) if is_whole else float(text)
        except ValueError:
            value = ""
        is_good = value in self.choices if isinstance(value, str) else self.low <= value <= self.high
        if not is_good:
            raise BadSettings(f"The option {self.name} cannot be '{text}'.", f"It is {self.allowed}: {self.help}.")
        return value


YES_NO = ("yes", "no")
_RANK = Option("rank", "rank of the low-rank adapter", low=1, high=512)
_TARGETS = Option("targets", "which layers it changes", ("all", "attention"))
_INIT = Option(
    "init", "how the adapter starts: at zero, or at the principal parts of the weights", ("gaussian", "pissa")
)
_DISTIL = Option("distil", "learn from the model that reads the passages, or from the bare answers", YES_NO)
_RECITE = Option("recite", "recall the sentences that answer and read them, or the answer itself", YES_NO)
_EPOCHS = Option("epochs", "how often everything is repeated", low=1, high=100)
_RATE = Option("learning_rate", "the highest learning rate", low=1e-6, high=1.0)
_PAGES = Option("pages_share", "share of the questions also trained below passages", low=0.0, high=1.0)
WINDOW_OPTIONS = (
    Option("segment_tokens", "length of the windows of text", low=16, high=8192),
    Option("segment_epochs", "how often the windows are learned before questions join them", low=0, high=100),
    Option("questions", "most questions about the document; 0 for all", low=0, high=100_000),
    Option("gamma", "weight of a question beside a window", low=0.0, high=100.0),
    Option("context_share", "share of the questions trained below the document's head and tail", low=0.0, high=1.0),
    Option("context_tokens", "how much of head and tail is shown there", low=16, high=32_768),
)

OPTIONS: Mapping[str, tuple[Option, ...]] = {
    LORA: (_RANK, _TARGETS, _INIT, _RECITE, _DISTIL, _EPOCHS, _RATE, _PAGES),
    SEGMENTS: (_RANK, _TARGETS, _INIT, _EPOCHS, _RATE, *WINDOW_OPTIONS),
    GATED_MEMORY: (
        Option("form", "the authors' formula, or one that changes nothing before it is trained", ("identity", "paper")),
        Option(
            "lessons", "what it is trained on: questions, or windows of text and questions", ("questions", "segments")
        ),
        _RECITE,
        _DISTIL,
        _EPOCHS,
        _RATE,
        _PAGES,
        *WINDOW_OPTIONS,
    ),
    SENTENCES: (
        Option("questions_per_sentence", "how many questions are written about each sentence", low=1, high=20),
        Option("context_characters", "how much of the text before a sentence is shown with it", low=0, high=8192),
        _RANK,
        _TARGETS,
        _INIT,
        _EPOCHS,
        _RATE,
    ),
    CARTRIDGE: (
        Option("tokens", "how many tokens long it is", low=2, high=8192),
        _RECITE,
        _DISTIL,
        _EPOCHS,
        _RATE,
        _PAGES,
    ),
}


def check_options(method: str, preset: str, options: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """The options' values by name. Raises BadSettings for a name that there is not, or a value that it cannot have."""
    if method not in METHODS:
        raise BadSettings(f"There is no method '{method}'.", f"Methods: {', '.join(METHODS)}.")
    if preset not in PRESETS:
        raise BadSettings(f"There is no preset '{preset}'.", f"Presets: {', '.join(PRESETS)}.")
    known = {option.name: option for option in OPTIONS[method]}
    found: dict[str, Value] = {}
    for name, text in options:
        if name not in known:
            raise BadSettings(f"The method {method} has no option '{name}'.", f"Its options: {', '.join(known)}.")
        found[name] = known[name].parse(text)
    return found


def read_option(text: str) -> tuple[str, str]:
    """("rank", "8") of "rank=8". Raises BadSettings."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise BadSettings(f"'{text}' is no option.", "Write it as NAME=VALUE, such as rank=8.")
    return name.strip(), value.strip()
