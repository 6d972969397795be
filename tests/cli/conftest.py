"""The command line in this process, on a data folder of its own and an engine without a model."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lift_desktop.cli import main
from lift_desktop.documents import DocumentReader
from lift_desktop.engine.fake import FakeEngine
from lift_desktop.library import Library
from lift_desktop.services import Services

from .. import texts
from ..models.making import write_model


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def values(self) -> Any:
        """The last line of standard output, read as JSON."""
        return json.loads(self.out.splitlines()[-1])


@dataclass
class CommandLine:
    """Runs commands; `engine` is used by all of them."""

    folder: Path
    model: Path
    file: Path
    capture: pytest.CaptureFixture[str]
    engine: FakeEngine = field(default_factory=FakeEngine)
    limits: dict[str, Any] = field(default_factory=dict)

    def run(self, *arguments: str) -> Outcome:
        code = main(["--data-dir", str(self.folder), *arguments], self._services)
        written = self.capture.readouterr()
        return Outcome(code, written.out, written.err)

    def learn(self, *more: str, file: Path | None = None) -> Outcome:
        return self.run("learn", str(file or self.file), "--model", str(self.model), *more)

    def ask(self, question: str, *more: str) -> Outcome:
        return self.run("ask", str(self.file), question, "--model", str(self.model), *more)

    def problems(self) -> list[str]:
        with Library(self.folder) as library:
            return library.check()

    def _services(self, folder: Path) -> Services:
        return Services(folder, engine=self.engine, reader=DocumentReader(**self.limits))


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    folder = tmp_path / "papers"
    folder.mkdir()
    return CommandLine(tmp_path / "data", write_model(tmp_path / "model"), texts.write_file(folder), capsys)
