"""What nodes of one installation share beside the database: counters, and being woken.

A `Broadcast` wakes who waits for a change; what changed is read from the
database's own counters (`core.db.broadcast`), so a lost word costs a fifth of a
second and never the truth. `Counters` change small states one after the other,
by the store's clock, whichever node asks. Both exist for one process, and over
Redis or Valkey; counters over PostgreSQL too.

Not here: how nodes take turns (`core.db.turns`).
"""
