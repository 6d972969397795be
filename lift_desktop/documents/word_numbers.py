"""Numbers as Word writes them. Knows nothing of files."""

from __future__ import annotations

LARGEST_ROMAN = 3999
LARGEST_LETTERS = 780  # thirty times z
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def number_text(value: int, how: str) -> str:
    """`value` as Word's format `how` writes it; in digits where it cannot be, or is a format that is not known here."""
    text = str(value)
    if how == "none":
        return ""
    if how == "decimalZero":
        return text.zfill(2)
    if how in ("lowerLetter", "upperLetter") and 0 < value <= LARGEST_LETTERS:
        text = "abcdefghijklmnopqrstuvwxyz"[(value - 1) % 26] * ((value + 25) // 26)
    elif how in ("lowerRoman", "upperRoman") and 0 < value <= LARGEST_ROMAN:
        text = ""
        for unit, letters in _ROMAN:
            text += letters * (value // unit)
            value %= unit
    return text.upper() if how.startswith("upper") else text
