"""Learning seen from the window: the dialog, the queue's sheet, what happens at closing."""
