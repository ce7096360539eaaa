"""Managing identity over HTTP: people, sessions, apps, keys, for programs with a right.

Doors alone: what is done is done by the use cases that the console and the command line
call as well. Who calls shows an API key or an access token, never a cookie, so that no page
of another site can borrow anybody's authority.
"""
