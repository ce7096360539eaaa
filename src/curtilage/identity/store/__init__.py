"""SQL of keys, groups and budgets; and the order in which all of identity holds rows.

Two transactions that hold rows in two orders can wait for each other until PostgreSQL ends one
of them. (SQLite has one writer, and so no order.) Whoever writes a transaction keeps this one;
`tests/lock_order.py` watches each that a unit test of identity runs.

1. `person`: whoever signs in, reaches further, changes how they sign in, is disabled or deleted
   is held before anything else of theirs. Administrators first, all of them by id, where one of
   them may go; of several people the lower id. Signing in holds for reading (`FOR SHARE`), so
   that two sign-ins do not wait, all else for writing; nobody goes from the one to the other.
2. What proves who they are and is used up by it: `ceremony`, `authenticator`, `person_link`.
3. `sign_in_attempt`: all counters of an attempt at once, by counter.
4. `session`.
5. `api_key`, by id, `oauth_client`, then `oauth_grant`, by id.
6. What hangs on these: `oauth_consent`, `oauth_changed`.
7. Topics of `core.db.broadcast`, last and by name: `Database.begin` sees to it.

Who holds a person for writing may hold what is theirs alone in any order after that: nobody
holds two of those rows without the person. Signing out and ending what an app has do hold
several without, in the order above. Who holds a code, a refresh token or a device code takes no
grant that is there already: what a reuse ends, it ends in a transaction of its own. Who uses up
a code or device code holds its person, and the session of a code, for reading after it: whoever
holds the person for writing waits for codes of grants that are there, and of this one there is
none yet. Tallies of budgets (`budget_use`) are held by holder, measure and window, beside
nothing else. Who deletes somebody changes rows of others whom they gave roles (`role_grant`), and
nobody else does without holding whose row it is: deletions come one after the other, because
each holds all administrators. Who sweeps waits for nobody (`core.db.sweep`).
"""
