"""Reveals as rows."""
