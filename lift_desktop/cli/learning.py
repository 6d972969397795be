"""The command `learn`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..domain.errors import BadSettings
from ..domain.methods import check_options, read_option
from ..domain.models import Depth, Document, MemoryState, Quantisation
from ..domain.planning import Plan
from ..engine.contract import EstimateRequest, ModelReference
from ..jobs import LearnedResult, LearnSettings, finished_memory, learn_document, resumable_memory
from ..jobs.estimate import is_too_long
from ..logs import log_event
from ..services import Services
from .asking import answer_question
from .finding import document_or_file, model_for
from .terminal import Terminal, duration, percent, size


def learn(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Reads, learns, and answers the question of --ask."""
    options = tuple(read_option(text) for text in arguments.option)
    check_options(arguments.method, arguments.preset, options)  # before anything is read
    if arguments.ask is not None and not arguments.ask.strip():
        raise BadSettings("There is no question after --ask.", "Write it in quotation marks.")
    document = document_or_file(arguments.file, arguments.password, services, terminal)
    for warning in document.warnings:
        terminal.note(f"Warning: {warning}")
    model = model_for(arguments.model, services, terminal, may_fetch=True, arguments=arguments)
    settings = LearnSettings(Depth(arguments.depth), arguments.method, not arguments.plain, arguments.preset, options)
    result = _learned(document, model, settings, arguments.again, services, terminal)
    values = _as_json(result)
    _say(result, terminal)
    if arguments.ask is not None:
        terminal.say("")
        values["asked"] = answer_question(document, arguments.ask, model, result.memory, services, terminal)
    terminal.result(values)
    return 0


def _learned(
    document: Document,
    model: ModelReference,
    settings: LearnSettings,
    again: bool,
    services: Services,
    terminal: Terminal,
) -> LearnedResult:
    memory = None if again else finished_memory(services.library, document.id, model, settings)
    if memory is not None:
        terminal.note(f"“{document.title}” is learned already (--again learns it anew).")
        return LearnedResult(document, memory)
    terminal.note(f"{document.title}: {document.page_count} pages, {document.passage_count} passages.")
    if resumable_memory(services.library, document.id, model, settings) is not None:
        terminal.note("Going on where the last run ended.")
    else:
        _show_estimate(document, model, settings, services, terminal)
        if is_too_long(document, settings.depth):
            terminal.note(
                f"Warning: at depth {settings.depth.value} the memory of such a long document will probably be weak; "
                "answers then come from its pages alone. --depth standard takes longer and recalls more."
            )
    log_event("learning", document=document.id, passages=document.passage_count, depth=settings.depth)
    result = terminal.follow(learn_document(services.library, services.engine, document, model, settings))
    log_event("learned", memory=result.memory.id, state=result.memory.state, seconds=round(result.memory.seconds))
    return result


def _show_estimate(
    document: Document, model: ModelReference, settings: LearnSettings, services: Services, terminal: Terminal
) -> None:
    """How long each depth would take, measured on this computer with this document's passages."""
    passages = services.library.passages(document.id)
    request = EstimateRequest(model, document.title, passages, settings.method, settings.preset, settings.options)
    estimate = terminal.follow(services.engine.estimate(request))
    depths = [
        f"{depth.value} about {duration(seconds)}" + (" (chosen)" if depth is settings.depth else "")
        for depth, seconds in estimate.seconds.items()
    ]
    terminal.note(f"Learning takes on this computer: {', '.join(depths)}.")
    if estimate.plan is not None:
        terminal.note(plan_words(estimate.plan))


def plan_words(plan: Plan) -> str:
    """ "Needs about 1.9 GB of 8.0 GB memory (cpu, nf4)." """
    work = plan.work
    kept = "" if work.quantisation is Quantisation.NONE else f", {work.quantisation.value}"
    spared = ", computing layers twice to spare memory" if work.checkpointing else ""
    return f"Needs about {size(plan.needed_bytes)} of {size(plan.total_bytes)} memory ({work.device}{kept}{spared})."


def _as_json(result: LearnedResult) -> dict[str, Any]:
    document, memory = result.document, result.memory
    return {
        "document": document.id,
        "memory": memory.id,
        "state": memory.state.value,
        "pages": document.page_count,
        "passages": document.passage_count,
        "questions": memory.questions,
        "recall_before": memory.recall_before,
        "recall_after": memory.recall_after,
        "seconds": round(memory.seconds, 2),
        "size_bytes": memory.size_bytes,
    }


def _say(result: LearnedResult, terminal: Terminal) -> None:
    document, memory = result.document, result.memory
    terminal.say(f"{document.title} ({document.id}): {memory.state.value}.")
    terminal.say(
        f"{memory.questions} questions studied in {duration(memory.seconds)}; recall {percent(memory.recall_before)} "
        f"before, {percent(memory.recall_after)} after; {size(memory.size_bytes)}."
    )
    if memory.state is MemoryState.WEAK:
        terminal.say("The memory is weak: it knows no more than the model did before. Answers come from the pages.")
    name = Path(document.file_name).name
    terminal.say(f'Ask it: lift-desktop ask {document.id} "What is {name} about?"')
