"""Direct methods: one generator, one discriminator."""
