"""Clients, requests, grants and keys, as plain values."""
