"""Formats of identity: text in, values out, no I/O."""
