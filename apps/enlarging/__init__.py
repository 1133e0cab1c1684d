"""The page Super-resolution: the part that is looked at closely, the whole job, and what it took."""
