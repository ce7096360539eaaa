"""One module for each format. Each has a `READERS`; they are found by listing this folder.

A reader is chosen by the first bytes, then by the name. It gives parts in the order
of the file, in bounded memory; what it cannot read it gives as a problem, or it
raises `Unreadable` where nothing more can come. It never runs what a file holds.
"""
