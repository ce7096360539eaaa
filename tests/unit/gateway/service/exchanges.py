"""Model calls as the ledger has them, for the services that read them."""

from typing import Any

from curtilage.core.models import Event
from curtilage.gateway import records
from curtilage.gateway.rows import ExchangeRow, make_row
from curtilage.ledger.models import NO_RECORD, Record
from tests.builders import an_event
from tests.fakes.clock import START

DECISION = {
    "effect": "permit", "reason": "permitted", "policy": "balanced@1", "consent": 0,
    "treatments": {"user.contact.email:EMAIL_ADDRESS": "token", "secret.token:SEC_GITHUB": "token"},
}  # fmt: skip
FACTS = {
    "route": "openai.chat", "model": "gpt-4o", "stream": True, "slots": 3, "upstream": "openai",
    "destination": "external", "found": {"EMAIL_ADDRESS": 2, "SEC_GITHUB": 1},
}  # fmt: skip


def an_intent(number: int = 1, **given: Any) -> Event:
    return an_event(number=number, **{"decision": DECISION, "facts": FACTS, **given})


BLOCKED = an_intent(
    decision={
        **DECISION,
        "treatments": {
            "user.contact.email:EMAIL_ADDRESS": "token",
            "secret.token:SEC_GITHUB": "block",
        },
    }
)


def an_ending(intent: Event, kind: str = records.COMPLETED, **facts: Any) -> Event:
    said = {"status": 200, "overhead_us": 412, "total_us": 90_000, "restored": {"EMAIL_ADDRESS": 2}}
    return records.outcome(
        event_id=f"{intent.id}-end", at=START, kind=kind, intent=intent, facts={**said, **facts}
    )


def a_row(number: int = 1, kind: str = records.COMPLETED, **facts: Any) -> ExchangeRow:
    intent = an_intent(number)
    return make_row(intent, an_ending(intent, kind, **facts))


class FakeLedger:
    """A ledger's reader over a list of Events."""

    def __init__(self, *events: Event) -> None:
        self.records = [
            Record(b"", "gw-0", number, NO_RECORD, START, event)
            for number, event in enumerate(events)
        ]

    def trail(self, id: str) -> list[Record]:
        return [
            record
            for record in self.records
            if id in (record.event.id, record.event.facts.get("intent"))
        ]

    def read(self, cursor: Any, *, limit: int) -> tuple[list[Record], Any]:
        return self.records[:limit], cursor
