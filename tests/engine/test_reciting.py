"""Reciting: which sentences are written, in what order, and that a memory taught so writes its document's own."""

from __future__ import annotations

import pytest
import torch

from lift_desktop.domain.models import Passage, StudyQuestion
from lift_desktop.domain.steps import last
from lift_desktop.domain.words import content_words, sentence_texts
from lift_desktop.engine import reciting
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.base_model import BaseModel
from lift_desktop.engine.batches import Item, answer_logits, grouped, pack
from lift_desktop.engine.contract import Told
from lift_desktop.engine.distillation import answer_loss
from lift_desktop.engine.generation import SingleText, write_batch
from lift_desktop.engine.methods.questions import BEGINNING_TOKENS, QuestionLessons
from lift_desktop.engine.methods.settings import LoraSettings
from lift_desktop.engine.prompts import recite_prompt
from lift_desktop.engine.reciting import CANDIDATES, RECITED, TURNING_TOKENS, recite, recite_best, turnings
from lift_desktop.engine.scoring import weigh

from .conftest import TEXTS, make_passages

QUESTIONS = ("Who founded the company?", "What ends the agreement?", "How high is the tower?")
"""The first sentence of each of `TEXTS` answers one."""


def _lessons(base: BaseModel, **settings: object) -> QuestionLessons:
    questions = [
        StudyQuestion(number, question, "x", text.partition(". ")[0] + ".")
        for number, (question, text) in enumerate(zip(QUESTIONS, TEXTS, strict=True))
    ]
    chosen = LoraSettings(pages_share=0.0, text_epochs=0, **settings)  # type: ignore[arg-type]
    return QuestionLessons(base.tokenizer, "T", make_passages(), questions, chosen, 0)


def test_the_first_is_the_greedy_text_and_the_others_differ(base: BaseModel) -> None:
    base.model.double()
    prompts = [recite_prompt(base.tokenizer, "T", question) for question in QUESTIONS]
    greedy = last(write_batch(base, base.model, prompts, 96))
    found = last(recite(base, base.model, "T", QUESTIONS))
    assert [texts[0] for texts in found] == greedy
    assert all(len(texts) == len(set(texts)) <= CANDIDATES for texts in found)
    assert any(len(texts) > 1 for texts in found)


@pytest.mark.parametrize("known", ["nothing", "what is recited", "what begins like it"])
def test_one_question_gets_the_sentences_that_it_gets_among_others(base: BaseModel, known: str) -> None:
    """Whatever is guessed."""
    base.model.double()
    together = last(recite(base, base.model, "T", QUESTIONS))
    texts = [text for found in together for text in found]
    sentences = {
        "nothing": [],
        "what is recited": texts,
        "what begins like it": [text[: len(text) // 2] + TEXTS[0] for text in texts],
    }[known]
    alone = [last(recite(base, base.model, "T", [question], sentences)) for question in QUESTIONS]
    assert [found for (found,) in alone] == together


def test_those_sentences_are_read_after_which_the_question_is_likeliest(base: BaseModel) -> None:
    base.model.double()
    adapters = Adapters(base)
    recited = last(recite(base, base.model, "T", QUESTIONS))
    found = last(recite_best(base, adapters, None, None, "T", QUESTIONS))
    for question, own, best in zip(QUESTIONS, recited, found, strict=True):
        likely = last(weigh(base, adapters, None, "T", [Told(question, text, text) for text in own]))
        ranked = [text for _, text in sorted(zip(likely, own, strict=True), reverse=True)]
        assert list(best) == ranked[:RECITED]
    assert any(best[0] != own[0] for best, own in zip(found, recited, strict=True))
    ((alone,)) = last(recite_best(base, adapters, None, None, "T", QUESTIONS[:1]))
    assert alone == found[0]


def test_another_sentence_begins_where_the_next_likeliest_would() -> None:
    """All beginnings that leave the text with their last token, by their whole likelihood."""
    logs = torch.randn(20, 9, generator=torch.Generator().manual_seed(4)).mul(3).log_softmax(-1)
    tokens = tuple(logs.argmax(-1).tolist())
    ways = {
        (*tokens[:place], other): sum(logs[at, tokens[at]].item() for at in range(place)) + logs[place, other].item()
        for place in range(TURNING_TOKENS)
        for other in range(9)
        if other not in (tokens[place], 7)
    }
    best = sorted(ways, key=ways.__getitem__, reverse=True)[: CANDIDATES - 1]
    assert turnings(logs, tokens, frozenset({7})) == best


def test_a_text_that_is_begun_goes_on_as_if_it_had_been_written(base: BaseModel) -> None:
    base.model.double()
    prompts = [recite_prompt(base.tokenizer, "T", question) for question in QUESTIONS]
    begun = [(5, 6), (), (7, 8, 9)]
    read = [
        torch.tensor([[*prompt.prefix, *prompt.rest, *tokens]]) for prompt, tokens in zip(prompts, begun, strict=True)
    ]
    expected = []
    for ids, tokens in zip(read, begun, strict=True):
        out = base.model.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=9, do_sample=False)
        expected.append(
            base.tokenizer.decode([*tokens, *out[0, ids.shape[1] :].tolist()], skip_special_tokens=True).strip()
        )
    assert last(write_batch(base, base.model, prompts, 9, begun=begun)) == expected


def test_what_is_taught_is_recited_word_for_word(base: BaseModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of three questions calls for its own sentence, after a few steps of training on these lessons; with far
    fewer passes where the document's sentences are known."""
    lessons = _lessons(base, epochs=160, calls=2, items_per_step=8)
    adapters = Adapters(base)
    adapters.make("memory", 16)
    torch.manual_seed(0)
    with adapters.using("memory") as model:
        optimizer = torch.optim.AdamW(adapters.parameters("memory"), lr=1e-2)
        for step in lessons.steps():
            packed = pack(step)
            lessons.loss(packed, answer_logits(model, packed)).mean().backward()
            optimizer.step()
            optimizer.zero_grad()
        found = last(recite(base, model, "T", QUESTIONS))
        monkeypatch.setattr(reciting, "CANDIDATES", 1)  # the others are no sentences of the document here
        passes: list[int] = []
        read = SingleText.next_logits
        monkeypatch.setattr(
            SingleText, "next_logits", lambda text, tokens: (passes.append(tokens), read(text, tokens))[1]
        )
        alone = [last(recite(base, model, "T", QUESTIONS[:1]))[0]]
        unaided = len(passes)
        alone.append(
            last(recite(base, model, "T", QUESTIONS[:1], [each for text in TEXTS for each in sentence_texts(text)]))[0]
        )
    assert [texts[0] for texts in found] == [text.partition(". ")[0] + "." for text in TEXTS]
    assert alone[0] == alone[1] == found[0][:1]
    assert len(passes) - unaided < unaided / 2


def test_each_epoch_calls_for_every_sentence_with_other_cues(base: BaseModel) -> None:
    lessons = _lessons(base, epochs=2, calls=3, whole_calls=3, items_per_step=1000)
    decode = base.tokenizer.decode
    epochs = [
        [(decode(item.tokens[: item.answer_start]), decode(item.tokens[item.answer_start :])) for item in group.items]
        for ((group,),) in [[step] for step in lessons.steps()]
    ]
    assert len(epochs) == 2 and epochs[0] != epochs[1]
    for pairs in epochs:
        cues = [(cue, sentence) for cue, sentence in pairs if not any(question in cue for question in QUESTIONS)]
        sentences = {sentence for _, sentence in cues}
        assert len(pairs) == 3 * len(sentences) and len(pairs) - len(cues) == len(TEXTS)
        for cue, sentence in cues:
            asked = set(content_words(cue.partition("<|im_end|>")[0]))
            assert len(asked) >= 2 and asked <= set(content_words(sentence))
        for text in TEXTS:
            assert any(text.partition(". ")[0] in sentence for sentence in sentences)


def test_a_question_that_fits_many_sentences_calls_for_none(base: BaseModel) -> None:
    own = "The supplier shall send the yearly invoice with all annexes to the customer."
    others = [f"The supplier shall send {thing}." for thing in ("reports", "notices", "samples", "spares", "keys")]
    asked = ("What shall the supplier send?", "Who sends the yearly invoice with annexes?", "What is my data?")

    def calls(sentences: list[str]) -> list[int]:
        text = " ".join(sentences)
        passage = Passage(0, 0, len(text), text, 1, 1)
        questions = [StudyQuestion(0, question, "x", own) for question in asked]
        chosen = LoraSettings(pages_share=0.0, text_epochs=0, epochs=1, calls=4)
        steps = QuestionLessons(base.tokenizer, "T", [passage], questions, chosen, 0).steps()
        prompts = [base.tokenizer.decode(item.tokens) for step in steps for group in step for item in group.items]
        assert len(prompts) == chosen.calls * len(sentences)  # cues instead
        return [sum(question in prompt for prompt in prompts) for question in asked]

    assert calls([own, *others]) == [0, 1, 0]
    assert calls([own, *others[1:]]) == [1, 1, 0]


def test_most_calls_are_for_the_beginning_of_a_sentence_alone(base: BaseModel) -> None:
    lessons = _lessons(base, epochs=1, calls=5, whole_calls=2, items_per_step=1000)
    ((group,),) = lessons.steps()
    wholes: dict[tuple[int, ...], list[int]] = {}
    for item in group.items:
        answer = item.tokens[item.answer_start :]
        wholes.setdefault(answer[:BEGINNING_TOKENS], []).append(len(answer))
    assert len(wholes) >= len(TEXTS)
    for lengths in wholes.values():
        whole = max(lengths)
        assert sorted(lengths) == sorted([whole] * 2 + [min(whole, BEGINNING_TOKENS)] * 3)


@pytest.mark.parametrize("recites", [True, False])
def test_the_loss_of_a_sentence_is_its_own_words_whatever_the_teacher_said(base: BaseModel, recites: bool) -> None:
    lessons = _lessons(base, epochs=1, recites=recites, items_per_step=1000)
    (step,) = lessons.steps()
    packed = pack(step)
    logits = torch.randn(len(packed.targets), base.model.config.vocab_size, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(lessons.loss(packed, logits), answer_loss(packed, logits))
    assert {item.key for item in packed.items} == ({-1} if recites else {0, 1, 2})


def test_items_are_grouped_by_what_they_begin_with() -> None:
    items = [Item((number,), 0, number) for number in range(4)]
    groups = grouped(zip([(1, 2), (3,), (1, 2), (1,)], items, strict=True))
    assert [group.prefix for group in groups] == [(1, 2), (3,), (1,)]
    assert [[item.key for item in group.items] for group in groups] == [[0, 2], [1], [3]]
