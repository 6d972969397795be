"""While training, what was freed stays with the process; afterwards it does not."""

from __future__ import annotations

import json
import platform
import subprocess
import sys

import pytest

from lift_desktop.engine import heap
from lift_desktop.engine.heap import kept_heap

PIECES, PIECE_BYTES = 8, 16 * 1024**2

MEASURED = f"""
import json, psutil, torch
from lift_desktop.engine.heap import kept_heap

def used():
    return psutil.Process().memory_info().rss

def take_and_free():
    pieces = [torch.ones({PIECE_BYTES}, dtype=torch.uint8) for _ in range({PIECES})]
    del pieces

take_and_free()
before = used()
with kept_heap():
    take_and_free()
    kept = used() - before
print(json.dumps([kept, used() - before]))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone is told so")
def test_freed_memory_is_kept_until_the_end() -> None:
    """In a process of its own, whose heap has no holes yet."""
    measured = subprocess.run([sys.executable, "-c", MEASURED], check=True, capture_output=True, text=True).stdout
    kept, left = json.loads(measured)
    assert kept > 0.8 * PIECES * PIECE_BYTES
    assert left < 0.2 * PIECES * PIECE_BYTES


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap, "_glibc", lambda: None)
    with kept_heap():
        pass
