"""The store that must last: one SQLite file, or PostgreSQL.

`engine` opens it and translates its errors, `migrate` brings its tables up to
date, `installation` says whose it is, `outbox` writes an Event in the transaction of
the state that it tells of, `broadcast` tells other processes that something changed,
`turns` says how processes and nodes keep out of each other's way. Tables of a slice
live in that slice's `store.py`; what is here belongs to no slice. Keys are not
here: the key table is a database of its own, under `key_dir`.
"""
