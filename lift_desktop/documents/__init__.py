"""File -> pages -> passages. The only user of PyMuPDF, which runs in a child process that may crash.

`DocumentReader` reads a file, `DocumentViewer` draws its pages, `split_into_passages` cuts its text, `sha256_of_file`
names its content; `SUFFIXES` are the file name endings that are offered to the user.
"""

from .client import DocumentReader
from .drawn import Heading, Link, PageImage, PixelBox, ViewFacts
from .formats import SUFFIXES, check_file, sha256_of_file
from .passages import split_into_passages, token_estimate
from .viewing import DocumentViewer

__all__ = [
    "SUFFIXES",
    "DocumentReader",
    "DocumentViewer",
    "Heading",
    "Link",
    "PageImage",
    "PixelBox",
    "ViewFacts",
    "check_file",
    "sha256_of_file",
    "split_into_passages",
    "token_estimate",
]
