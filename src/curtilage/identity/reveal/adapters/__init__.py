"""Reveals over the accounts of people."""
