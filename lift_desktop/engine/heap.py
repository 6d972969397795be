"""Memory that a training gives back and takes again at each step stays with the process as long as it trains.

glibc hands what is free at the end of its heap to the system at once, and each page that comes back has to be emptied
first: two in a hundred of a training step's time on a processor. Does nothing where the C library is another one, or
where the environment tells it how to keep memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
from collections.abc import Iterator
from typing import Any

KEPT_BYTES = 512 * 1024**2
_USUAL_BYTES = 128 * 1024
_LARGEST_BYTES = 32 * 1024**2  # larger pieces are the system's own, as they usually are after a while
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # names of glibc's mallopt


@contextlib.contextmanager
def kept_heap() -> Iterator[None]:
    """Up to KEPT_BYTES of free memory stay with this process; at the end they are given back."""
    library = _glibc()
    if library is None:
        yield
        return
    library.mallopt(_MMAP_THRESHOLD, _LARGEST_BYTES)
    library.mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
    try:
        yield
    finally:
        library.mallopt(_TRIM_THRESHOLD, _USUAL_BYTES)
        library.malloc_trim(0)


def _glibc() -> Any:
    """The C library, None if it is not glibc or was told something else."""
    if platform.libc_ver()[0] != "glibc" or any(name.startswith(("MALLOC_", "GLIBC_TUNABLES")) for name in os.environ):
        return None
    return ctypes.CDLL(None)
