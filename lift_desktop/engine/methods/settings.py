"""What the methods can be told: the figures of each part, chosen by `recipes.py`. Knows neither model nor document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The low-rank adapter, and how questions are learned.

    `targets` (all, attention) says which layers it changes, `init` (gaussian, pissa) how it starts. `pages_share`:
    share of the passages whose questions are also trained below passages in each epoch. `answer_share`: how much of the
    loss of a question that stands alone is the written answer itself; the rest is the teacher's distribution, and all
    of it below passages, so that reading stays as good as the teacher's. `text_epochs`: how often the passages
    themselves are learned, `text_passages` of them in a step. `recites`: a question that stands alone is
    followed by the sentence that answers it, not by the answer (`engine/reciting.py`); `calls`: so often does each
    sentence follow in an epoch, at least once after some of its own words in a question's place; `whole_calls`: so many
    times to its end, else only as it begins, which is where it is told from others.
    """

    rank: int = 16
    epochs: int = 6
    items_per_step: int = 16
    pages_share: float = 0.0
    answer_share: float = 0.5
    text_epochs: int = 2
    text_passages: int = 3
    targets: str = "all"
    init: str = "gaussian"
    recites: bool = True
    calls: int = 8
    whole_calls: int = 2


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    """Windows of `tokens` tokens are learned for `epochs`, then together with questions for `question_epochs`.

    `questions` (0: all) are chosen over the whole document; each weighs `gamma` beside a window. `context_share` of
    them stand below head and tail of the document, `context_tokens` together. An optimizer step has `windows_per_step`
    windows or `items_per_step` questions; both 0: all of an epoch.
    """

    tokens: int = 512
    epochs: int = 3
    question_epochs: int = 6
    questions: int = 0
    gamma: float = 1.0
    context_share: float = 0.3
    context_tokens: int = 600
    windows_per_step: int = 1
    items_per_step: int = 10


@dataclass(frozen=True, slots=True)
class SentenceSettings:
    """`questions` are written about each sentence, which is shown below up to `context_characters` before it."""

    questions: int = 5
    context_characters: int = 600
    epochs: int = 6


@dataclass(frozen=True, slots=True)
class GatedSettings:
    """`form`: paper or identity (see `engine/gated_memory.py`)."""

    form: str = "identity"


@dataclass(frozen=True, slots=True)
class CartridgeSettings:
    """`tokens`: how long the prefix is; as long as the document at most."""

    tokens: int = 128
