"""The command `ask`."""

from __future__ import annotations

import argparse
from typing import Any

from ..chat import NO_SUPPORT, DocumentChat
from ..domain.errors import BadSettings, NoMemory
from ..domain.messages import AnswerText
from ..domain.models import Answer, AnswerMode, Citation, Document, Memory, MemoryState
from ..domain.states import FINISHED
from ..domain.steps import follow
from ..engine.contract import ModelReference
from ..services import Services
from ..settings import STARTER_MODEL
from .finding import document_or_file, model_for
from .terminal import Terminal

CONVERSATION = "Command line"
"""The questions of the command line are kept in one conversation of the document, but each is answered by
itself.
"""


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
        model = model_for(arguments.model, services, terminal)
        memory = _memory_of(document, model, services)
    else:
        model = model_for(memory.model if memory else STARTER_MODEL, services, terminal)
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

    def show(step: AnswerText) -> None:
        if not terminal.as_json:
            terminal.write(step.text)

    answer = follow(chat.ask(question, model=model, memory=memory, mode=mode), show)
    services.library.add_turn(_conversation(document, services), question, answer)
    if not terminal.as_json:
        terminal.write("\n")
        _show_evidence(answer, terminal)
    if answer.note:
        terminal.note(f"Note: {answer.note}")
    return _as_json(answer)


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


def _show_evidence(answer: Answer, terminal: Terminal) -> None:
    if not answer.supported:
        terminal.say(f"\n{NO_SUPPORT}")
    for citation in answer.citations:
        quote = " ".join(citation.quote.split())
        terminal.say(f"\n{_page(citation)} (support {citation.score:.0%}): “{quote}”")


def _page(citation: Citation) -> str:
    """ "Page 12", with the printed label when it differs."""
    printed = f" (printed {citation.label})" if citation.label not in ("", str(citation.page)) else ""
    return f"Page {citation.page}{printed}"


def _as_json(answer: Answer) -> dict[str, Any]:
    return {
        "answer": answer.text,
        "mode": answer.mode.value,
        "supported": answer.supported,
        "citations": [
            {"page": found.page, "label": found.label, "quote": found.quote, "score": found.score}
            for found in answer.citations
        ],
        "seconds_to_first_token": round(answer.seconds_to_first_token, 3),
        "seconds": round(answer.seconds, 3),
    }
