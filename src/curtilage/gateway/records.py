"""The Events of a model call: an intent before it leaves, an outcome after.

Facts are counts, types, sizes and names of ours. The model's name is recorded
only in the form that a route knows (its pattern) or when it was scanned clean.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from curtilage.core.canonical import Json
from curtilage.core.models import Decision, Event, Sealed, TenantId, Treatment
from curtilage.gateway.routes import Target

INTENDED = "exchange.intended"
COMPLETED = "exchange.completed"
REFUSED = "exchange.refused"
FAILED = "exchange.failed"
ABORTED = "exchange.aborted"
UNKNOWN = "exchange.unknown"
REJECTED = "caller.rejected"

OPENS = frozenset((INTENDED,))

HIT, MISS = "hit", "miss"  # what the cache had for a call whose route asks it


@dataclass(slots=True)
class Account:
    """What the record may say of a call, filled in as the call gets on.

    A refusal leaves it as it stands, so that the record tells how far the call
    got. Without `slots` nothing was scanned, which is not the same as nothing
    found. `hostile` counts hostile text, and `hostile_action` is the strictest thing that was done about it. `bare` says where something stood that can only leave as it is,
    `held_to` names earlier policies that decided too: the session is older than the
    newest one. `shadow` is what another policy would have done, for the outcome,
    and `note` says which note to the model was added. `cache` is "" where no cache
    was asked; on a hit nothing leaves.
    Values are replaced and never changed in place: long work goes on in a
    thread after its caller has left.
    """

    policy: str = ""
    observes: bool = False
    model: str = ""
    upstream: str = ""
    destination: str = ""
    stream: bool | None = None
    slots: int | None = None
    found: Mapping[str, int] = field(default_factory=dict)
    hostile: Mapping[str, int] = field(default_factory=dict)
    hostile_action: str = ""
    bare: tuple[str, ...] = ()
    held_to: tuple[str, ...] = ()
    note: int = 0
    cache: str = ""
    decision: Decision | None = None
    shadow: Mapping[str, Json] = field(default_factory=dict)
    group: str = ""
    reserved: Mapping[str, Json] = field(default_factory=dict)

    def facts(self) -> dict[str, Json]:
        """For the intent. The policy stands there where no decision names it."""
        facts: dict[str, Json] = {
            "policy": "" if self.decision else self.policy,
            "model": self.model,
            "upstream": self.upstream,
            "destination": self.destination,
            "group": self.group,
            "cache": self.cache,
        }
        facts = {name: value for name, value in facts.items() if value}
        if self.stream is not None:
            facts["stream"] = self.stream
        if self.slots is not None:
            facts.update(slots=self.slots, found=dict(self.found))
        if self.hostile:
            facts.update(hostile=dict(self.hostile), hostile_action=self.hostile_action)
        if self.note:
            facts["note"] = self.note
        if self.bare:
            facts["bare"] = list(self.bare)
        if self.held_to:
            facts["held_to"] = list(self.held_to)
        if self.reserved:
            facts["reserved"] = dict(self.reserved)
        return facts

    def count_protected(self) -> dict[str, int]:
        """How many values of each type do not leave as they are."""
        treatments = self.decision.treatments if self.decision else {}
        allowed = {
            name.rpartition(":")[2]
            for name, treatment in treatments.items()
            if treatment is Treatment.ALLOW
        }
        return {kind: count for kind, count in self.found.items() if kind not in allowed}


@dataclass(slots=True)
class Passage:
    """Which upstreams a call was offered to, and whose answer it has.

    Where only one could serve, the intent says all of it.
    """

    is_shared: bool = False
    tried: dict[str, None] = field(default_factory=dict)
    served: Target | None = None

    def facts(self) -> dict[str, Json]:
        """For the outcome."""
        if not self.is_shared:
            return {}
        last = {"upstream": self.last} if self.last else {}
        return {"tried": len(self.tried), **last}

    @property
    def last(self) -> str:
        """The upstream whose answer the call has, else the one that was asked last."""
        return self.served.upstream if self.served else next(reversed(self.tried), "")


def intended(
    *,
    request_id: str,
    at: datetime,
    tenant: TenantId,
    actor: str,
    actor_kind: str,
    subject: str,
    purpose: str,
    decision: Decision | None,
    facts: Mapping[str, Json],
    sealed: Sealed | None,
) -> Event:
    """What is about to happen. Its id is the request id."""
    return Event(
        id=request_id,
        at=at,
        kind=INTENDED,
        tenant=tenant,
        actor=actor,
        actor_kind=actor_kind,
        subject=subject,
        purpose=purpose,
        decision=decision_facts(decision) if decision else {},
        facts=facts,
        sealed=sealed,
    )


def outcome(
    *, event_id: str, at: datetime, kind: str, intent: Event, facts: Mapping[str, Json]
) -> Event:
    """How it ended: the same actor, subject and purpose as its intent."""
    return Event(
        id=event_id,
        at=at,
        kind=kind,
        tenant=intent.tenant,
        actor=intent.actor,
        actor_kind=intent.actor_kind,
        subject=intent.subject,
        purpose=intent.purpose,
        facts={**facts, "intent": intent.id},
    )


def unknown(*, event_id: str, at: datetime, intent: Event) -> Event:
    """The outcome of a call during which this worker died: nobody knows."""
    return outcome(
        event_id=event_id, at=at, kind=UNKNOWN, intent=intent, facts={"reason": "worker-died"}
    )


def rejected(*, event_id: str, at: datetime, tenant: TenantId, counts: Mapping[str, int]) -> Event:
    """Callers turned away before they were known, by reason, over a short time."""
    return Event(id=event_id, at=at, kind=REJECTED, tenant=tenant, facts={"counts": dict(counts)})


def app_facts(app: str) -> dict[str, Json]:
    """Which app's token was shown, by its id; nothing where it was a key."""
    return {"app": app} if app else {}


def decision_facts(decision: Decision) -> dict[str, Json]:
    return {
        "effect": decision.effect.value,
        "reason": decision.reason,
        "policy": decision.policy,
        "consent": decision.consent_generation,
        "treatments": {name: treatment.value for name, treatment in decision.treatments.items()},
    }
