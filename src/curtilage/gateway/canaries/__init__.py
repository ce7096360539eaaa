"""Canaries: tokens that are planted where no one should take them from, minted by name."""
