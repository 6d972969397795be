"""How much memory learning and answering take, before a model is loaded, and the plan that fits.

Pure figures from what stands in a model's `config.json`: nothing is loaded or tried here. All sizes are bytes.

The peak of learning with T tokens in a packed batch, A of them answers (b: bytes of the number type, 4 or 2):

* weights: `linear` weights at 4 or 2 bytes, 1 (int8) or 0.532 (NF4: half a byte, one byte a block of 32, and four bytes
  a 256 blocks: Dettmers et al., arXiv 2305.14314; 64 on a GPU: .516), others (embeddings, output layer, norms) at b.
  On a processor one byte more for each of an unquantised model's, for the copies that answers are written with
* adapter: 4 bytes a parameter for each adapter that is loaded; LoRA has rank (inputs + outputs) for each linear layer
* optimizer: gradients 4 bytes a parameter; AdamW's two moments 8 bytes, paged 8-bit AdamW's 2
* activations: what the backward pass needs of each layer and token. In float32 that is 4 (4 h + 3 q + 2 k + 4 i + 7 r):
  inputs and outputs of both norms; queries, keys, values and their mix, which the output map's adapter reads again;
  gate, up, their activation and their product; the 7 low-rank middles. In mixed precision b takes the 4's place, and
  4 h are added, as was measured; 16 h for Gemma's norms, which stand before and after each part and keep float32. With
  checkpointing: b h for each layer, and one layer whole
* attention: in each layer (in one with checkpointing) how much each head of a token weighs the tokens of its own text:
  b heads T text; twice that with a soft cap, which is kept beside it
* logits: 3 b A vocabulary: logits, their gradient, and one of them once more
* waste: on a processor, what the heap holds beyond these tensors; see HEAP_WASTE
* cache: keys and values of the texts that study writes at once, 2 b kv layers for each token; never beside activations
* runtime: the program and its libraries, or what a GPU's libraries take
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .errors import ModelTooLarge
from .models import Quantisation

MARGIN = 0.15
"""A plan must leave so much of what it needs free: as much as the formulas may be wrong."""
MOST_TOKENS, FEWEST_TOKENS = 1280, 896
"""Length of a packed batch; the shorter one still holds three passages with one question."""
ANSWER_SHARE = 0.5  # of a batch's tokens are answers, at most: passages that are learned as they stand
ROWS, FEWEST_ROWS = 32, 8  # texts that study writes at once
TEXT_TOKENS = 256  # that a token looks at: its passage and its own question
STUDY_TOKENS = 340  # of each of them: passage, question, answer
ANSWERING_TOKENS = 2048  # of a question with its passages and turns
HEAP_WASTE = 1.8
"""How much more than its tensors the heap of a processor's forward and backward pass holds: what is given back between
two large tensors is not always taken again. Measured with glibc in bfloat16: 1.0 to 1.4 in short trainings, 1.8 after
800 steps (tests/benchmarks/RESULTS.md, Memory that training takes); in float32 1.4 to 1.5 in short ones. Having each
large tensor mapped by itself takes it away, but makes training 20 to 60 % slower."""
NF4_BYTES = 0.5 + 1 / 32 + 4 / (32 * 256)
RUNTIME_BYTES = {"cpu": 450_000_000, "mps": 700_000_000, "cuda": 600_000_000}
ADAMW, PAGED_ADAMW = "adamw", "paged_adamw8bit"
MOMENT_BYTES = {ADAMW: 8, PAGED_ADAMW: 2}
GB = 1e9


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What a model's memory depends on. `hidden`, `intermediate` and `head_size` are widths, the others counts.

    `tied`: the output layer shares the embeddings' weights; `soft_cap`: attention is computed step by step, as models
    with a soft cap on it need; `wide_norms`: there are twice as many norms, and they keep float32 (Gemma 2 and 3).
    """

    parameters: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    key_value_heads: int
    head_size: int
    vocabulary: int
    tied: bool = True
    soft_cap: bool = False
    wide_norms: bool = False

    @classmethod
    def from_config(cls, config: Mapping[str, Any], parameters: int = 0) -> ModelShape:
        """The shape that a parsed `config.json` tells; `parameters` 0: counted. Raises KeyError, TypeError or
        ValueError."""
        config = config.get("text_config") or config
        heads, hidden = int(config["num_attention_heads"]), int(config["hidden_size"])
        shape = cls(
            parameters,
            int(config["num_hidden_layers"]),
            hidden,
            int(config["intermediate_size"]),
            heads,
            int(config.get("num_key_value_heads") or heads),
            int(config.get("head_dim") or hidden // max(1, heads)),
            int(config["vocab_size"]),
            bool(config.get("tie_word_embeddings", True)),
            bool(config.get("attn_logit_softcapping")),
            str(config.get("model_type", "")).startswith(("gemma2", "gemma3")),
        )
        if min(shape.layers, hidden, shape.intermediate, heads, shape.head_size, shape.vocabulary) < 1:
            raise ValueError("a size in config.json is not positive")
        embeddings = shape.vocabulary * hidden * (1 if shape.tied else 2)
        norms = (2 * shape.layers + 1) * hidden
        return replace(shape, parameters=parameters or shape.linear + embeddings + norms)

    @property
    def queries(self) -> int:
        """Width of all heads' queries together."""
        return self.heads * self.head_size

    @property
    def keys(self) -> int:
        """Width of all heads' keys (and of their values) together."""
        return self.key_value_heads * self.head_size

    @property
    def linear(self) -> int:
        """Weights of the layers' linear maps, the ones that are quantised: q, o, k, v, gate, up and down."""
        return self.layers * self.hidden * (2 * self.queries + 2 * self.keys + 3 * self.intermediate)

    def low_rank(self, rank: int) -> int:
        """Parameters of a low-rank adapter on all of them."""
        widths = (
            2 * (self.hidden + self.queries) + 2 * (self.hidden + self.keys) + 3 * (self.hidden + self.intermediate)
        )
        return self.layers * rank * widths


@dataclass(frozen=True, slots=True)
class Workload:
    """How a model is kept and what is done with it; `number_bytes` is the size of a number in computing (4 or 2).

    `tokens` in a packed batch, of which `answer_share` get logits; `rows` texts are written at once; `adapters` are
    loaded at once, of `adapter_parameters` each (0: low-rank adapters of `rank`).
    """

    device: str = "cpu"
    quantisation: Quantisation = Quantisation.NONE
    number_bytes: int = 4
    tokens: int = MOST_TOKENS
    answer_share: float = ANSWER_SHARE
    rows: int = ROWS
    checkpointing: bool = False
    optimizer: str = ADAMW
    offload: bool = False
    rank: int = 16
    adapter_parameters: int = 0
    adapters: int = 3


@dataclass(frozen=True, slots=True)
class Needs:
    """The parts of the peak; see the module. `cache` and `writing` are of study, `asked` is the peak part of asking."""

    runtime: int
    weights: int
    adapter: int
    optimizer: int
    activations: int
    attention: int
    logits: int
    waste: int
    cache: int
    asked: int

    @property
    def training(self) -> int:
        """What training takes beside weights, adapters and program."""
        return self.optimizer + self.activations + self.attention + self.logits

    @property
    def learning_bytes(self) -> int:
        """The peak of learning: of study or of training, which follow each other."""
        return self.runtime + self.weights + self.adapter + max(self.training + self.waste, self.cache)

    @property
    def answering_bytes(self) -> int:
        """The peak of answering one question."""
        return self.runtime + self.weights + self.adapter + self.asked


def needs(shape: ModelShape, work: Workload) -> Needs:
    """The formulas of the module."""
    size, tokens = work.number_bytes, work.tokens
    adapter = work.adapter_parameters or shape.low_rank(work.rank)
    kept_layers = 1 if work.checkpointing else shape.layers
    activations = kept_layers * tokens * _saved_of_layer(shape, size, work.rank)
    if work.checkpointing and not work.offload:
        activations += shape.layers * tokens * shape.hidden * size
    one_layer = tokens * (3 * shape.intermediate + 2 * shape.hidden) * size + _one_weight(shape, work)
    logits = 3 * size * round(work.answer_share * tokens) * shape.vocabulary
    attention = kept_layers * _attention(shape, work)
    moments = MOMENT_BYTES[work.optimizer]
    asked = _reading(shape, ANSWERING_TOKENS, 1, size) + _one_weight(shape, work)
    return Needs(
        RUNTIME_BYTES[work.device],
        _weights(shape, work),
        4 * adapter * work.adapters,
        (4 + moments) * adapter,
        activations + max(0, one_layer - logits),
        attention,
        logits,
        round((HEAP_WASTE - 1) * (activations + attention + logits)) if work.device == "cpu" else 0,
        _reading(shape, work.rows * STUDY_TOKENS, work.rows, size) + _one_weight(shape, work),
        asked,
    )


def _weights(shape: ModelShape, work: Workload) -> int:
    quantisation, size = work.quantisation, work.number_bytes
    per_linear = {Quantisation.NONE: float(size), Quantisation.INT8: 1.0, Quantisation.NF4: NF4_BYTES}[quantisation]
    linear = min(shape.linear, shape.parameters)
    quick = 0  # copies in eight bits; the output layer is not quantised
    if work.device == "cpu":
        quick = shape.vocabulary * shape.hidden + (linear if quantisation is Quantisation.NONE else 0)
    return math.ceil(linear * per_linear) + (shape.parameters - linear) * size + quick


def _one_weight(shape: ModelShape, work: Workload) -> int:
    """A quantised layer's weights while they are used: the widest one, as numbers."""
    if work.quantisation is Quantisation.NONE:
        return 0
    return shape.hidden * max(shape.intermediate, shape.queries) * work.number_bytes


def _saved_of_layer(shape: ModelShape, size: int, rank: int) -> int:
    """What the backward pass needs of one layer and token."""
    h, q, k, i = shape.hidden, shape.queries, shape.keys, shape.intermediate
    norms = (0 if size == 4 else 4 * h) + (16 * h if shape.wide_norms else 0)
    return size * (4 * h + 3 * q + 2 * k + 4 * i + 7 * rank) + norms


def _attention(shape: ModelShape, work: Workload) -> int:
    """One layer's weights of tokens for each other."""
    pairs = shape.heads * work.tokens * min(work.tokens, TEXT_TOKENS)
    return work.number_bytes * pairs * (2 if shape.soft_cap else 1)


def _reading(shape: ModelShape, tokens: int, rows: int, size: int) -> int:
    """Reading `tokens` in `rows` texts without a backward pass: cache, one layer's activations, logits."""
    cache = 2 * size * shape.layers * shape.keys * tokens
    layer = ANSWERING_TOKENS * (3 * shape.intermediate + 4 * shape.hidden) * size
    per_row = tokens // rows
    heads = rows * per_row * per_row * shape.heads * (4 + 2 * size) // ROWS if shape.soft_cap else 0
    return cache + layer + heads + 3 * 4 * rows * shape.vocabulary


@dataclass(frozen=True, slots=True)
class DeviceOffer:
    """A device that was tried: what it computes in, which quantisations work, and why the others do not (in words).

    `free_bytes` of `total_bytes` were free; of a GPU's own memory, or of the computer's for "cpu" and "mps".
    """

    device: str
    name: str
    number_type: str
    number_bytes: int
    free_bytes: int
    total_bytes: int
    quantisations: tuple[Quantisation, ...] = (Quantisation.NONE,)
    refused: tuple[tuple[Quantisation, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, on which device, and what it needs. `can_learn` is False for a plan to answer only."""

    work: Workload
    needs: Needs
    free_bytes: int
    total_bytes: int
    can_learn: bool = True

    @property
    def needed_bytes(self) -> int:
        """The peak of all that the plan allows."""
        return (
            max(self.needs.learning_bytes, self.needs.answering_bytes) if self.can_learn else self.needs.answering_bytes
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """What a method asks of a plan: the size of its adapter (`adapter_parameters` 0: low-rank, of `rank`), the longest
    packed batch that it would use and the shortest that it can do with, and how much of it are answers.

    `may_checkpoint` is False for an adapter that lies in the key-value cache, which checkpointing leaves out.
    """

    rank: int = 16
    adapter_parameters: int = 0
    most_tokens: int = MOST_TOKENS
    least_tokens: int = FEWEST_TOKENS
    answer_share: float = ANSWER_SHARE
    may_checkpoint: bool = True


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that could be used instead."""

    title: str
    shape: ModelShape


def least_needs(shape: ModelShape, quantisation: Quantisation, device: str = "cuda") -> Needs:
    """What learning needs at least, in 2-byte numbers: the smallest plan of all."""
    offer = DeviceOffer(device, "", "bfloat16", 2, 0, 0, (quantisation,))
    return min(
        (needs(shape, work) for work in _rungs(offer, quantisation, Demand())), key=lambda each: each.learning_bytes
    )


def largest_that_fits(free_bytes: int, candidates: Iterable[Candidate], device: str = "cuda") -> Candidate | None:
    """The candidate with the most parameters that can be learned with in so much memory, in 4 bits where need be."""
    fitting = [
        each
        for each in candidates
        if least_needs(each.shape, Quantisation.NF4, device).learning_bytes * (1 + MARGIN) <= free_bytes
    ]
    return max(fitting, key=lambda each: each.shape.parameters, default=None)


def choose_plan(
    shape: ModelShape,
    offers: Sequence[DeviceOffer],
    *,
    name: str = "This model",
    device: str = "auto",
    quantisation: str = "auto",
    learns: bool = True,
    candidates: Iterable[Candidate] = (),
    demand: Demand | None = None,
) -> Plan:
    """The largest plan that fits with a margin: the first one of the devices (in their order), then of quantisations.

    On "auto" a model stays unquantised where it can be learned without checkpointing, since that is faster; else it is
    kept in NF4. Raises ModelTooLarge (with what would fit of `candidates`), also for a device or quantisation that is
    not offered.
    """
    chosen = [offer for offer in offers if device in ("auto", offer.device)]
    if not chosen:
        raise ModelTooLarge(f"This computer has no device '{device}'.", _offered(offers))
    least: Plan | None = None
    for offer in chosen:
        for plan in _plans(shape, offer, quantisation, learns, demand or Demand()):
            if plan.needed_bytes * (1 + MARGIN) <= plan.free_bytes:
                return plan
            if least is None or plan.needed_bytes - plan.free_bytes < least.needed_bytes - least.free_bytes:
                least = plan
    if least is None:
        reasons = [why for offer in chosen for kind, why in offer.refused if kind == quantisation]
        raise ModelTooLarge(f"“{quantisation}” does not work on this computer.", " ".join(reasons) or _offered(offers))
    raise _too_large(name, least, learns, candidates)


def _plans(shape: ModelShape, offer: DeviceOffer, quantisation: str, learns: bool, demand: Demand) -> Iterator[Plan]:
    for kind in (Quantisation.NONE, Quantisation.NF4, Quantisation.INT8):
        if kind not in offer.quantisations or quantisation not in ("auto", kind):
            continue
        if quantisation == "auto" and kind is Quantisation.INT8 and Quantisation.NF4 in offer.quantisations:
            continue  # larger than NF4, and no faster
        for work in _rungs(offer, kind, demand):
            is_spared = work.checkpointing and kind is Quantisation.NONE and Quantisation.NF4 in offer.quantisations
            if quantisation == "auto" and is_spared:
                break
            yield Plan(work, needs(shape, work), offer.free_bytes, offer.total_bytes, learns)


def _rungs(offer: DeviceOffer, quantisation: Quantisation, demand: Demand) -> Iterator[Workload]:
    """From the fastest way of learning to the smallest."""
    work = Workload(
        offer.device,
        quantisation,
        offer.number_bytes,
        max(demand.most_tokens, demand.least_tokens),
        answer_share=demand.answer_share,
        rank=demand.rank,
        adapter_parameters=demand.adapter_parameters,
    )
    shorter = replace(work, tokens=demand.least_tokens, rows=FEWEST_ROWS)
    yield work
    yield shorter
    if demand.may_checkpoint:
        yield replace(work, checkpointing=True)
        yield replace(shorter, checkpointing=True)
        if offer.device == "cuda":
            yield replace(shorter, checkpointing=True, optimizer=PAGED_ADAMW, offload=True)


def _offered(offers: Sequence[DeviceOffer]) -> str:
    return f"There is: {', '.join(offer.device for offer in offers)}."


def _too_large(name: str, least: Plan, learns: bool, candidates: Iterable[Candidate]) -> ModelTooLarge:
    doing = "learn with" if learns else "answer with"
    where = "the graphics processor" if least.work.device == "cuda" else "this computer"
    sentence = (
        f"{name} is too large for this computer: to {doing} it takes {least.needed_bytes * (1 + MARGIN) / GB:.1f} GB, "
        f"and {where} has {least.free_bytes / GB:.1f} GB free of {least.total_bytes / GB:.1f} GB."
    )
    found = largest_that_fits(least.free_bytes, candidates, least.work.device)
    return ModelTooLarge(sentence if found is None else f"{sentence} {found.title} would fit.")
