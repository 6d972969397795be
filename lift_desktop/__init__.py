"""LIFT Desktop: learn a document into a local language model, then ask about it offline."""

__version__ = "0.1.0"
