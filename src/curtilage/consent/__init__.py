"""What may be done with whose data, and for what purpose.

A *policy* says, for a purpose, a kind of data and a destination, how the data
is treated. `rules.decide` answers one request from it, without any I/O.
Nothing here finds data (`detect`), changes text (`shield`) or knows a protocol.
"""
