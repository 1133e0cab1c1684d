"""What the zoo calculates: a table of bundles, differences between their files, how long a call takes."""
