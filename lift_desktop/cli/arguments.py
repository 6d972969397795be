"""What can be typed: commands, options and their help. Knows nothing of how they are carried out."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import __version__
from ..domain.models import AnswerMode, Depth
from ..engine.contract import AUTO, DEVICES, METHODS, PRESETS, QUANTISATIONS
from ..settings import DEPTH, METHOD, MODE, STARTER_MODEL

COMMAND_NAMES = ("learn", "ask", "list", "show", "forget", "export", "import", "models", "prepare", "doctor", "bench")
DOCUMENT_HELP = "an id, the beginning of a title, or a file"


class _Parser(argparse.ArgumentParser):
    """Reads a path as a shell does: in `--data-dir=~/papers`, and in quotation marks, most leave the tilde as it is.
    The parsers of commands are of this class, too.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.register("type", Path, _typed_path)


def _typed_path(text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"there is no such user as in {text}") from None


def parser_for(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; `arguments` tell which commands need theirs filled in by another part of the program."""
    parser: argparse.ArgumentParser = _Parser(
        prog="lift-desktop",
        description="Learn a document into a local language model, then ask about it offline, with the pages that "
        "prove each answer.",
        epilog="Without a command, or with files alone, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument("--data-dir", type=Path, metavar="D", help="keep documents, memories and models in this folder")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_learn(commands.add_parser("learn", help="learn a document"))
    _add_ask(commands.add_parser("ask", help="ask a document"))
    _add_json(commands.add_parser("list", help="list documents and their memories"))
    show = commands.add_parser("show", help="show a document, its memories and what each page's recall is")
    show.add_argument("document", metavar="DOCUMENT", help=DOCUMENT_HELP)
    _add_json(show)
    forget = commands.add_parser("forget", help="erase a document and all that was made of it")
    forget.add_argument("document", metavar="DOCUMENT", help=DOCUMENT_HELP)
    forget.add_argument("--yes", action="store_true", help="do not ask for confirmation")
    _add_json(forget)
    _add_archives(commands)
    _add_models(commands.add_parser("models", help="list, get or remove models, and keep the access token for some"))
    _add_prepare(commands.add_parser("prepare", help="train a model's skills of reading and writing questions"))
    _add_json(commands.add_parser("doctor", help="show what this computer has and what works"))
    _add_bench(commands.add_parser("bench", help="measure answers against gold answers"), arguments)
    return parser


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")


def _add_learn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="the document: PDF, EPUB, DOCX, text and others")
    parser.add_argument("--ask", metavar="QUESTION", help="answer this question afterwards")
    depths = [depth.value for depth in Depth]
    parser.add_argument("--depth", choices=depths, default=DEPTH.value, help="how thoroughly (default: %(default)s)")
    parser.add_argument(
        "--model", default=STARTER_MODEL, metavar="M", help="a model's name or folder (default: %(default)s)"
    )
    add_method(parser, METHOD)
    _add_device(parser)
    parser.add_argument("--password", default="", metavar="P", help="of an encrypted document")
    parser.add_argument("--again", action="store_true", help="learn it anew even if it is learned already")
    parser.add_argument("--plain", action="store_true", help="fine-tuning on the answers, without distillation")
    _add_json(parser)


def _add_device(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """What the model runs on and how it is kept; `default` None: as chosen in the window."""
    chosen = "as chosen in the window, else auto" if default is None else default
    parser.add_argument("--device", choices=DEVICES, default=default, help=f"where the model runs (default: {chosen})")
    parser.add_argument(
        "--quantisation",
        choices=QUANTISATIONS,
        default=default,
        help=f"how its weights are kept: none, int8 (8 bits), nf4 (4 bits) (default: {chosen})",
    )


def add_method(parser: argparse.ArgumentParser, default: str) -> None:
    """How to memorise, with its options."""
    parser.add_argument("--method", choices=METHODS, default=default, help="how to memorise (default: %(default)s)")
    parser.add_argument("--preset", choices=PRESETS, default=PRESETS[0], help="whose figures (default: %(default)s)")
    parser.add_argument(
        "--option",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an option of the method, such as rank=8; may be repeated. A name that it has not lists those it has",
    )


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document", metavar="DOCUMENT", help=DOCUMENT_HELP)
    parser.add_argument("question", metavar="QUESTION", help="in quotation marks")
    modes = [mode.value for mode in AnswerMode]
    parser.add_argument(
        "--mode", choices=modes, default=MODE.value, help="where answers come from (default: %(default)s)"
    )
    parser.add_argument(
        "--model", metavar="M", help=f"a model's name or folder (default: the memory's, else {STARTER_MODEL})"
    )
    _add_device(parser)
    parser.add_argument("--password", default="", metavar="P", help="of an encrypted document")
    _add_json(parser)


def _add_archives(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    export = commands.add_parser(
        "export",
        help="write a memory and its document to one file",
        usage="%(prog)s [-h] [--json] (DOCUMENT [FILE] | FILE)",
    )
    export.add_argument(
        "things",
        nargs="+",
        metavar="DOCUMENT FILE",
        help="the document (may be left out when only one is learned) and the archive to write, NAME.liftmemory (may "
        "be left out, too: then the document names it)",
    )
    _add_json(export)
    importing = commands.add_parser("import", help="add a memory from such a file")
    importing.add_argument("file", metavar="FILE", type=Path, help="NAME.liftmemory")
    _add_json(importing)


def _add_models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _add_json(actions.add_parser("list", help="list the models, and what each needs against what this computer has"))
    get = actions.add_parser("get", help="download a model, or go on with a download that was stopped (Ctrl-C)")
    get.add_argument("name", metavar="NAME", nargs="?", default=STARTER_MODEL, help="default: %(default)s")
    _add_json(get)
    remove = actions.add_parser("remove", help="delete a model's files")
    remove.add_argument("name", metavar="NAME")
    _add_json(remove)
    token = actions.add_parser("token", help="keep the access token for models whose licence must be accepted")
    token.add_argument("--forget", action="store_true", help="remove it from this computer's keyring")
    _add_json(token)


def _add_prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        action="extend",
        required=True,
        metavar="FILE.jsonl",
        help='passages with questions: {"title", "passage", "qa_pairs": [{"Q", "A"}]} in each line; '
        "a file that is named twice is read twice",
    )
    parser.add_argument("--model", default=STARTER_MODEL, metavar="M", help="its name or folder (default: %(default)s)")
    parser.add_argument("--minutes", type=float, metavar="N", help="about how long (default: once through the data)")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="write the skills there, and do not use them")
    parser.add_argument("--start", type=Path, metavar="FOLDER", help="go on from the skills in this folder")
    _add_device(parser)
    _add_json(parser)


def _add_bench(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> None:
    """The bench describes its own options; it is imported only when it is asked for."""
    benches = parser.add_subparsers(dest="bench", metavar="BENCH", required=True)
    questions = benches.add_parser("qa", help="questions with gold answers, in JSON lines")
    needle = benches.add_parser("needle", help="facts hidden in documents of several lengths")
    speed = benches.add_parser("speed", help="beside the stock stack, on equal work")
    for each in (questions, needle, speed):
        _add_device(each, AUTO)
    if "bench" in arguments:
        importlib.import_module("lift_desktop.bench.qa").add_arguments(questions)
        importlib.import_module("lift_desktop.bench.needle").add_arguments(needle)
        importlib.import_module("lift_desktop.bench.speed").add_arguments(speed)
