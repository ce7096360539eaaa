"""Slots as rows of PostgreSQL: who writes a log, and up to which record it goes.

A slot is a lease with a fence (`core.db.leases` says why), and the number of the
next record beside it, so that one statement can check both and write. `holder`
is another text at each taking: it finds a slot again whose fence is in doubt.
"""

from dataclasses import dataclass

from curtilage.ledger.adapters.postgresline import NOW, Line
from curtilage.ledger.errors import SlotInUse

LEASE_SECONDS = 10.0
LONGEST_SECONDS = 60.0  # as for leases: what ends later is from before the clock was set back
TRIES = 100  # for a free slot, against as many others who take at the same moment

ENDED = f"(slot.ends_at NOT BETWEEN {NOW} AND {NOW} + {LONGEST_SECONDS})"
FREE = f"""
SELECT name FROM ledger_slot AS slot WHERE starts_with(name, %(prefix)s) AND {ENDED}
ORDER BY name LIMIT 1"""  # noqa: S608 - of constants
NAMES = "SELECT count(*) FROM ledger_slot WHERE starts_with(name, %(prefix)s)"
TAKE = f"""
INSERT INTO ledger_slot AS slot (name, holder, fence, ends_at, next)
VALUES (%(name)s, %(holder)s, 1, {NOW} + %(seconds)s, 0)
ON CONFLICT (name) DO UPDATE
SET holder = excluded.holder, fence = slot.fence + 1, ends_at = {NOW} + %(seconds)s
WHERE {ENDED}
RETURNING fence, next"""  # noqa: S608 - of constants
RENEW = f"""
UPDATE ledger_slot SET ends_at = {NOW} + %(seconds)s
WHERE name = %(name)s AND holder = %(holder)s AND fence = %(fence)s RETURNING next"""  # noqa: S608
FENCE = f"""
UPDATE ledger_slot SET fence = fence + 1, ends_at = {NOW} + %(seconds)s
WHERE name = %(name)s AND holder = %(holder)s RETURNING fence, next"""  # noqa: S608
GIVE_BACK = """
UPDATE ledger_slot SET ends_at = 0, holder = ''
WHERE name = %(name)s AND holder = %(holder)s AND fence = %(fence)s"""
LEFT = f"""
SELECT name FROM ledger_slot AS slot WHERE starts_with(name, %(prefix)s) AND holder <> ''
AND {ENDED} ORDER BY name"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class TakenSlot:
    """A slot that was taken. `next` is the number of the record after its last."""

    name: str
    holder: str
    fence: int
    next: int


def take_slot(line: Line, name: str, holder: str) -> TakenSlot | None:
    """The slot called `name`, made where it is not there; None while another holds it."""
    values = {"name": name, "holder": holder, "seconds": LEASE_SECONDS}
    rows = line.ask(TAKE, values)
    return TakenSlot(name, holder, *rows[0]) if rows else None


def take_free_slot(line: Line, prefix: str, holder: str) -> TakenSlot:
    """The first slot of `prefix` that nobody holds, or a new one. Raises SlotInUse."""
    for _ in range(TRIES):
        free = line.ask(FREE, {"prefix": prefix})
        number = line.ask(NAMES, {"prefix": prefix})[0][0] + 1
        slot = take_slot(line, free[0][0] if free else f"{prefix}{number:04d}", holder)
        if slot is not None:
            return slot
    raise SlotInUse("No slot of the ledger became free; expected one or a new one.")


def renew_slot(line: Line, slot: TakenSlot) -> bool:
    """Hold on to it; False where another took it. One that nobody took is still ours."""
    values = {
        "name": slot.name,
        "holder": slot.holder,
        "fence": slot.fence,
        "seconds": LEASE_SECONDS,
    }
    return bool(line.ask(RENEW, values))


def fence_slot(line: Line, slot: TakenSlot) -> TakenSlot | None:
    """The same slot under a higher fence: nothing that was sent under the old one can
    happen any more, so `next` is what it is. None where another took it."""
    values = {"name": slot.name, "holder": slot.holder, "seconds": LEASE_SECONDS}
    rows = line.ask(FENCE, values)
    return TakenSlot(slot.name, slot.holder, *rows[0]) if rows else None


def give_back_slot(line: Line, slot: TakenSlot) -> None:
    """Let the next one have it at once, with nothing that is owed to it."""
    line.ask(GIVE_BACK, {"name": slot.name, "holder": slot.holder, "fence": slot.fence})


def find_left_slots(line: Line, prefix: str) -> list[str]:
    """The slots whose holders went without giving them back."""
    return [name for (name,) in line.ask(LEFT, {"prefix": prefix})]
