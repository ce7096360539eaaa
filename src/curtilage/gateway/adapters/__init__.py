"""Outbound: providers over HTTP, and the embedded mirror."""
