"""Reveals as rows.

`identity.store` says in which order rows are held."""
