"""How figures and states are said on the screen, in one place."""

from __future__ import annotations

import re
import unicodedata

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt
from PySide6.QtGui import Qt as Markup

from ..domain.errors import LiftError
from ..domain.models import Depth, Memory, MemoryState
from ..domain.planning import Plan
from ..jobs.queue import JobState, JobView

_LONG_WORD = re.compile(r"\S{24,}")
_PARTS_OF_WORDS = re.compile(r"[^\W_]{1,16}[\W_]*|[\W_]+")


def tr(text: str) -> str:
    """The text in the user's language; `lupdate` finds what is said outside a class in the context without a name."""
    return QCoreApplication.translate("", text)


def quoted(text: str) -> str:
    """`text` in the quotation marks of the window's language."""
    return tr("“{0}”").format(text)


def size(size_bytes: int) -> str:
    """ "9.8 MB", as the user's locale writes it."""
    return QLocale().formattedDataSize(size_bytes, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def number(count: int) -> str:
    """ "1,234", as the user's locale writes it."""
    return QLocale().toString(count)


def searched(text: str) -> str:
    """`text` as it is searched: capitals do not matter, nor whether "ü" is one character or, as in names of files that
    come from a Mac, two."""
    return unicodedata.normalize("NFC", text).casefold()


def sorted_by(text: str) -> tuple[str, str]:
    """What `text` is sorted by: "Ä" stands beside "a", not after "z"."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return plain, searched(text)


def plan_words(plan: Plan) -> str:
    """ "Needs about 1.9 GB of 8.0 GB of memory." """
    return tr("Needs about {0} of {1} of memory.").format(size(plan.needed_bytes), size(plan.total_bytes))


def percent(share: float | None) -> str:
    """ "71 %"; "–" for None."""
    return "–" if share is None else f"{share * 100:.0f} %"


def duration(seconds: float | None) -> str:
    """ "40 s", "3 min", "2 h 10 min"; "" for None."""
    if seconds is None:
        return ""
    if seconds < 60:
        return tr("{0} s").format(max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{0} min").format(minutes)
    return tr("{0} h {1} min").format(minutes // 60, minutes % 60)


def stage(name: str) -> str:
    """What is going on, as a word with a capital letter."""
    return {
        "loading": tr("Loading the model"),
        "reading": tr("Reading"),
        "studying": tr("Studying"),
        "training": tr("Training"),
        "checking": tr("Checking"),
        "measuring": tr("Measuring"),
        "waiting": tr("Waiting"),
        "downloading": tr("Downloading"),
        "converting": tr("Preparing"),
    }.get(name, name.capitalize())


def depth(chosen: Depth) -> str:
    """How thoroughly a document is learned, in one word."""
    return {Depth.QUICK: tr("Quick"), Depth.STANDARD: tr("Standard"), Depth.DEEP: tr("Deep")}[chosen]


def page(number: int, label: str = "") -> str:
    """ "p. 12", with the printed label when it differs: "p. 12 (iv)"."""
    printed = f" ({label})" if label not in ("", str(number)) else ""
    return tr("p. {0}").format(number) + printed


def learning_state(memory: Memory | None, job: JobView | None) -> tuple[str, str]:
    """What a document's row says of its memory, and the look of it ("muted", "good", "warning", "bad", "accent").

    "Not learned", "Studying 42 % · 3 min left", "Ready · recalls 71 %", "Weak", "Interrupted · Resume", "Failed: ...".
    """
    if job is not None and job.is_stopping:
        return tr("Stopping…"), "accent"
    if job is not None and job.state is JobState.RUNNING:
        return _progress(job), "accent"
    if job is not None and job.state is JobState.WAITING:
        return tr("Waiting to be learned"), "accent"
    if job is not None and job.state is JobState.PAUSED:
        return tr("Paused · Resume"), "warning"
    if job is not None and job.state is JobState.FAILED:
        return tr("Failed: {0}").format(job.message), "bad"
    if memory is None:
        return tr("Not learned"), "muted"
    return _memory_state(memory)


def _progress(job: JobView) -> str:
    if job.progress is None:
        return tr("Starting")
    said = f"{stage(job.progress.stage)} {percent(job.progress.fraction)}"
    left = duration(job.progress.seconds_left)
    return said + (" · " + tr("{0} left").format(left) if left else "")


def _memory_state(memory: Memory) -> tuple[str, str]:
    match memory.state:
        case MemoryState.READY:
            return tr("Ready · recalls {0}").format(percent(memory.recall_after)), "good"
        case MemoryState.WEAK:
            return tr("Weak · recalls {0}").format(percent(memory.recall_after)), "warning"
        case MemoryState.STALE:
            return tr("Memory is out of date"), "warning"
        case MemoryState.FAILED:
            return tr("Failed: {0}").format(memory.message), "bad"
        case MemoryState.CANCELLED:
            return tr("Cancelled · Resume"), "muted"
        case MemoryState.INTERRUPTED:
            return tr("Interrupted · Resume"), "warning"
        case _:
            return stage(memory.state), "accent"


def pages(count: int) -> str:
    """ "1 page", "12 pages"."""
    return tr("1 page") if count == 1 else tr("{0} pages").format(QLocale().toString(count))


def documents(count: int) -> str:
    """ "1 document", "12 documents"."""
    return tr("1 document") if count == 1 else tr("{0} documents").format(QLocale().toString(count))


def memories(count: int) -> str:
    """ "1 memory", "12 memories"."""
    return tr("1 memory") if count == 1 else tr("{0} memories").format(QLocale().toString(count))


def hint(error: LiftError) -> str:
    """What to do about `error`; "" when its hint speaks of the command line only."""
    return "" if "`" in error.hint or "--" in error.hint else error.hint


def shortened(text: str, letters: int) -> str:
    """`text`, or as much of it as `letters` allow and an ellipsis."""
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def breakable(text: str) -> str:
    """`text` to be shown: long words, such as names of files, may go on in the next line, by spaces without width."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(_PARTS_OF_WORDS.findall(word[0])), text)


def tool_tip(text: str) -> str:
    """`text` for a tooltip, which breaks long lines, and shows what looks like markup as it is written."""
    return Markup.convertFromPlainText(text, Markup.WhiteSpaceMode.WhiteSpaceNormal)


def method(name: str) -> str:
    """How something is memorised, as a word with a capital letter."""
    return {
        "lora": tr("Adapter"),
        "segments": tr("Text and questions"),
        "gated-memory": tr("Gated memory"),
        "sentences": tr("Every sentence"),
        "cartridge": tr("Cartridge"),
    }.get(name, name.capitalize())


def method_explained(name: str) -> str:
    """What is special about a way of memorising, in a sentence; "" for an unknown one."""
    return {
        "lora": tr("The usual way: practises questions about every page. Best for most documents."),
        "segments": tr("Also learns the text itself, in overlapping pieces. Takes longer for long documents."),
        "gated-memory": tr("A small memory of its own in every layer of the model, which decides when it speaks."),
        "sentences": tr("Several questions about each sentence; practises while it still writes. Takes longest."),
        "cartridge": tr("A learned extract that stands before every question, as if the model had just read it."),
    }.get(name, "")


def date(moment: str) -> str:
    """The day of an ISO 8601 moment, here and as the user's locale writes it; "" for none."""
    parsed = QDateTime.fromString(moment, Qt.DateFormat.ISODateWithMs)
    return QLocale().toString(parsed.toLocalTime().date(), QLocale.FormatType.ShortFormat) if parsed.isValid() else ""
