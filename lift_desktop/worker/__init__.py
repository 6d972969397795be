"""The engine's process: `host` is its child side, `client` its parent side."""
