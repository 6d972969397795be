"""Ways to memorise a document, one file each, by name."""
