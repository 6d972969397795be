"""The library pane and the sheet of all memories."""
