"""The command `ask`."""

from __future__ import annotations

import argparse
from typing import Any

from ..chat import DocumentChat
from ..domain.errors import BadSettings, NoMemory
from ..domain.messages import AnswerText, Progress
from ..domain.models import AnswerMode, Document, Memory, MemoryState
from ..domain.states import FINISHED
from ..domain.steps import follow
from ..engine.contract import ModelReference
from ..services import Services
from ..settings import STARTER_MODEL
from .finding import document_or_file, model_for
from .terminal import Terminal
from .verdict import answer_as_json, show_verdict

CONVERSATION = "Command line"
"""The questions of the command line are kept in one conversation of the document, but each is answered by
itself.
"""
PASSAGES_A_LINE = 8
"""While the whole document is read, a line is written for each so many passages."""


def ask(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Answers one question, with its evidence."""
    if not arguments.question.strip():
        raise BadSettings("There is no question.", "Write it after the document, in quotation marks.")
    document = document_or_file(arguments.document, arguments.password, services, terminal)
    mode = AnswerMode(arguments.mode)
    memory = services.library.best_memory(document.id)
    if mode is AnswerMode.MEMORY and memory is None:
        raise NoMemory(f"“{document.title}” has not been learned yet.")
    if arguments.model is not None:
        model = model_for(arguments.model, services, terminal, arguments=arguments)
        memory = _memory_of(document, model, services)
    else:
        model = model_for(memory.model if memory else STARTER_MODEL, services, terminal, arguments=arguments)
    terminal.result(answer_question(document, arguments.question, model, memory, services, terminal, mode))
    return 0


def answer_question(
    document: Document,
    question: str,
    model: ModelReference,
    memory: Memory | None,
    services: Services,
    terminal: Terminal,
    mode: AnswerMode = AnswerMode.BOTH,
) -> dict[str, Any]:
    """Shows the answer while it comes, then its evidence; returns the JSON form of it."""
    chat = DocumentChat(services.library, services.engine, document)
    shown = [0]

    def show(step: AnswerText | Progress) -> None:
        if isinstance(step, Progress):
            if step.done != shown[-1] and (step.done - 1) % PASSAGES_A_LINE == 0:
                shown.append(step.done)
                terminal.note(f"Reading passage {step.done} of {step.total} ...")
        elif not terminal.as_json:
            terminal.write(step.text)

    answer = follow(chat.ask(question, model=model, memory=memory, mode=mode), show)
    services.library.add_turn(_conversation(document, services), question, answer)
    if not terminal.as_json:
        terminal.write("\n")
        show_verdict(answer, terminal)
    if answer.note:
        terminal.note(f"Note: {answer.note}")
    return answer_as_json(answer)


def _memory_of(document: Document, model: ModelReference, services: Services) -> Memory | None:
    """The best finished memory of the document that was made with this model."""
    memories = services.library.memories(document.id)
    made = [memory for memory in memories if memory.state in FINISHED and memory.model_sha256 == model.sha256]
    ready = [memory for memory in made if memory.state is MemoryState.READY]
    return next(iter(ready or made), None)


def _conversation(document: Document, services: Services) -> str:
    for conversation in services.library.conversations(document.id):
        if conversation.title == CONVERSATION:
            return conversation.id
    return services.library.start_conversation(document.id, CONVERSATION).id
