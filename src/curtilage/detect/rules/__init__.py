"""Kinds, grouped by field and country. A module here offers `KINDS`.

Modules are found by listing this folder: a new kind touches its group and its
vector file. Personal identifiers and secrets alike.
"""
