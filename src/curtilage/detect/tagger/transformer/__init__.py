"""The larger tagger: a small transformer over word pieces, for the extra `tagger`.

A *piece* is a part of a token that the vocabulary knows; a *trait* is a small number
said of a token: how it is written, what the lexicon holds of it; a *window* is as many
tokens as the model reads at once. It is made by `make transformer`, with what is in
`tools/tagger/transformer`. Tokens, lexicon, types and categories are those of the
compact tagger.
"""
