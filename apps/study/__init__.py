"""Real or fake? A study in which people look at pairs of pictures, one real and one made, and say which is real."""
