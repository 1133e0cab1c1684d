"""The engine: players, the training step, run folders. It knows nothing of any paper."""
