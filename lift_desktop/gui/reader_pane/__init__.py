"""The reader pane: pages, find, selection, citations, recall strip."""
