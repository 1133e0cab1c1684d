"""The survey's basics: the original game, its convolutional form, and its conditional forms."""
