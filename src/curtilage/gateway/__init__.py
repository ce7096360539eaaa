"""Between the app and the models: what leaves is decided, what returns is restored.

Words: a *slot* is a string of a request that is text; a *route kind* is one
operation of one provider's protocol; a *rewriter* restores one streamed reply.
Not here: what counts as personal data (`detect`), how it is replaced (`shield`),
who may ask (`identity`) and what policy says (`consent`).
"""
