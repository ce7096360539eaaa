"""Deletes rows that nothing needs any more, without waiting for anybody.

Who sweeps holds rows of many, in whatever order the database finds them; who waits while
holding such rows could wait in a ring. So rows that somebody else holds are passed over, and
go the next time. SQLite has one writer and nothing to pass over.
"""

from typing import Any

from sqlalchemy import Delete, Table, delete, select, tuple_


def sweep(table: Table, *over: Any) -> Delete:
    """DELETE of the rows of which `over` is true and which nobody holds."""
    key = list(table.primary_key)
    free = select(*key).where(*over).with_for_update(skip_locked=True)
    return delete(table).where(tuple_(*key).in_(free))
