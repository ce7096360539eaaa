"""One model call, from the caller's bytes to the last byte back.

`serve` has the order: `intake` (who, what), a `task` (what the call is about),
`passing` (write it down, send, restore), `ending` (write down how it ended). `call`
is what is known of it on the way, `services` what every call uses.
"""
