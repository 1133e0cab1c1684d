"""The command line: one file a verb. Each parses, calls the workflow, and prints; nothing else is decided here."""
