"""A short agreement written for the tests, and what the parts of the program make of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lift_desktop.documents import split_into_passages
from lift_desktop.domain.models import Document, DocumentText, Page
from lift_desktop.library import Library

PAGES = (
    """LIGHTHOUSE KEEPING AGREEMENT

This Lighthouse Keeping Agreement (this "Agreement") is made and entered into as of March 3, 2021 by and between
Harbour Lamps Inc., a Maine corporation (the "Owner"), and Gull Services LLC, a Vermont limited liability company (the
"Keeper").

1. SERVICES

1.1 The Keeper shall polish the lens of the lighthouse twice in each week and shall replace a broken lamp within six
hours after it was noticed. The Keeper shall write every visit into a blue ledger that stays in the tower.

1.2 The Owner shall supply oil, lamps and brushes at its own cost. The boat that brings them leaves Sandport each
Tuesday morning unless the harbour master has closed the harbour because of ice.""",
    """2. TERM

2.1 The initial term of this Agreement shall commence on April 1, 2021 and shall continue until March 31, 2026, unless
it is terminated earlier as provided in section 6.

2.2 This Agreement shall renew automatically for successive periods of one year, unless either party gives written
notice at least ninety days before the end of the current period that it does not wish to renew.

3. FEES

3.1 The Owner shall pay the Keeper a fee of $4,250 per month, within thirty days after the receipt of an invoice. The
fee rises by two percent on each first day of April.

4. STORMS

4.1 When a storm of force nine or more is announced, the Keeper shall stay in the tower overnight and shall sound the
horn every four minutes. For each such night the Owner shall pay an additional $310.""",
    """5. LIABILITY

5.1 The liability of the Keeper under this Agreement shall in no event exceed twelve monthly fees, except for damage
that was caused on purpose. Neither party is liable for lost profits.

6. TERMINATION

6.1 Either party may terminate this Agreement upon sixty days written notice if the other party has breached it and has
not cured the breach within that time.

7. GENERAL

7.1 This Agreement shall be governed by and construed in accordance with the laws of the State of Maine, without regard
to its rules on the conflict of laws.

7.2 All notices shall be in writing and shall be sent to the addresses that the parties have given to each other.""",
)
SECRET = "blue ledger"
"""Words that stand in this text and nowhere else."""


def page_paragraphs(number: int) -> str:
    """A page's text with its lines joined, as reading a file gives it."""
    paragraphs = PAGES[number - 1].split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def content(title: str = "Lighthouse Keeping Agreement") -> DocumentText:
    """The agreement as a document of three pages, of which the first is printed "i"."""
    text, pages = "", []
    for number in (1, 2, 3):
        start = len(text)
        text += page_paragraphs(number) + ("\n\n" if number < 3 else "")
        pages.append(Page(number, "i" if number == 1 else str(number), start, len(text), 600.0, 800.0))
    return DocumentText(title, "", text, tuple(pages))


def write_file(folder: Path, name: str = "lighthouse.txt") -> Path:
    """The agreement as a text file."""
    path = folder / name
    path.write_text("\n\n".join(PAGES), encoding="utf-8")
    return path


def add_to(library: Library, folder: Path) -> Document:
    """The agreement as a document of the library, without reading a file."""
    return _add(library, write_file(folder), content())


def add_another(library: Library, folder: Path, title: str) -> Document:
    """The agreement once more, as a document with another title and of another file."""
    path = folder / f"{title}.txt"
    path.write_text(f"{title}. " + "\n\n".join(PAGES), encoding="utf-8")
    return _add(library, path, content(title))


def _add(library: Library, path: Path, read: DocumentText) -> Document:
    return library.add_document(path, hashlib.sha256(path.read_bytes()).hexdigest(), read, split_into_passages(read))
