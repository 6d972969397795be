"""How long learning a document takes on this computer: measured once for a model and a method, then kept; and whether a
depth is enough for a document's length.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from ..domain.messages import Progress
from ..domain.models import Depth, Document
from ..engine.contract import Engine, Estimate, EstimateRequest, ModelReference
from ..library import Library

SETTING = "estimates"
KEPT = 200
MOST_QUICK_PASSAGES = 100
"""At depth quick, the starter model's memories of contracts with up to 81 passages held them; of those with 145, 152
and 229 one did (tests/benchmarks/RESULTS.md)."""


@dataclass(frozen=True, slots=True)
class KnownEstimate:
    """`is_measured` is False when it was worked out from another document's, by the number of passages."""

    seconds: dict[Depth, float]
    is_measured: bool


def is_too_long(document: Document, depth: Depth) -> bool:
    """Whether a memory of this depth seldom holds a document of that length."""
    return depth is Depth.QUICK and document.passage_count > MOST_QUICK_PASSAGES


def known_estimate(library: Library, document: Document, model_sha256: str, method: str) -> KnownEstimate | None:
    """What was measured with this model and method before, for this document or else for the one measured last."""
    lines = [line for line in library.setting(SETTING, []) if line["passages"]]
    same = [line for line in lines if (line["model"], line.get("method")) == (model_sha256, method)]
    for line in same:
        if line["document"] == document.id:
            return KnownEstimate(_seconds(line), is_measured=True)
    if not same:
        return None
    share = document.passage_count / same[-1]["passages"]
    return KnownEstimate({depth: each * share for depth, each in _seconds(same[-1]).items()}, is_measured=False)


def measure_estimate(
    library: Library, engine: Engine, document: Document, model: ModelReference, method: str
) -> Generator[Progress, None, KnownEstimate]:
    """Measures and keeps it. Yields Progress (stages "loading" and "measuring"); takes some 20 to 30 seconds, more
    when the model has to be loaded. Raises the errors of engine and library."""
    request = EstimateRequest(model, document.title, library.passages(document.id), method)
    with closing(engine.estimate(request)) as steps:
        estimate: Estimate = yield from steps
    key = {"document": document.id, "model": model.sha256, "method": method}
    kept = [line for line in library.setting(SETTING, []) if not key.items() <= line.items()]
    line = {
        **key,
        "passages": document.passage_count,
        "seconds": {depth.value: round(each, 1) for depth, each in estimate.seconds.items()},
    }
    library.set_setting(SETTING, [*kept, line][-KEPT:])
    return KnownEstimate(estimate.seconds, is_measured=True)


def forget_estimates(library: Library, document_id: str) -> None:
    """Erases what was measured with an erased document."""
    lines = library.setting(SETTING, [])
    left = [line for line in lines if line["document"] != document_id]
    if left != lines:
        library.set_setting(SETTING, left)


def _seconds(line: dict[str, Any]) -> dict[Depth, float]:
    return {Depth(depth): seconds for depth, seconds in line["seconds"].items()}
