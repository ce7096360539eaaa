"""The other side of a sign-in: an app that lets an issuer say who people are.

Words: a *pending login* waits in the browser for its answer; a *session* is kept by the
app, sealed, under the digest of a cookie; a *need* is what a place of the app asks of who
comes. Doors are framework-neutral; `curtilage.asgi` and `curtilage.django` are thin.
Not here: giving tokens (`identity.oauth`), and how people prove who they are
(`identity.people`).
"""
