"""Which base models exist and where they lie on disk.

Must not know torch, transformers or SQLite: weights are downloaded, checked and placed here, and loaded
elsewhere.
"""

from .catalogue import CatalogueModel, read_catalogue
from .store import AvailableModel, LocalModel, ModelStore

__all__ = ["AvailableModel", "CatalogueModel", "LocalModel", "ModelStore", "read_catalogue"]
