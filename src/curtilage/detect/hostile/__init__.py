"""Hostile text: what tries to steer a model, or to carry something away through it.

A *cue* is a turn of phrase that speaks for an attack, with how much it says; a
*mark* is a sign that forges structure, such as the token that begins a system
message. Cues near each other add up to a *cluster*, and what reaches the
threshold is a finding. `markup` judges addresses that would carry data away,
`invisible` reads what no reader sees, `canary` mints and finds planted secrets.

What happens to hostile text is a policy's business; `acts` holds the pure part.
Text under another spelling (base64, reversed, spaced out) is for `detect.hidden`
to read: its readings are passed in.
"""
