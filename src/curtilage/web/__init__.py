"""The shell of console and privacy centre: layout, components, static files.

Words: a *Page* is what a slice wants shown; the *shell* gives it head,
navigation and headers; an *asset* is a file whose name carries its hash.
Not here: any slice. Pages, their templates and their services live in the
slices; the shell knows only `core.page` and `core.slice`.
"""
