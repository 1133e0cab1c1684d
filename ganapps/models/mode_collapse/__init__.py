"""Remedies for mode collapse."""
