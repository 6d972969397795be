"""The parts that the command line and the window work with, each made when it is first needed, closed at the end."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .documents import DocumentReader, DocumentViewer
    from .engine.contract import Engine
    from .library import Library
    from .models import ModelStore
    from .network import NetworkGate


class Services:
    """All parts on one data folder. A context manager; tests hand in parts of their own."""

    def __init__(
        self,
        data_folder: Path,
        *,
        engine: Engine | None = None,
        reader: DocumentReader | None = None,
        models: ModelStore | None = None,
    ) -> None:
        self.data_folder = data_folder.expanduser().absolute()
        self._given_engine = engine
        if engine is not None:
            self.__dict__["engine"] = engine
        if reader is not None:
            self.__dict__["reader"] = reader
        if models is not None:
            self.__dict__["models"] = models

    @cached_property
    def library(self) -> Library:
        """Raises the errors of opening a library."""
        from .library import Library

        return Library(self.data_folder)

    @cached_property
    def models(self) -> ModelStore:
        from .models import ModelStore

        return ModelStore(self.data_folder / "models", network=self.network)

    @cached_property
    def network(self) -> NetworkGate:
        """Whether this process may use the network; the program installs it before anything else."""
        from .network import LOG_NAME, AttemptLog, NetworkGate

        return NetworkGate("LIFT Desktop", AttemptLog(self.data_folder / "logs" / LOG_NAME))

    @cached_property
    def reader(self) -> DocumentReader:
        from .documents import DocumentReader

        return DocumentReader()

    @cached_property
    def viewer(self) -> DocumentViewer:
        from .documents import DocumentViewer

        return DocumentViewer()

    @cached_property
    def engine(self) -> Engine:
        from .worker.client import EngineClient

        return EngineClient()

    def another_engine(self) -> AbstractContextManager[Engine]:
        """A second engine process, for a comparison; the caller closes it. Where an engine was handed in: that one."""
        from .worker.client import EngineClient

        return EngineClient() if self._given_engine is None else nullcontext(self._given_engine)

    def close(self) -> None:
        """Closes what was made; processes first, so that nothing writes to the library any more."""
        made = self.__dict__
        for part in ("engine", "reader", "viewer", "library"):
            if part in made:
                made.pop(part).close()
        if "network" in made:
            self.network.close()

    def __enter__(self) -> Services:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
