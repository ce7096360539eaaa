"""Our OAuth 2.1 and OpenID Connect server: tokens for people, services and agents.

A *client* is an app that may ask. An *authorization request* is what it asks a person
for, a *consent* what the person allowed it, a *grant* what came of it: everything that
is issued hangs on one grant and ends with it. A *code*, a *refresh token* and a
*device code* are secrets of which we keep hashes; *access tokens* are signed and are
not kept. People and their sessions are not here: they come through `ports`.
"""
