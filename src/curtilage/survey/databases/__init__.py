"""Databases by their address: which tables they have, and the records of them as items.

They are read in transactions that cannot write, one for each table, and every value
comes as text, cut to a length. SQLite is read like the file that it is. An address
may hold a password: it is shown without one, and what a driver says of a failure is
never repeated.
"""
