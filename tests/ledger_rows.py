"""The ledger's rows in PostgreSQL, as tests write and look at them."""

from dataclasses import dataclass
from hashlib import sha256

import psycopg
from sqlalchemy import make_url

from curtilage.core.clock import SystemClock
from curtilage.ledger.adapters.postgrescommitlog import PostgresCommitLog
from curtilage.ledger.adapters.postgresline import Line
from curtilage.ledger.adapters.postgresslots import TakenSlot, take_slot
from curtilage.ledger.entries import Entry
from curtilage.ledger.errors import SlotInUse
from curtilage.ledger.ports import Commits
from curtilage.ledger.record import encode_record
from tests.builders import an_event
from tests.fakes.clock import START
from tests.tcp import TCPProxy

OPENS = frozenset({"exchange.intended"})
SLOT = "gw-0"


def entry(log: Commits, number: int, box: bytes | None = None) -> Entry:
    event = an_event(number=number)
    raw = encode_record(event, writer=log.slot, n=log.tail.n, prev=log.tail.prev)
    return Entry(raw, box, event.id, event.kind, event.tenant, None, sha256(raw).digest(), START)


@dataclass
class Store:
    """The database, as a test looks at it beside the log."""

    url: str

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url.replace("+", "%20"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def firsts(self, slot: str = SLOT) -> list[object]:
        rows = self.ask("SELECT first FROM ledger_batch WHERE writer = %s ORDER BY first", slot)
        return [first for (first,) in rows]

    def through(self, proxy: TCPProxy) -> str:
        address = make_url(self.url).set(host="127.0.0.1", port=proxy.port)
        return address.render_as_string(hide_password=False)

    def empty(self) -> None:
        """As after a move to a new server, but for the leases."""
        tables = ("ledger_batch", "ledger_segment", "ledger_slot", "ledger_signed")
        self.ask(";".join(f"DELETE FROM {table}" for table in tables))

    def end_leases(self) -> None:
        self.ask("UPDATE ledger_slot SET ends_at = 0")


def take(line: Line, name: str, holder: str = "one") -> TakenSlot:
    slot = take_slot(line, name, holder)
    if slot is None:
        raise SlotInUse
    return slot


def open_postgres(url: str, *, holder: str = "one", **given: object) -> PostgresCommitLog:
    settings: dict[str, object] = {
        "take": lambda line: take(line, SLOT, holder),
        "opens": OPENS,
        "clock": SystemClock(),
    }
    return PostgresCommitLog(url, **(settings | given))  # type: ignore[arg-type]
