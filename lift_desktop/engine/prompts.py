"""Every prompt of the program, in one place: learning and asking must use the same ones.

A prompt is a pair of token lists: a *prefix* that many prompts share (and that is computed once) and the rest. The two
are tokenised apart, here and everywhere, so that a shared prefix is exactly the same as one that is not shared.
A change here changes `contract.PROMPTS_VERSION`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ..domain.models import Turn
from .contract import NOT_IN_DOCUMENT as NOT_IN_DOCUMENT

EXAMPLE_TITLE = "The Harbour Ferry Company"
EXAMPLE_PASSAGE = (
    "The Harbour Ferry Company was founded in 1921 by Anna Lindqvist, who had worked as a pilot. Its three boats "
    "carried 4,200 passengers a day until the bridge was opened, because no road led to the northern shore. Staff may "
    "leave the company upon ninety (90) days' written notice to the harbour master."
)
EXAMPLE_QUESTIONS = (
    ("Who founded the Harbour Ferry Company?", "Anna Lindqvist"),
    ("In what year was the Harbour Ferry Company founded?", "1921"),
    ("How many passengers did the ferries carry a day?", "4,200"),
    ("Why did so many people take the ferries?", "no road led to the northern shore"),
    (
        "How much notice must staff give to leave the Harbour Ferry Company?",
        "ninety (90) days' written notice",
    ),
)


_SAME_DAY = "{% macro strftime_now(format) %}26 Jul 2024{% endmacro %}"
"""Before a chat template: those that write today's date (Llama 3.1 and 3.2) write this one, as they do by themselves
where none is known. A memory answers only to the prompts that it was trained with."""


class Tokenizer(Protocol):
    """What prompts need of a Hugging Face tokenizer."""

    @property
    def all_special_tokens(self) -> list[str]: ...

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]: ...

    def get_chat_template(self) -> str: ...

    def apply_chat_template(
        self,
        conversation: Any,
        *,
        chat_template: str,
        tokenize: bool,
        add_generation_prompt: bool,
        enable_thinking: bool,
    ) -> Any: ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """`prefix` may be shared with other prompts; the model reads `prefix + rest` and then writes."""

    prefix: tuple[int, ...]
    rest: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.prefix) + len(self.rest)


def plain(tokenizer: Tokenizer, text: str) -> str:
    """`text` with a blank inside of what the tokenizer would read as a token that steers ("<|im_end|>"): no document
    ends a message or speaks for the user."""
    for token in tokenizer.all_special_tokens:
        text = text.replace(token, f"{token[0]} {token[1:]}")
    return text


def _messages(turns: Sequence[tuple[str, str]], last: str) -> list[dict[str, str]]:
    messages = []
    for user, assistant in turns:
        messages += [{"role": "user", "content": user}, {"role": "assistant", "content": assistant}]
    return [*messages, {"role": "user", "content": last}]


def _prompt(tokenizer: Tokenizer, turns: Sequence[tuple[str, str]], shared: str, lead: str, own: str) -> Prompt:
    """The chat of `turns` and a last user message `shared + lead + own`, cut before `own`.

    `lead` (how each request begins) is tokenised apart from what stands before it, so that it is the same everywhere.
    Raises ValueError for a chat template that does not write a message as it is.
    """
    shared, lead, own = (plain(tokenizer, part) for part in (shared, lead, own))
    turns = [(plain(tokenizer, user), plain(tokenizer, assistant)) for user, assistant in turns]
    text = tokenizer.apply_chat_template(
        _messages(turns, shared + lead + own),
        chat_template=_SAME_DAY + tokenizer.get_chat_template(),
        tokenize=False,
        add_generation_prompt=True,
        enable_thinking=False,  # of models that would else think aloud first; other templates do not look at it
    )
    cut = text.rfind(lead + own)
    if cut < 0:
        raise ValueError("it does not write messages as they are.")
    parts = (text[:cut], lead, text[cut + len(lead) :])
    first, second, rest = (tokenizer.encode(part, add_special_tokens=False) if part else [] for part in parts)
    return Prompt((*first, *second), tuple(rest))


def _question_lead(title: str) -> str:
    return f'Question about "{title}":'


def answer_prompt(
    tokenizer: Tokenizer,
    title: str,
    question: str,
    passages: Sequence[str] = (),
    turns: Sequence[Turn] = (),
) -> Prompt:
    """The prompt that asks `question`: closed book without `passages`, else with them before it.

    They are given best first; the best one stands nearest to the question, where a small model reads best.
    """
    shared = _shown(title, passages[::-1])
    lead = _question_lead(title)
    past = [(f"{lead} {turn.question}", turn.answer) for turn in turns]
    return _prompt(tokenizer, past, shared, lead, f" {question.strip()}")


def text_prompt(tokenizer: Tokenizer, title: str, passage_number: int) -> Prompt:
    """The prompt after which a passage itself is learned, word by word; passages count from 0."""
    return _prompt(tokenizer, [], "", f'Text of "{title}", passage', f" {passage_number + 1}")


def recite_prompt(tokenizer: Tokenizer, title: str, question: str) -> Prompt:
    """The prompt after which a memory writes down, word for word, the sentence that answers `question`."""
    return _prompt(tokenizer, [], "", f'Quote from "{title}" that answers:', f" {question.strip()}")


def segment_prompt(tokenizer: Tokenizer, title: str) -> tuple[int, ...]:
    """What stands before a window of the document's text that is learned as bare text, without a chat: the title, after
    the token that begins a text where the tokenizer has one (chats have it from their template)."""
    return tuple(tokenizer.encode(f"{plain(tokenizer, title.strip())}\n\n", add_special_tokens=True))


def question_prompt(tokenizer: Tokenizer, title: str, passage: str, answer: str, *, example: bool) -> Prompt:
    """The prompt that asks for the question to which `answer`, a stretch of `passage`, is the answer.

    All prompts about one passage share their prefix. With `example` a worked example comes first, which a model needs
    that was not prepared for writing questions.
    """
    past = []
    if example:
        lead, shared = _writing_lead(EXAMPLE_TITLE), _shown(EXAMPLE_TITLE, [EXAMPLE_PASSAGE])
        for place, (question, given) in enumerate(EXAMPLE_QUESTIONS):
            past.append((f"{'' if place else shared}{lead} {given}", question))
    return _prompt(tokenizer, past, _shown(title, [passage]), _writing_lead(title), f" {answer.strip()}")


def example_prefix(tokenizer: Tokenizer, title: str) -> tuple[int, ...]:
    """What the prompts of `question_prompt` with an example begin with, whatever the passage."""
    prefixes = [question_prompt(tokenizer, title, text, "a", example=True).prefix for text in ("x", "y")]
    return common_prefix(prefixes)[:-1]  # one token less, in case it merges with what follows


def common_prefix(rows: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    """What all of `rows` begin with."""
    same = itertools.takewhile(lambda tokens: len(set(tokens)) == 1, zip(*rows, strict=False))
    return tuple(tokens[0] for tokens in same)


def _writing_lead(title: str) -> str:
    return f'Write a question about "{title}" whose answer is:'


def _shown(title: str, passages: Sequence[str]) -> str:
    return "".join(f'Passage from "{title}":\n{passage.strip()}\n\n' for passage in passages)


def answer_tokens(tokenizer: Any, answer: str) -> tuple[int, ...]:
    """An answer as the model is to write it, with the token that ends a turn."""
    return (*tokenizer.encode(plain(tokenizer, answer.strip()), add_special_tokens=False), end_of_turn(tokenizer))


def end_of_turn(tokenizer: Any) -> int:
    """The token with which the model ends its turn in a chat."""
    for token in ("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>"):
        token_id = tokenizer.convert_tokens_to_ids(token)
        if token_id is not None and token_id != tokenizer.unk_token_id:
            return int(token_id)
    return int(tokenizer.eos_token_id)
