"""Measures of particular tasks (segmentation, translation, editing, pairs): what takes more than two sets of pictures."""
