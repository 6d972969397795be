"""Preparing a model: its skills are trained beside their place and moved there when they are finished.

Knows where skills are kept; what lies in the unfinished folder belongs to the engine.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ..domain.errors import BadSettings, Busy
from ..domain.messages import Progress
from ..domain.models import Quantisation
from ..engine.contract import Engine, ModelReference, PrepareRequest, PrepareResult

SKILLS_FILE = "adapter_config.json"  # a folder with it holds skills
KEPT_IN_FEWER_BITS = tuple(each.value for each in Quantisation if each is not Quantisation.NONE)


@dataclass(frozen=True, slots=True)
class PrepareSettings:
    """`data`: files with passages and questions; `start`: skills to go on from; `minutes`: about how long (None: one
    pass over the data)."""

    data: tuple[Path, ...]
    start: Path | None = None
    minutes: float | None = None
    seed: int = 0


def place_of_skills(own: Path, model: ModelReference) -> Path:
    """Where new skills for `model` go in the user's `own` folder for it: inside the usual ones if they are for a model
    that is kept in fewer bits, and there are others."""
    return own / model.quantisation if model.quantisation in KEPT_IN_FEWER_BITS and model.skills_folder else own


def prepare_for_use(
    engine: Engine, model: ModelReference, settings: PrepareSettings, own: Path
) -> Generator[Progress, None, PrepareResult]:
    """`prepare_model` into the user's `own` folder for the model, where it is found with them from then on."""
    target = place_of_skills(own, model)
    result = yield from prepare_model(engine, model, settings, target)
    if target != own:
        _stand_beside(own, model)
    return result


def prepare_model(
    engine: Engine, model: ModelReference, settings: PrepareSettings, target: Path
) -> Generator[Progress, None, PrepareResult]:
    """Trains skills for `model` and puts them into the folder `target`, in place of skills that lie there; those for a
    model that is kept in fewer bits, which lie inside, stay.

    Yields Progress (stages "reading", "loading", "checking", "measuring", "practising"). A run that was closed or
    killed is resumed by the next one with the same settings. Raises BadSettings (data, minutes, a target that holds
    other files), Busy (another process is at it), and the errors of the engine.
    """
    if settings.minutes is not None and not 0 < settings.minutes < math.inf:
        raise BadSettings(f"{settings.minutes:g} minutes are no time to practise.", "Give --minutes a number above 0.")
    target = target.absolute()
    _check_target(target)
    unfinished = target.with_name(f"{target.name}.partial")
    request = PrepareRequest(
        model,
        _absolute(settings.data),
        str(unfinished),
        "" if settings.start is None else str(settings.start.absolute()),
        settings.minutes,
        settings.seed,
    )
    with _alone(target):
        with closing(engine.prepare(request)) as steps:
            result = yield from steps
        _check_target(target)
        _replace(target, unfinished)
    return result


def _replace(target: Path, finished: Path) -> None:
    for kind in KEPT_IN_FEWER_BITS:
        if (target / kind).is_dir() and not (finished / kind).exists():
            (target / kind).replace(finished / kind)
    if target.is_dir():
        shutil.rmtree(target)
    finished.replace(target)


def _stand_beside(own: Path, model: ModelReference) -> None:
    """Copies the skills that `model` has so far to `own`, if there are none: without them nobody would look there."""
    if not (own / SKILLS_FILE).exists():
        for file in sorted(Path(model.skills_folder).iterdir(), key=lambda file: file.name == SKILLS_FILE):
            if file.is_file():
                shutil.copy2(file, own)


def _absolute(files: Sequence[Path]) -> tuple[str, ...]:
    return tuple(str(file.absolute()) for file in files)


def _check_target(target: Path) -> None:
    """Only skills, or nothing, may be replaced."""
    if target.exists() and not (target.is_dir() and ((target / SKILLS_FILE).is_file() or not any(target.iterdir()))):
        raise BadSettings(f"{target} holds other files than skills.", "Choose a new folder with --out.")


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"{target} cannot be made: {error.strerror}.", "Choose another folder with --out.") from error
    lock = FileLock(target.with_name(f".{target.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(f"Another run is preparing {target}.") from None
    try:
        yield
    finally:
        lock.release()
