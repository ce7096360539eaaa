"""Providers: signing in through others, with OpenID Connect in the part of the client.

A `Provider` is somebody who vouches for people: Google, an employer's directory. An
`Identity` is whom one of them named, once its token was verified; it is known by issuer and
subject together and by nothing else. A `Link` says that an identity is one of our people.

Not here: our own authorization server (`identity.oauth`), accounts (`identity.people`).
"""
