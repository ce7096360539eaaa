"""Links of people to identities elsewhere, kept.

`identity.store` says in which order rows are held."""
