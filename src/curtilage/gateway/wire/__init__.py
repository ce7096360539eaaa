"""The providers' protocols as pure code: bytes and documents in, bytes and facts out.

`body` reads and writes JSON strictly, `fields` says which strings of a request
are text, one module per protocol holds its field map and its replies, `sse` and
the `*_stream` modules rewrite streams, `protocols` is the registry that the
engine asks. Not here: sockets, keys, policy, and conversion between protocols.
"""
