"""The chat pane: conversations about the open document, answers with the pages that prove them."""
