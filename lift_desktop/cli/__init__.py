"""The command line: the program's parts without a window. Imports nothing heavy until a command needs it."""

from .main import main

__all__ = ["main"]
