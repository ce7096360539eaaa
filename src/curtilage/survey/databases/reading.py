"""Read a database, of whichever kind it is."""

from collections.abc import Iterator
from pathlib import Path

from curtilage.survey.databases.addresses import Address
from curtilage.survey.databases.mysql import read_mysql
from curtilage.survey.databases.postgres import read_postgres
from curtilage.survey.databases.selection import Selection
from curtilage.survey.errors import Unreadable
from curtilage.survey.models import Item, Note, Problem
from curtilage.survey.readers.sqlite import read_sqlite
from curtilage.survey.sources import open_file

ELSEWHERE = {
    "postgresql": "PGPASSWORD or a file for PGPASSFILE",
    "mysql": "the file ~/.my.cnf or MYSQL_PWD",
}
"""Where else the password for a kind of database may stand."""


def read_database(address: Address, selection: Selection) -> Iterator[Item]:
    """What is in the tables of a database. What cannot be read comes out as a problem."""
    if address.has_password:
        yield Note(
            "The password in the address can be seen by others on this machine: "
            f"put it into {ELSEWHERE[address.kind]}."
        )
    try:
        if address.kind == "sqlite":
            yield from read_sqlite(
                open_file(Path(address.url)),
                sample=selection.sample,
                wanted=lambda table: selection.wants("main", table),
            )
        elif address.kind == "mysql":
            yield from read_mysql(address, selection)
        else:
            yield from read_postgres(address, selection)
    except Unreadable as problem:
        yield Problem(problem.detail, problem.advice)
