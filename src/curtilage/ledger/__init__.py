"""The ledger: what happened, written so that nobody can change it unseen.

Words: a *record* is an Event with its place; a *writer* is who holds one
*slot*, which has one *commit log* of *segments* of *batches*; a
*tree* is the RFC 6962 tree of one tenant's records of one writer; a
*checkpoint* is a signed tree head; the *head log* has those checkpoints as
leaves; an *anchor* is a head checkpoint kept outside the data.

Not here: what is worth recording (each slice), keys and sealing (`vault`), and
what follows from an event (`core.bus` and its listeners).
"""
