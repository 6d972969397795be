"""Asking: what fits into the context window, which adapter speaks, and what the scores mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from lift_desktop.domain.errors import BadSettings, NoMemory
from lift_desktop.domain.models import AnswerMode, Turn
from lift_desktop.domain.steps import last
from lift_desktop.engine.adapters import Adapters
from lift_desktop.engine.asking import fit_prompts
from lift_desktop.engine.base_model import BaseModel, load
from lift_desktop.engine.contract import PROMPTS_VERSION, AskRequest, ModelReference, ScoredQuestion, Told, WeighRequest
from lift_desktop.engine.hardware import Hardware
from lift_desktop.engine.local import LocalEngine
from lift_desktop.engine.prompts import answer_prompt, question_prompt
from lift_desktop.engine.scoring import score, weigh

from .conftest import PAIRS, TEXTS, make_model, make_tokenizer


@pytest.fixture
def narrow(tmp_path: Path) -> BaseModel:
    """A model with room for 200 tokens."""
    tokenizer = make_tokenizer()
    make_model(len(tokenizer), context_tokens=200).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    return load(ModelReference("narrow", str(tmp_path), "3" * 64), Hardware(torch.device("cpu"), torch.float32))


def _request(base: BaseModel, **changes: object) -> AskRequest:
    values = {"question": "When?", "mode": AnswerMode.PAGES, "max_new_tokens": 20, **changes}
    return AskRequest(base.reference, "T", **values)  # type: ignore[arg-type]


def test_old_turns_go_first_then_the_last_passages(narrow: BaseModel) -> None:
    turns = tuple(Turn(f"Question {number}?", "x " * 12) for number in range(6))
    passages = ("The fee is 300 euros.", "The tower is 45 metres high.")
    (prompt,) = fit_prompts(narrow, _request(narrow, turns=turns, passages=passages))
    text = narrow.tokenizer.decode(prompt.prefix + prompt.rest)
    assert len(prompt) <= 180
    assert "Question 5?" in text and "Question 0?" not in text
    assert all(passage in text for passage in passages)

    many = ("first passage", *("x " * 30 for _ in range(9)))
    (prompt,) = fit_prompts(narrow, _request(narrow, passages=many))
    text = narrow.tokenizer.decode(prompt.prefix)
    assert "first passage" in text and len(prompt) <= 180


def test_a_question_that_cannot_fit_is_refused(narrow: BaseModel) -> None:
    with pytest.raises(BadSettings, match="too long"):
        fit_prompts(narrow, _request(narrow, question="why " * 400))


def test_memory_mode_shows_no_document_text(narrow: BaseModel) -> None:
    (prompt,) = fit_prompts(narrow, _request(narrow, mode=AnswerMode.MEMORY, passages=("secret",)))
    assert "secret" not in narrow.tokenizer.decode(prompt.prefix + prompt.rest)
    (prompt,) = fit_prompts(narrow, _request(narrow, mode=AnswerMode.MEMORY, passages=("secret",), recited=("known",)))
    text = narrow.tokenizer.decode(prompt.prefix + prompt.rest)
    assert "secret" not in text and "known" in text


def test_both_reads_passages_and_what_was_recited_each_by_itself(narrow: BaseModel) -> None:
    request = _request(narrow, mode=AnswerMode.BOTH, passages=("shown",), recited=("known",))
    shown, known = (narrow.tokenizer.decode(prompt.prefix) for prompt in fit_prompts(narrow, request))
    assert "shown" in shown and "known" not in shown
    assert "known" in known and "shown" not in known
    assert (
        len(fit_prompts(narrow, _request(narrow, mode=AnswerMode.PAGES, passages=("shown",), recited=("known",)))) == 1
    )
    assert len(fit_prompts(narrow, _request(narrow, mode=AnswerMode.BOTH))) == 1


def test_memory_mode_without_a_memory_says_so(reference: ModelReference, tmp_path: Path) -> None:
    engine = LocalEngine()
    for folder in (None, str(tmp_path / "gone")):
        with pytest.raises(NoMemory):
            list(engine.handle(AskRequest(reference, "T", "When?", AnswerMode.MEMORY, folder)))


@pytest.mark.parametrize(("recall", "share"), [(None, 0.05), (0.0, 0.05), (0.4, 0.2), (0.6, 0.3), (1.0, 0.3)])
def test_a_memory_decides_half_of_what_its_recall_check_found(
    tmp_path: Path, recall: float | None, share: float
) -> None:
    manifest = {"prompts_version": PROMPTS_VERSION, "recall_after": recall}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert LocalEngine()._recited_share(str(tmp_path)) == pytest.approx(share)


def test_scores_are_the_mean_likelihood_of_the_gold_tokens(base: BaseModel) -> None:
    questions = (
        ScoredQuestion("When?", "1921"),
        ScoredQuestion("What is the fee?", "300 euros a month", ("The fee is 300 euros a month.",)),
    )
    scores = last(score(base, Adapters(base), None, "T", questions, 4))
    for question, scored in zip(questions, scores, strict=True):
        prompt = answer_prompt(base.tokenizer, "T", question.question, question.passages)
        gold = base.tokenizer.encode(question.gold, add_special_tokens=False)
        ids = torch.tensor([[*prompt.prefix, *prompt.rest, *gold]])
        logits = base.model(input_ids=ids).logits[0, len(prompt) - 1 : -1]
        assert scored.nll == pytest.approx(
            torch.nn.functional.cross_entropy(logits, torch.tensor(gold)).item(), rel=1e-4
        )


@pytest.mark.parametrize("each_sentence_once", [False, True])
@pytest.mark.parametrize("prepared", [False, True])
def test_weights_are_the_mean_likelihood_of_the_questions_tokens(
    base: BaseModel, prepared: bool, each_sentence_once: bool
) -> None:
    """Packed with shared prefixes as one by one; only a model that was not prepared is shown an example."""
    base.model.double()
    adapters = Adapters(base)
    if prepared:
        adapters.make("skills", 2)
    sentence = "The fee is 300 euros a month."
    told = (
        Told("What is the fee?", "300 euros a month", sentence),
        Told("What is the fee?", "a month", sentence),
        Told("Who was the pilot?", "Anna", "Anna was a pilot."),
    )[1 if each_sentence_once else 0 :]
    weights = last(weigh(base, adapters, "skills" if prepared else None, "T", told))
    for each, weight in zip(told, weights, strict=True):
        prompt = question_prompt(base.tokenizer, "T", each.sentence, each.answer, example=not prepared)
        question = base.tokenizer.encode(each.question, add_special_tokens=False)
        ids = torch.tensor([[*prompt.prefix, *prompt.rest, *question]])
        logits = base.model(input_ids=ids).logits[0, len(prompt) - 1 : -1]
        expected = -torch.nn.functional.cross_entropy(logits, torch.tensor(question)).item()
        assert weight == pytest.approx(expected, rel=1e-6)


def test_a_question_is_likelier_after_its_own_answer(writer_reference: ModelReference) -> None:
    told = tuple(
        Told(question, answer, text)
        for text, pairs in zip(TEXTS, PAIRS, strict=True)
        for question, _ in pairs
        for _, answer in pairs
    )
    weights = iter(last(LocalEngine().handle(WeighRequest(writer_reference, "T", told))))
    for pairs in PAIRS:
        for place, (question, _) in enumerate(pairs):
            own = [next(weights) for _ in pairs]
            assert own.index(max(own)) == place, question


def test_what_is_read_side_by_side_is_scored_by_both_in_their_shares(base: BaseModel) -> None:
    base.model.double()
    texts = (("The fee is 300 euros a month.",), ("The fee is due each month.", "Fees are paid in euros."))
    question = ScoredQuestion("What is the fee?", "300 euros a month", *texts)
    (scored,) = last(score(base, Adapters(base), None, "T", [question], 8, 0.3))
    gold = base.tokenizer.encode(question.gold, add_special_tokens=False)

    def logs(tokens: list[int]) -> torch.Tensor:
        """What both prompts find, [1 + tokens, vocabulary], by PyTorch's functions alone."""
        found = []
        for shown in texts:
            prompt = answer_prompt(base.tokenizer, "T", question.question, shown)
            ids = torch.tensor([[*prompt.prefix, *prompt.rest, *tokens]])
            found.append(base.model(input_ids=ids).logits[0, len(prompt) - 1 :].softmax(-1))
        return (0.7 * found[0] + 0.3 * found[1]).log()

    with torch.inference_mode():
        expected = torch.nn.functional.nll_loss(logs(gold)[:-1], torch.tensor(gold))
        assert scored.nll == pytest.approx(expected.item(), rel=1e-6)
        written: list[int] = []
        while len(written) < 8 and (token := int(logs(written)[-1].argmax())) not in base.stop_tokens:
            written.append(token)
    text = base.tokenizer.decode(written, skip_special_tokens=True)
    assert scored.answer == text.rstrip("\ufffd").strip()  # a character that is incomplete waits
