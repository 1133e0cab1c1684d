"""Generative models without a discriminator, to compare with: VAE, PixelCNN, Glow."""
