"""Asking about a document: retrieval, conversation and the evidence that is shown. Knows no window and no
terminal.
"""

from .conversation import NO_SUPPORT, DocumentChat

__all__ = ["NO_SUPPORT", "DocumentChat"]
