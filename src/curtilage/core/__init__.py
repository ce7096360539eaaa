"""The ground floor: words and services that every slice shares.

Clock, ids, entropy, errors, canonical JSON, the shared models, settings, the
collected `Slice`, page and door types, the options of every command, the
database engine. Nothing here knows a slice, a protocol or a web framework.
"""
