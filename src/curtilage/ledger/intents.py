"""Which intents still wait for their outcome."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from curtilage.core.ids import Ids
from curtilage.core.models import Event, TenantId


def note_intent(
    open_: dict[str, bytes], opens: Collection[str], *, id: str, kind: str, intent: Any, raw: bytes
) -> None:
    """Count one record in: it opens, closes, or neither.

    What stays open is copied: the bytes that a JSON writer gives lie in a block several
    times their size, and a stream may be open for very long."""
    if isinstance(intent, str):
        open_.pop(intent, None)
    if kind in opens:
        open_[id] = memoryview(raw).tobytes()


def close_unknown(intent: Event, *, id: str, at: datetime) -> Event:
    """The event that says nobody knows how `intent` ended."""
    stem = intent.kind.rpartition(".")[0] or intent.kind
    return Event(
        id=id,
        at=at,
        kind=f"{stem}.unknown",
        tenant=intent.tenant,
        actor=intent.actor,
        actor_kind=intent.actor_kind,
        subject=intent.subject,
        purpose=intent.purpose,
        facts={"intent": intent.id},
    )


def step_back_event(ids: Ids, *, at: datetime, tenant: TenantId, seconds: int) -> Event:
    """The event that says the clock went back, in whole seconds."""
    return Event(
        id=ids.new(),
        at=at,
        kind="clock.stepped_back",
        tenant=tenant,
        facts={"seconds": seconds},
    )
