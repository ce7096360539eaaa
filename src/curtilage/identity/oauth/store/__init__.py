"""Rows of the authorization server, and back. Decides nothing."""
