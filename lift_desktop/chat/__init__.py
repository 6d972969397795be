"""Asking about a document: retrieval, conversation and the evidence that is shown. Knows no window and no terminal."""
