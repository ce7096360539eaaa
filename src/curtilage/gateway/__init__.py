"""Between the app and the models: what leaves is decided, what returns is restored.

Words: a *slot* is a string of a request that is text; a *route kind* is one
operation of one provider's protocol; a *rewriter* restores one streamed reply.
Not here: what counts as personal data (`detect`), how it is replaced (`shield`),
who may ask (`identity`) and what policy says (`consent`).

A call: `api` takes it, `exchange` goes through it, and one of `tasks` where it is not the
usual one. `engine` reads and protects (`scanning`, `deciding`), `upstream_calls` sends,
`recording` writes down. `wire` has the protocols, `adapters` the connections. What callers
hold at providers: `recall`, `storedids`, `files`, as rows of `sealed`. Pages: `pages`,
`service`, `routing`, `usage`.
"""
