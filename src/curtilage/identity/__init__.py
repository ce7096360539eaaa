"""Who is asking: callers by API key, the administrator by a signed-in session.

`wire/apikey` makes and reads keys, `rules` judges them, `KeyTable` is what the
gateway looks them up in. `service/` holds the use cases: keys, the set-up link,
sessions. How people prove who they are is pure: `wire/webauthn` (passkeys), `wire/totp`,
`wire/recovery_codes` and `wire/one_time_codes`; `breached` knows leaked passwords, `mail`
is the port of messages. What a caller may do with data is not here but in `consent`.
"""
