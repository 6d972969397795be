from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lift_desktop.documents import DocumentReader
from lift_desktop.domain.models import DocumentText
from lift_desktop.domain.steps import last

from .damaged_inputs import TIGHT_LIMITS

Read = Callable[[Path], DocumentText]


@pytest.fixture(scope="session")
def reader() -> Iterator[DocumentReader]:
    """One reader for all tests: that it goes on after each damaged file is part of what is tested."""
    with DocumentReader(**TIGHT_LIMITS, seconds_per_request=30.0) as reader:
        yield reader


@pytest.fixture(scope="session")
def read(reader: DocumentReader) -> Read:
    return lambda path: last(reader.read(path))
