"""One file a paper, in folders named as the survey's chapters. The registry finds them by reading the files."""
