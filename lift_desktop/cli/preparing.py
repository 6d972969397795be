"""The command `prepare`: skills for a model, trained on the user's data."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from ..engine.contract import PrepareResult
from ..jobs.prepare import PrepareSettings, prepare_model
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
    target = arguments.out or services.models.own_skills_folder(model.sha256)
    settings = PrepareSettings(tuple(arguments.data), arguments.start, arguments.minutes)
    log_event("preparing", model=model.name, minutes=arguments.minutes)
    result: PrepareResult = terminal.follow(prepare_model(services.engine, model, settings, target))
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
    if arguments.out is None:
        terminal.say("They are used from now on. Documents that were learned before are best learned again.")
    terminal.result({"folder": str(target), "model": model.name, **asdict(result)})
    return 0
