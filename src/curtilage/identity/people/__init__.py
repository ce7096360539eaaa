"""People: their accounts, what they prove themselves with, and their sessions.

A `Person` is an account. What names it to others (names, addresses) is its `Profile`,
sealed under the person's own key; it is found by `Handle`s, which are keyed hashes. An
`Authenticator` is what somebody proves themselves with, a `Proof` that they did, once, and
how far a `Session` reaches follows from its proofs and is kept nowhere. A `Ceremony` is a
step that waits for its end: a link that was sent, a challenge that was given.

Not here: what a program shows (API keys, `identity`; tokens, `identity.oauth`).
"""
