"""Applications of image-to-image translation."""
