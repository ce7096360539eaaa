"""Who is asking: callers by API key or access token, people by a signed-in session.

Here are API keys and what calls may cost: `wire/apikey` makes and reads keys, `rules` judges
them, `KeyTable` is what the gateway looks them up in, `service/` holds the use cases. Accounts
and sessions are in `people`, apps and tokens in `oauth`, signing in through others in
`providers`, the API over all of it in `management`; the other side, for apps, is `relying`.
How people prove who they are is pure: `wire/webauthn` (passkeys), `wire/totp`,
`wire/recovery_codes` and `wire/one_time_codes`. What a caller may do with data is not here
but in `consent`.
"""
