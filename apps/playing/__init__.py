"""What the playground calculates: latents, ways between them, sheets of pictures."""
