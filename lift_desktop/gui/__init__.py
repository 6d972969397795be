"""The window: views that place and show. Knows services and records; never torch, PyMuPDF or SQL."""
