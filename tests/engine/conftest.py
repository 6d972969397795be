"""A two-layer model built from a config, with a tokenizer trained on a few lines: real code paths, in milliseconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from lift_desktop.domain.models import Passage
from lift_desktop.domain.words import Weights
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.attention import ATTENTION
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.batches import Group, Item, answer_logits, pack
from lift_desktop.engine.contract import ModelReference
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.prompts import answer_prompt, answer_tokens, question_prompt
from lift_desktop.engine.spans import answer_spans

TEXTS = (
    "The ferry company was founded in 1921 by Anna Lindqvist. It carried 4,200 passengers a day until 1950.",
    "Either party may end this agreement upon ninety days' written notice. The fee is 300 euros a month.",
    "The tower is 45 metres high. It was built of granite by masons from Porto, because the stone lasts.",
)
CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tokenizer() -> PreTrainedTokenizerFast:
    """A byte-level BPE tokenizer of 400 tokens with a chat template."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(
        [*TEXTS, "Question about Passage from user assistant Write a question whose answer is"], trainer
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="<|endoftext|>",
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
    )
    fast.chat_template = CHAT_TEMPLATE
    return fast


def make_model(vocabulary: int, context_tokens: int = 2048, hidden_size: int = 32) -> LlamaForCausalLM:
    """A Llama of two layers with grouped-query attention, from a fixed seed."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=hidden_size,
        intermediate_size=2 * hidden_size,
        num_hidden_layers=2,
        initializer_range=0.3,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context_tokens,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=2,
        attn_implementation=ATTENTION,
    )
    return LlamaForCausalLM(config)


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Hugging Face folder with the tiny model."""
    folder = tmp_path_factory.mktemp("tiny-model")
    tokenizer = make_tokenizer()
    make_model(len(tokenizer)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def reference(tiny_model_folder: Path) -> ModelReference:
    return ModelReference("tiny", str(tiny_model_folder), "0" * 64)


@pytest.fixture
def base(reference: ModelReference) -> BaseModel:
    """The tiny model, freshly loaded, in float32 on the CPU."""
    return load(reference, Hardware(torch.device("cpu"), torch.float32))


@pytest.fixture
def adapters(base: BaseModel) -> Adapters:
    return Adapters(base)


@pytest.fixture
def passages() -> tuple[Passage, ...]:
    return make_passages()


def make_passages(texts: tuple[str, ...] = TEXTS) -> tuple[Passage, ...]:
    """One passage a text, as if they followed each other with a blank line between."""
    made, start = [], 0
    for number, text in enumerate(texts):
        made.append(Passage(number, start, start + len(text), text, number + 1, number + 1))
        start += len(text) + 2
    return tuple(made)


@pytest.fixture
def weights_of() -> Callable[[BaseModel], dict[str, torch.Tensor]]:
    """Copies the base model's own weights, without adapters."""

    def copy(base: BaseModel) -> dict[str, torch.Tensor]:
        return {
            name.replace(".base_layer", ""): value.detach().clone()
            for name, value in base.model.state_dict().items()
            if "lora_" not in name
        }

    return copy


PAIRS = (
    (
        ("Who founded the company?", "Anna Lindqvist"),
        ("How many did it carry?", "4,200 passengers"),
        ("When was it founded?", "1921"),
        ("Until when did it run?", "1950"),
    ),
    (
        ("What ends the agreement?", "ninety days' written notice"),
        ("How much is paid?", "300 euros"),
        ("Who may end it?", "Either party"),
    ),
    (
        ("How high is it?", "45 metres"),
        ("Why of that stone?", "the stone lasts"),
        ("Where were the masons from?", "Porto"),
        ("Of what was the tower made?", "granite"),
    ),
)
"""What the writing model asks about `TEXTS`, and the answers; about all other answers it asks nothing usable."""
NO_QUESTION = "Nothing"


@pytest.fixture(scope="session")
def writing_model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model that was taught to write `PAIRS` about `TEXTS` and to read them: all of learning runs for real."""
    folder = tmp_path_factory.mktemp("writing-model")
    tokenizer = make_tokenizer()
    model = make_model(len(tokenizer), hidden_size=64)
    groups = []
    weights = Weights.of(TEXTS)
    for text, pairs in zip(TEXTS, PAIRS, strict=True):
        asked = {answer: question for question, answer in pairs}
        items = []
        for span in answer_spans(text, weights):
            answer = text[span.start : span.end]
            prompt = question_prompt(tokenizer, "T", text, answer, example=True)
            written = answer_tokens(tokenizer, asked.pop(answer, NO_QUESTION))
            items.append(Item(prompt.rest + written, len(prompt.rest)))
        assert not asked, f"no spans: {asked}"
        groups.append(Group(prompt.prefix, tuple(items)))
        items = []
        for question, answer in pairs:
            prompt = answer_prompt(tokenizer, "T", question, [text])
            tokens = answer_tokens(tokenizer, answer)
            items.append(Item(prompt.rest + tokens, len(prompt.rest)))
        groups.append(Group(prompt.prefix, tuple(items)))
    packed = pack(groups)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    for _ in range(1000):
        loss = torch.nn.functional.cross_entropy(answer_logits(model, packed), packed.targets)
        if loss.item() < 0.003:  # sure of each token, in whatever order sums were taken
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.01, "the tiny model did not learn to write questions"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def writer_reference(writing_model_folder: Path) -> ModelReference:
    return ModelReference("writer", str(writing_model_folder), "1" * 64)


@pytest.fixture
def writer(writer_reference: ModelReference) -> BaseModel:
    """The tiny model that can write questions, in float32 on the CPU."""
    return load(writer_reference, Hardware(torch.device("cpu"), torch.float32))


def assert_same_memory(first: Path, second: Path) -> None:
    """Two memories hold the same weights, but for rounding: sums may be taken in another order in another process, and
    the optimizer makes a little more of it."""
    weights = [load_file(folder / "adapter_model.safetensors") for folder in (first, second)]
    assert weights[0].keys() == weights[1].keys()
    one, two = (torch.cat([values[key].float().flatten() for key in sorted(values)]) for values in weights)
    assert torch.nn.functional.cosine_similarity(one, two, dim=0) > 0.999
