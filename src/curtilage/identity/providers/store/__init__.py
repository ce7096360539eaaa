"""Links of people to identities elsewhere, kept."""
