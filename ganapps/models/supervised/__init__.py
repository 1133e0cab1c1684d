"""Image-to-image translation learnt from pairs."""
