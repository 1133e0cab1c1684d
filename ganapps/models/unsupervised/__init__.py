"""Image-to-image translation without pairs."""
