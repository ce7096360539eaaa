"""Detect: text in, findings out. Pure but for `apart`: no clock, network or randomness.

A *kind* is one type of personal data or secret; its *forms* are the shapes in
which it is written. A *region* is where a form may be; a *candidate* passed its
form, its check and its context rule; a *finding* is a candidate that no better
one overlaps. What happens to a finding is decided in `consent` and done in
`shield`; how long findings are remembered is the gateway's business.
"""
