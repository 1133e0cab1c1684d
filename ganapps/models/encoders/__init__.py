"""GANs with an encoder: from pictures back to latents."""
