"""Files whose texts are replaced while all else in them stays: one module for each format.

A *slot* is a text that may be replaced: a paragraph, a cell, a string. A document
gives its slots in the order of the file, and writes itself anew with some of them
changed. The same slots come out of what was written, so the way back finds them.
What replaces a value is no business of this folder.
"""
