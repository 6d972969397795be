"""What the words on the command line mean: documents of the library, files, models."""

from __future__ import annotations

import argparse
from pathlib import Path

from ..domain.errors import ModelMissing, UnknownDocument
from ..domain.models import Document
from ..engine.contract import ModelReference
from ..jobs import add_document, model_reference
from ..jobs import fetch_model as fetch
from ..models import LocalModel
from ..services import Services
from .terminal import Terminal


def known_document(key: str, services: Services) -> Document:
    """The library's document that `key` names: an id, a title's beginning, or a file's path, whatever it is
    called there.

    Raises UnknownDocument, AmbiguousDocument.
    """
    from ..documents import sha256_of_file

    path = Path(key)
    if _is_file(path):
        document = services.library.document_by_hash(sha256_of_file(path))
        if document is not None:
            return document
        raise UnknownDocument(f"{path.name} is not in the library.", "Learn it first: `lift-desktop learn FILE`.")
    return services.library.find_document(key)


def document_or_file(key: str, password: str, services: Services, terminal: Terminal) -> Document:
    """Like `known_document`; but a file that is not in the library is read and added.

    Raises the errors of reading a file too.
    """
    path = Path(key)
    if not _is_file(path):
        try:
            return services.library.find_document(key)
        except UnknownDocument:
            if not (path.suffix or path.exists() or path.is_symlink()):
                raise
    return terminal.follow(add_document(services.library, services.reader, path, password))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or holds what no path may hold
        return False


def model_for(
    name: str,
    services: Services,
    terminal: Terminal,
    *,
    may_fetch: bool = False,
    arguments: argparse.Namespace | None = None,
) -> ModelReference:
    """The model of that name or folder. With `may_fetch` one of the catalogue that is not here yet is fetched, after a
    word about it; else ModelMissing says how to get it. `arguments` may hold `device` and `quantisation`; where they do
    not, what was chosen in the window counts.

    Raises UnknownModel, UnsafeModel, ModelMissing, and with `may_fetch` the errors of `fetch_model`.
    """
    try:
        model = services.models.resolve(name)
    except ModelMissing:
        if not may_fetch or name not in {model.name for model in services.models.available()}:
            raise
        model = fetch_model(name, services, terminal)
    device, quantisation = (getattr(arguments, key, None) for key in ("device", "quantisation"))
    library = services.library if None in (device, quantisation) else None
    return model_reference(model, services.models, library, device=device, quantisation=quantisation)


def fetch_model(name: str, services: Services, terminal: Terminal) -> LocalModel:
    """Downloads and prepares a model of the catalogue, unless it is here already; for this the network is allowed.
    Raises like `ModelStore.get`.
    """
    for model in services.models.available():
        if model.name == name and model.catalogue is not None and not model.downloaded:
            catalogue = model.catalogue
            terminal.note(
                f"Getting the model {catalogue.title} ({catalogue.download_bytes / 1e6:,.0f} MB, once; "
                f"{catalogue.licence})."
            )
            if model.fetched_bytes:
                terminal.note(f"{model.fetched_bytes / 1e6:,.0f} MB of it came before.")
    with services.network.allowed(f"download of {name}"):
        return terminal.follow(fetch(services.models, services.engine, name))
