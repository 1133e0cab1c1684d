"""From a trained network to an edge bundle: ``ganapps.export.bundle.export`` writes it, ``ganapps.edge`` runs it."""
