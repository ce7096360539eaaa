"""One model call as it is read back from its two Events, and what may be asked of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from curtilage.core.models import Event

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class ExchangeRow:
    """One call. `ending` is empty while it is under way; facts as in the ledger.

    `actor_kind` says what kind of principal it was, "" in rows of earlier releases."""

    id: str
    at: datetime
    actor: str
    purpose: str
    outcome: str
    decision: Mapping[str, Any]
    facts: Mapping[str, Any]
    ending: Mapping[str, Any]
    ended_at: datetime | None
    actor_kind: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of calls, as far as it is not empty. `actors` are pseudonyms."""

    id: str = ""
    actors: Sequence[str] | None = None
    kind: str = ""
    model: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def __bool__(self) -> bool:
        return self != ANY


ANY = Wanted()


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """Rows, newest first. `reached`: the search stopped behind that id without being full."""

    rows: Sequence[ExchangeRow]
    reached: str | None = None


def make_row(intent: Event, ending: Event | None) -> ExchangeRow:
    """The row of a call from what the ledger holds of it."""
    return ExchangeRow(
        id=intent.id,
        at=intent.at,
        actor=intent.actor,
        purpose=intent.purpose,
        outcome=ending.kind.removeprefix("exchange.") if ending else PENDING,
        decision=intent.decision,
        facts=intent.facts,
        ending=ending.facts if ending else {},
        ended_at=ending.at if ending else None,
        actor_kind=intent.actor_kind,
    )
