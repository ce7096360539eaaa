"""What all nodes read of the ledger in PostgreSQL, and the steps that one of them signs."""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

from curtilage.core.lease import Lease
from curtilage.ledger.adapters.postgresline import BROKE, HINT, Cut, Line, Row
from curtilage.ledger.errors import LedgerUnavailable
from curtilage.ledger.models import MovedLog, StoredBatch

ROWS = 1000  # batches of one answer at most, whatever their size

ENDS = "SELECT name, next FROM ledger_slot ORDER BY name"
BATCHES = """
SELECT found.first, segment, header, data, boxes FROM (
  SELECT *, sum(octet_length(data) + octet_length(boxes)) OVER (ORDER BY first)
    - octet_length(data) AS before
  FROM (
    SELECT * FROM ledger_batch WHERE writer = %(slot)s AND first >= %(first)s
    ORDER BY first LIMIT %(rows)s
  ) AS newest
) AS found
LEFT JOIN ledger_segment AS begun ON begun.writer = found.writer AND begun.first = found.first
WHERE before < %(limit)s ORDER BY found.first"""
STEP = "SELECT step FROM ledger_signed WHERE head = %(head)s"
STEP_BEFORE = """
SELECT step FROM ledger_signed WHERE head < %(head)s ORDER BY head DESC LIMIT 1"""
SIGN = """
WITH held AS (
  UPDATE lease SET fence = fence
  WHERE name = %(name)s AND holder = %(holder)s AND fence = %(fence)s RETURNING name
)
INSERT INTO ledger_signed (head, step) SELECT %(head)s, %(step)b FROM held
ON CONFLICT (head) DO NOTHING RETURNING head"""
FORGET = """
WITH gone AS (DELETE FROM ledger_segment WHERE writer = %(slot)s AND first < %(before)s)
DELETE FROM ledger_batch WHERE writer = %(slot)s AND first < %(before)s"""
MOVE_SLOT = """
INSERT INTO ledger_slot (name, holder, fence, ends_at, next) VALUES (%(slot)s, 'moved', 0, 0, %(next)s)
ON CONFLICT (name) DO NOTHING RETURNING name"""
MOVE_SEGMENT = """
INSERT INTO ledger_segment (writer, first, header) VALUES (%(slot)s, %(first)s, %(header)b)"""
MOVE_BATCH = """
INSERT INTO ledger_batch (writer, first, segment, data, boxes)
VALUES (%(slot)s, %(first)s, %(segment)s, %(data)b, %(boxes)b)"""
MOVE_STEP = """
INSERT INTO ledger_signed (head, step) VALUES (%(head)s, %(step)b) ON CONFLICT (head) DO NOTHING"""


class PostgresStore:
    """Implements `SharedStore`. `lease` gives the signer's lease while this node has it."""

    def __init__(self, url: str, lease: Callable[[], Lease | None]) -> None:
        self._line = Line(url)
        self._lease = lease

    def ends(self) -> Mapping[str, int]:
        return {str(name): int(end) for name, end in self._ask(ENDS, {})}

    def batches(self, slot: str, first: int, *, limit_bytes: int) -> Sequence[StoredBatch]:
        values = {"slot": slot, "first": first, "rows": ROWS, "limit": limit_bytes}
        return [StoredBatch(*row) for row in self._ask(BATCHES, values)]

    def find_step(self, head: int) -> bytes | None:
        return self._find_step(STEP, head)

    def find_step_before(self, head: int) -> bytes | None:
        return self._find_step(STEP_BEFORE, head)

    def _find_step(self, statement: str, head: int) -> bytes | None:
        rows = self._ask(statement, {"head": head})
        return rows[0][0] if rows else None

    def is_signer(self) -> bool:
        return self._lease() is not None

    def sign(self, head: int, step: bytes) -> bool:
        """One statement, which holds the lease's row: who takes the lease next comes after."""
        lease = self._lease()
        if lease is None:
            return False
        values = {**asdict(lease), "head": head, "step": step}
        return bool(self._ask(SIGN, values))

    def forget(self, slot: str, before: int) -> None:
        self._ask(FORGET, {"slot": slot, "before": before})

    def move_in(self, log: MovedLog) -> None:
        """Its slot counts as left behind: what is open in it gets its end, whoever takes it."""
        with self._whole():
            if not self._line.ask(MOVE_SLOT, {"slot": log.slot, "next": log.next}):
                return  # an earlier run, or another node, moved it
            for batch in log.batches:
                values = {"slot": log.slot, **asdict(batch)}
                if batch.header is not None:
                    self._line.ask(MOVE_SEGMENT, values)
                self._line.ask(MOVE_BATCH, values)

    def move_in_steps(self, steps: Sequence[tuple[int, bytes]]) -> None:
        with self._whole():
            for head, step in steps:
                self._line.ask(MOVE_STEP, {"head": head, "step": step})

    @contextlib.contextmanager
    def _whole(self) -> Iterator[None]:
        try:
            with self._line.transaction():
                yield
        except Cut:
            raise LedgerUnavailable(BROKE, hint=HINT) from None

    def close(self) -> None:
        self._line.drop()

    def _ask(self, statement: str, values: Mapping[str, object]) -> list[Row]:
        try:
            return self._line.ask(statement, values)
        except Cut:
            raise LedgerUnavailable(BROKE, hint=HINT) from None
