"""The recall check compares a memory with what the model reads from the page, not with the answers that study chose."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import pytest

from lift_desktop.domain.models import Passage, StudyQuestion
from lift_desktop.domain.steps import last
from lift_desktop.engine import recall
from lift_desktop.engine.contract import NOT_IN_DOCUMENT, QuestionRecall, Score, ScoredQuestion
from lift_desktop.engine.recall import RecallCheck, check_recall

TEXT = "The keeper is Ole Berg. The lamp was built in Bergen in 1911. The tower is painted red and white."
PASSAGE = Passage(0, 0, len(TEXT), TEXT, 1, 1)
READ = {
    "Who keeps the lamp?": "Ole Berg",
    "Where was the lamp built?": "Bergen",
    "When was the lamp built?": "1911",
    "What colours has the tower?": "red and white",
    "Who owns the ship?": NOT_IN_DOCUMENT,
    "What is the main idea?": "Perseverance",
    "What else?": "",
}
REMEMBERED = READ | {"Where was the lamp built?": "Oslo"}


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model that reads well, knows nothing by itself, and remembers all but one thing."""

    def score(
        base: object, adapters: object, adapter: str | None, title: str, asked: Sequence[ScoredQuestion], most: int
    ) -> Generator[int, None, tuple[Score, ...]]:
        yield len(asked)
        known = READ if asked[0].passages else REMEMBERED if adapter == "memory" else dict.fromkeys(READ, "No idea")
        return tuple(Score(0.5 if adapter == "memory" else 2.0, known[each.question]) for each in asked)

    monkeypatch.setattr(recall, "score", score)


def checked(*questions: str) -> RecallCheck:
    """Study's own answers are all wrong."""
    asked = [StudyQuestion(0, question, "keeper", TEXT, "words") for question in questions]
    return last(check_recall(None, None, "skills", "memory", "", asked, [PASSAGE], recites=False))  # type: ignore[arg-type]


@pytest.mark.usefixtures("reader")
def test_what_the_model_reads_from_the_page_is_the_right_answer() -> None:
    check = checked(*READ)
    assert [each.after for each in check.recalls] == [1.0, 0.0, 1.0, 1.0]
    assert [each.before for each in check.recalls] == [0.0] * 4
    assert (check.nll_before, check.nll_after) == (2.0, 0.5) and check.learned


@pytest.mark.usefixtures("reader")
def test_where_too_few_are_found_on_the_page_all_count_with_their_own_answers() -> None:
    check = checked(*list(READ)[2:])
    assert [each.after for each in check.recalls] == [0.0] * 5
    assert check.learned  # by likelihood: not one of the answers says "keeper"


@pytest.mark.parametrize(
    ("recalls", "gain", "learned"),
    [
        ([(0.0, 1.0), (0.0, 0.0)], 0.0, True),
        ([(0.0, 0.0), (0.0, 0.0)], 0.7, False),
        ([(0.0, 0.0), (0.0, 0.0)], 1.2, True),
        ([(1.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)], 2.0, True),  # one of a few
        ([(1.0, 0.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.0)], 2.0, False),
    ],
)
def test_what_counts_as_learned(recalls: list[tuple[float, float]], gain: float, learned: bool) -> None:
    check = RecallCheck(tuple(QuestionRecall(0, before, after) for before, after in recalls), 4.0, 4.0 - gain)
    assert check.learned is learned
