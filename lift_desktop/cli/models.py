"""The command `models`: list, get and remove base models, and keep the access token for some of them."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from ..domain.errors import BadSettings
from ..engine.contract import HardwareReport
from ..jobs import Fit, fit
from ..models import AvailableModel, forget_token, store_token
from ..services import Services
from .finding import fetch_model
from .terminal import Terminal, size

GATED_NOTE = "* has to be accepted at huggingface.co first; then keep an access token with `lift-desktop models token`."


def models(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> int:
    """Does what `arguments.action` says."""
    actions = {"list": _list, "get": _get, "remove": _remove, "token": _token}
    terminal.result(actions[arguments.action](arguments, services, terminal))
    return 0


def _list(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> dict[str, Any]:
    report = services.engine.probe()
    rows, values = [], []
    for model in services.models.available():
        shape = services.models.shape(model.name)
        found = fit(shape, report) if shape is not None else None
        rows.append((model.name, _state(model), _gigabytes(model.size_bytes), *_needs(found), _licence(model)))
        values.append(_as_json(model, found))
    terminal.table(("Name", "State", "Disk", "To learn", "Uncompressed", "Fits", "Licence"), rows)
    terminal.say(f"\n{_computer(report)}")
    terminal.say(GATED_NOTE)
    return {"models": values}


def _state(model: AvailableModel) -> str:
    if model.downloaded:
        return "here"
    return f"paused at {size(model.fetched_bytes)}" if model.fetched_bytes else "to get"


def _needs(found: Fit | None) -> tuple[str, str, str]:
    if found is None:
        return "?", "?", "?"
    fits = ("yes" if found.fits else "no") if found.is_known else "?"
    return _gigabytes(found.least_bytes), _gigabytes(found.plain_bytes), fits


def _licence(model: AvailableModel) -> str:
    if model.catalogue is None:
        return ""
    return f"{model.catalogue.licence} *" if model.catalogue.gated else model.catalogue.licence


def _computer(report: HardwareReport) -> str:
    memories = [(offer.name, offer.total_bytes) for offer in report.offers]
    memories = memories or [(report.device_name, report.memory_bytes)]
    known = [f"{_gigabytes(size_bytes)} ({name})" for name, size_bytes in memories if size_bytes]
    return f"This computer has, of memory for it: {', '.join(known) or 'an unknown amount'}."


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.1f} GB"


def _as_json(model: AvailableModel, found: Fit | None) -> dict[str, Any]:
    return {
        "model": model.name,
        "title": model.title,
        "downloaded": model.downloaded,
        "size_bytes": model.size_bytes,
        "fetched_bytes": model.fetched_bytes,
        "gated": model.catalogue is not None and model.catalogue.gated,
        "licence": model.catalogue.licence if model.catalogue is not None else "",
        "needs_bytes": found.least_bytes if found else None,
        "needs_uncompressed_bytes": found.plain_bytes if found else None,
        "memory_bytes": found.memory_bytes if found else None,
        "fits": found.fits if found is not None and found.is_known else None,
    }


def _get(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> dict[str, Any]:
    model = fetch_model(arguments.name, services, terminal)
    terminal.say(f"{model.name} is here ({size(model.size_bytes)}).")
    return {"model": model.name, "folder": str(model.folder), "size_bytes": model.size_bytes}


def _remove(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> dict[str, Any]:
    freed_bytes = services.models.remove(arguments.name)
    terminal.say(f"{arguments.name} is removed; {size(freed_bytes)} are free again.")
    return {"model": arguments.name, "freed_bytes": freed_bytes}


def _token(arguments: argparse.Namespace, services: Services, terminal: Terminal) -> dict[str, Any]:
    if arguments.forget:
        had_one = forget_token()
        terminal.say("The access token is forgotten." if had_one else "There was no access token.")
        return {"token": False}
    store_token(_read_token(terminal))
    terminal.say("The access token is in the keyring of this computer.")
    return {"token": True}


def _read_token(terminal: Terminal) -> str:
    """From the terminal without showing it, else the first line of what is piped in."""
    if sys.stdin is None:
        raise BadSettings("Nobody can type a token here.")
    if not sys.stdin.isatty():
        return sys.stdin.readline()
    terminal.note("Make an access token (kind: read) at https://huggingface.co/settings/tokens, and paste it here.")
    try:
        return getpass.getpass("Access token (it is not shown): ")
    except EOFError:  # Ctrl-D
        return ""
