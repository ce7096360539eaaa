"""Rows of the authorization server, and back. Decides nothing.

`identity.store` says in which order rows are held."""
