"""One translator for many domains."""
