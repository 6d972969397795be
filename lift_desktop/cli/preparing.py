"""The command `prepare`: skills for a model, trained on the user's data."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from ..engine.contract import PrepareResult
from ..jobs.prepare import PrepareSettings, place_of_skills, prepare_for_use, prepare_model
from ..logs import log_event
from ..services import Services
from .finding import model_for
from .terminal import Terminal

KIND_WORDS = {
    "reading": "answering from passages",
    "broad": "saying what passages are about",
    "unsaid": "saying that they do not say",
    "writing": "writing questions",
    "lifted": "answering what was learned",
}


def prepare(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Trains the skills and puts them where the model is found with them, or into --out."""
    model = model_for(arguments.model, services, terminal, arguments=arguments)
    own = services.models.own_skills_folder(model.sha256)
    target = arguments.out or place_of_skills(own, model)
    settings = PrepareSettings(tuple(arguments.data), arguments.start, arguments.minutes)
    log_event("preparing", model=model.name, minutes=arguments.minutes)
    if is_for_use := arguments.out is None:
        steps = prepare_for_use(services.engine, model, settings, own)
    else:
        steps = prepare_model(services.engine, model, settings, target)
    result: PrepareResult = terminal.follow(steps)
    log_event("prepared", model=model.name, steps=result.steps)
    terminal.say(
        f"{model.name} has practised on {result.questions:,} questions about {result.passages:,} passages "
        f"({result.steps:,} steps)."
    )
    rows = [
        (KIND_WORDS[kind.kind], f"{kind.before:.2f}", f"{kind.after:.2f}", f"{kind.tokens:,}") for kind in result.kinds
    ]
    terminal.table(("Held-out lessons", "loss before", "after", "tokens"), rows)
    terminal.say(f"The skills are in {target}.")
    if is_for_use:
        terminal.say("They are used from now on. Documents that were learned before are best learned again.")
    terminal.result({"folder": str(target), "model": model.name, **asdict(result)})
    return 0
