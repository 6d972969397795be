"""The data folder: documents, memories and chats. The only user of sqlite3; knows no model and no window."""

from .archive import export_memory, import_memory
from .library import Library
from .search import ScoredPassage
from .sources import SeenSource

__all__ = ["Library", "ScoredPassage", "SeenSource", "export_memory", "import_memory"]
