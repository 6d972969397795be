"""Which base models exist and where they lie on disk.

Must not know torch, transformers or SQLite: weights are downloaded, checked and placed here, and loaded
elsewhere.
"""

from .catalogue import CatalogueModel, read_catalogue
from .store import AvailableModel, LocalModel, ModelStore
from .tokens import forget_token, store_token

__all__ = [
    "AvailableModel",
    "CatalogueModel",
    "LocalModel",
    "ModelStore",
    "forget_token",
    "read_catalogue",
    "store_token",
]
