"""How answers are compared with gold answers."""

from __future__ import annotations

import pytest

from lift_desktop.domain.words import f1_share, recall_share


@pytest.mark.parametrize(
    ("gold", "answer", "recall"),
    [
        ("308 points", "The defense gave up 308 points.", 1.0),
        ("308 points", "They gave up many points.", 0.5),
        ("the State of Ohio", "Ohio law", 0.5),
        ("Anna Lindqvist", "", 0.0),
        ("It is what it is", "what it is", 1.0),  # only stop words: then all words count
        ("renewed fees", "renewing a fee", 1.0),
    ],
)
def test_recall(gold: str, answer: str, recall: float) -> None:
    assert recall_share(gold, answer) == pytest.approx(recall)


def test_f1_punishes_rambling() -> None:
    assert f1_share("308 points", "308 points") == 1.0
    assert f1_share("308 points", "308 points and seventeen goats in Paris") == pytest.approx(2 * 2 / (2 + 5))
    assert f1_share("308", "") == 0.0
