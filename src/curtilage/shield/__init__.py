"""Findings and treatments become text that may leave, and replies come back.

Words: a *token* stands for a value (`grammar` is its shape, `tokens` mints and
proves it); what one request replaced is *held*; `protect` replaces, `restore`
puts back, in a text or along a stream; `context` and `jsontext` say where in a
reply a token stands. Everything here is pure and sans-I/O: no key loading, no
storage, no protocol. What to look for is `detect`'s, what to do about it is
`consent`'s.
"""
