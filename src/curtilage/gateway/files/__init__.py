"""Files that providers keep: whose they are, and what the tokens in them stand for.

Words: a *form* is a multipart body; a *spool* is a nameless file on disk; a *holding* is
something at the provider that belongs to one caller; a *map* is what the tokens in its
content stand for. The calls themselves are in `gateway.tasks`; field maps and the reading
of lines are in `wire`.
"""
