"""Survey: files, streams and histories in; findings with their places, and reports, out.

A *source* is something to read: a file, a stream, a member of an archive. A *reader*
knows a format and gives the *parts* of a source: a text, and a *place* that leads
every span of it back to where it is in the file. A *problem* is what could not be
examined, and what to do about it: it never hides, and the rest goes on.

What a text holds is the business of `detect`, passed in as a `Detector`. The folder
is not called `scan`: `curtilage.scan` is a public verb (docs/decisions/0015-survey-slice.md).
"""
