"""Files that providers keep, and what is made of them: batches, fine-tunes, transcripts.

Words: a *form* is a multipart body; a *spool* is a nameless file on disk; a *holding* is
something at the provider that belongs to one caller; a *map* is what the tokens in its
content stand for. Each `...Task` is what an exchange does where a body is not one document,
or a reply is not one: `uploading`, `making`, `acting`, `paging`, `sound`. Field maps and the
reading of lines are in `wire`.
"""
