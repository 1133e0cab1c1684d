"""Metrics as pure functions on arrays, one small file each; `catalogue` names them. No framework is imported."""
