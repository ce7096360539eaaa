"""Hidden text: other ways to read a text, each with the way back to the original.

A *trick* is one way to hide a value: base64, digits as words, a line break in its
middle. A *reading* is a text with all that one trick hid put in its place, context
and all, so that the engine judges it as it judges any text. Cheap *triggers* say
which tricks a text may hold; ordinary text has no reading at all.

Not here: characters and escapes that are folded for every text (`normalise.py`), and
what becomes of the findings (`scanner.py`).
"""
