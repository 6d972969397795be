"""The file that a child process keeps open between requests: opened once, its troubles named.

Imports no PyMuPDF and does not know what is done with the file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..domain.errors import MissingFile, NotReadable, TooLarge


class Closable(Protocol):
    def close(self) -> None: ...


File = TypeVar("File", bound=Closable)


class KeptFile(Generic[File]):
    """Keeps the last file open until another is asked for. `open_file` opens one, with its password."""

    def __init__(self, open_file: Callable[[Path, str], File]) -> None:
        self._open_file = open_file
        self._file: File | None = None
        self._key: tuple[Path, str] | None = None

    def get(self, path: Path, password: str) -> File:
        """The open file. Raises MissingFile, NotReadable, TooLarge and the DocumentErrors of `open_file`."""
        if self._file is None or self._key != (path, password):
            self.close()
            try:
                self._file, self._key = self._open_file(path, password), (path, password)
            except FileNotFoundError:
                raise MissingFile(f"There is no file {path}.") from None
            except OSError as error:
                raise NotReadable(f"{path} cannot be read: {error.strerror}.") from None
            except MemoryError:
                raise TooLarge(f"{path.name} needs too much memory.") from None
        return self._file

    def close(self) -> None:
        """Closes the file that is open, if any."""
        file, self._file, self._key = self._file, None, None
        if file is not None:
            file.close()
