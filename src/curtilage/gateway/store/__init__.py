"""Rows of the gateway: model calls for people to read, and maps of what providers keep."""
