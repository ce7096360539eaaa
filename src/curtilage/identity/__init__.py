"""Who is asking: callers by API key, the administrator by a signed-in session.

`wire/apikey` makes and reads keys, `rules` judges them, `KeyTable` is what the
gateway looks them up in. `service/` holds the use cases: keys, the set-up link,
sessions. What a caller may do with data is not here but in `consent`.
"""
