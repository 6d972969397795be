"""How fast the reader shows pages: opens a PDF of 1,000 pages and turns them.

    python -m tests.benchmarks.reader [--pages 1000] [--file OTHER.pdf]

Nothing is asserted; the figures are the result. Imports nothing heavy, like the program's own main module.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def main() -> None:
    """Measures and prints."""
    from .reader_measures import run

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--file", type=Path)
    arguments = parser.parse_args()
    run(arguments.pages, arguments.file)


if __name__ == "__main__":
    main()
