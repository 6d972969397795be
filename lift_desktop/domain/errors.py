"""Errors of the user's world. Each has a sentence for the user and a hint; anything else raised is a bug."""

from __future__ import annotations

import errno
from typing import Any

FULL_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""The numbers with which a system says that a disk, or a user's share of it, takes no more."""


class LiftError(Exception):
    """Base of all expected errors: `message` says what happened, `hint` what to do about it."""

    hint_default = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint or self.hint_default

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.message, self.hint))


# Documents -----------------------------------------------------------------------------------------------------------
class DocumentError(LiftError):
    """Something is wrong with a file that was to be read."""


class MissingFile(DocumentError):
    hint_default = "Check the path and the spelling."


class NotReadable(DocumentError):
    """No permission, or a directory."""


class NotADocument(DocumentError):
    hint_default = "LIFT Desktop reads PDF, EPUB, MOBI, FB2, XPS, CBZ, TXT, Markdown, HTML and DOCX."


class EncryptedDocument(DocumentError):
    hint_default = "Give its password with --password."


class WrongPassword(EncryptedDocument):
    hint_default = "Check the password; capitals matter."


class DamagedDocument(DocumentError):
    hint_default = "Open it in another reader and save or print it as a new PDF."


class NoText(DocumentError):
    hint_default = "It seems to be a scan. Run it through OCR (for example OCRmyPDF) first."


class TooLarge(DocumentError):
    hint_default = "Split the file and learn its parts."


class UnreadableInTime(DocumentError):
    hint_default = "Open it in another reader and save it as a new PDF, or split it."


# Library -------------------------------------------------------------------------------------------------------------
class LibraryError(LiftError):
    """Something is wrong with the data folder or a request to it."""


class LibraryDamaged(LibraryError):
    hint_default = "Restore the data folder from a backup, or move it away and start a new one."


class LibraryTooNew(LibraryError):
    hint_default = "Update LIFT Desktop."


class UnknownDocument(LibraryError):
    hint_default = "`lift-desktop list` shows what the library holds."


class AmbiguousDocument(LibraryError):
    hint_default = "Use the id that `lift-desktop list` shows."


class NoMemory(LibraryError):
    hint_default = "Learn the document first: `lift-desktop learn FILE`."


class BadArchive(LibraryError):
    hint_default = "Ask for a new export of the memory."


class DiskFull(LibraryError):
    hint_default = "Free some space, or choose another folder with --data-dir."


class Busy(LibraryError):
    hint_default = "Wait until the other run has ended, or stop it."


# Models --------------------------------------------------------------------------------------------------------------
class ModelError(LiftError):
    """Something is wrong with a base model."""


class UnknownModel(ModelError):
    hint_default = "`lift-desktop models list` shows the models; a folder with safetensors works too."


class ModelMissing(ModelError):
    hint_default = "Get it with `lift-desktop models get`."


class UnsafeModel(ModelError):
    hint_default = "Only safetensors weights and built-in architectures are loaded."


class ModelMismatch(ModelError):
    hint_default = "Get the model that the memory was made with, or learn the document again."


class DownloadFailed(ModelError):
    hint_default = "Check the connection and try again."


class TokenNeeded(DownloadFailed):
    """The model is given only to those who accepted its licence, and show an access token."""


class KeyringUnavailable(ModelError):
    hint_default = "Unlock it, or set the variable HF_TOKEN for this program."


class NetworkOff(LiftError, ConnectionError):
    """Something wanted to use the network. Libraries take it for being offline, which is what it means."""

    hint_default = "Switch it on in Settings > Privacy, for the download alone."

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.errno, self.strerror = errno.ENETUNREACH, message


# Engine --------------------------------------------------------------------------------------------------------------
class EngineError(LiftError):
    """Learning or answering could not go on."""


class OutOfMemory(EngineError):
    hint_default = "Close other programs, or choose a smaller model."


class ModelTooLarge(OutOfMemory):
    """The model cannot be used on this computer as it was asked for; known before it is loaded."""


class TrainingDiverged(EngineError):
    hint_default = "Try again with another depth; if it happens again, report it."


class TooFewQuestions(EngineError):
    hint_default = "The text may be too short, or no prose (tables, code, another language than the model knows)."


class ChildDied(EngineError):
    """A child process ended without an answer."""

    hint_default = "Try again; what was done so far is kept."


class RequestCancelled(EngineError):
    """The request was cancelled by the user."""


class RequestPaused(RequestCancelled):
    """The request was stopped to be taken up again."""


class OutputFailed(LiftError):
    """Standard output takes no more."""

    hint_default = "Check the disk that the output goes to."


class BadSettings(LiftError):
    """A value that the user chose cannot be used."""
