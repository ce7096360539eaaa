"""Rows of the gateway: the projection of model calls, and maps of replies that providers keep."""
