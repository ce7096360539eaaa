"""Files that providers keep, and what is made of them: batches, fine-tunes, forms.

Words: a *form* is a multipart body; a *spool* is a nameless file on disk; a *holding* is
something at the provider that belongs to one caller; a *map* is what the tokens in its
content stand for. A call here is an `Exchange` whose body is not one document, or whose
reply is not one. Field maps and the reading of lines are in `wire`.
"""
