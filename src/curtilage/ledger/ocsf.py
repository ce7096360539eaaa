"""A record as an event of the Open Cybersecurity Schema Framework, 1.6.0. Pure.

Classes and attributes are those of https://schema.ocsf.io/1.6.0; what the schema
has no attribute for lies in `unmapped`, under the names that the record has. Kinds
that are not in the table are Base Events, so that none is ever left out.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curtilage.core.clock import encode_instant
from curtilage.core.models import Event
from curtilage.ledger.models import Record

SCHEMA = "1.6.0"
PRODUCT = "Curtilage"
BASE, AUTHENTICATION, ENTITY, API = 0, 3002, 3004, 6003  # category × 1000 + class
CREATE, READ, UPDATE, DELETE, OTHER = 1, 2, 3, 4, 99
LOGON, LOGOFF = 1, 2
UNKNOWN, SUCCESS, FAILURE = 0, 1, 2  # status_id
INFORMATIONAL, LOW = 1, 2  # severity_id


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a kind of Event is in OCSF."""

    class_uid: int
    activity_id: int
    status_id: int = SUCCESS

    @property
    def severity_id(self) -> int:
        return LOW if self.status_id == FAILURE else INFORMATIONAL


MEANINGS: Mapping[str, Meaning] = {
    "exchange.intended": Meaning(API, OTHER, UNKNOWN),
    "exchange.completed": Meaning(API, OTHER),
    "exchange.refused": Meaning(API, OTHER, FAILURE),
    "exchange.failed": Meaning(API, OTHER, FAILURE),
    "exchange.aborted": Meaning(API, OTHER, FAILURE),
    "exchange.unknown": Meaning(API, OTHER, UNKNOWN),
    "text.protected": Meaning(API, OTHER),
    "text.restored": Meaning(API, OTHER),
    "text.refused": Meaning(API, OTHER, FAILURE),
    "session.started": Meaning(AUTHENTICATION, LOGON),
    "session.failed": Meaning(AUTHENTICATION, LOGON, FAILURE),
    "session.ended": Meaning(AUTHENTICATION, LOGOFF),
    "caller.rejected": Meaning(AUTHENTICATION, LOGON, FAILURE),
    "request.refused": Meaning(API, OTHER, FAILURE),
}
# Of what is managed, the second word of a kind says what was done to it.
ACTS: Mapping[str, Meaning] = {
    "connected": Meaning(ENTITY, CREATE),
    "created": Meaning(ENTITY, CREATE),
    "enrolled": Meaning(ENTITY, CREATE),
    "made": Meaning(ENTITY, CREATE),
    "proposed": Meaning(ENTITY, CREATE),
    "activated": Meaning(ENTITY, UPDATE),
    "approved": Meaning(ENTITY, UPDATE),
    "changed": Meaning(ENTITY, UPDATE),
    "limited": Meaning(ENTITY, UPDATE),
    "restored": Meaning(ENTITY, UPDATE),
    "refused": Meaning(ENTITY, UPDATE, FAILURE),
    "opened": Meaning(ENTITY, READ),
    "destroyed": Meaning(ENTITY, DELETE),
    "disconnected": Meaning(ENTITY, DELETE),
    "displaced": Meaning(ENTITY, DELETE),
    "pruned": Meaning(ENTITY, DELETE),
    "revoked": Meaning(ENTITY, DELETE),
    "withdrawn": Meaning(ENTITY, DELETE),
}
NOTHING_KNOWN = Meaning(BASE, OTHER, UNKNOWN)


def describe_ocsf(record: Record, *, version: str) -> dict[str, Any]:
    """The event as JSON. `version` is the product's."""
    event = record.event
    meaning = find_meaning(event.kind)
    return {
        "metadata": _metadata(record, version),
        "time": int(event.at.timestamp() * 1000),
        "category_uid": meaning.class_uid // 1000,
        "class_uid": meaning.class_uid,
        "activity_id": meaning.activity_id,
        "activity_name": event.kind.partition(".")[2],
        "type_uid": meaning.class_uid * 100 + meaning.activity_id,
        "severity_id": meaning.severity_id,
        "status_id": meaning.status_id,
        **_reason(event),
        **_SHAPES[meaning.class_uid](event),
        "unmapped": _unmapped(event),
    }


def find_meaning(kind: str) -> Meaning:
    """What a kind is in OCSF; a Base Event where nobody said."""
    subject, _, act = kind.partition(".")
    if kind in MEANINGS:
        return MEANINGS[kind]
    return NOTHING_KNOWN if subject in ("exchange", "clock") else ACTS.get(act, NOTHING_KNOWN)


def _metadata(record: Record, version: str) -> dict[str, Any]:
    event = record.event
    return {
        "version": SCHEMA,
        "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": version},
        "uid": event.id,
        "event_code": event.kind,
        "tenant_uid": event.tenant,
        "log_name": record.writer,
        "sequence": record.n,
        "original_time": encode_instant(event.at),
        "logged_time": int(record.time.timestamp() * 1000),
        **({"correlation_uid": event.facts["intent"]} if "intent" in event.facts else {}),
    }


def _reason(event: Event) -> dict[str, Any]:
    reason = event.facts.get("reason") or event.decision.get("reason")
    return {"status_detail": reason} if isinstance(reason, str) and reason else {}


def _user(event: Event) -> dict[str, str]:
    """The actor's pseudonym; OCSF asks for somebody where nobody was known."""
    return (
        {"uid": event.actor, "type": str(event.actor_kind)} if event.actor else {"name": "unknown"}
    )


def _as_api(event: Event) -> dict[str, Any]:
    """The caller's address is in the sealed part, so what called is named by its pseudonym."""
    facts = event.facts
    status, upstream = facts.get("status"), facts.get("upstream")
    return {
        "actor": {"user": _user(event)},
        "api": {"operation": str(facts.get("route") or event.kind), "service": {"name": PRODUCT}},
        "src_endpoint": {"uid": event.actor or "unknown"},
        **({"dst_endpoint": {"svc_name": upstream}} if upstream else {}),
        **({"http_response": {"code": status}} if isinstance(status, int) and status else {}),
    }


def _as_authentication(event: Event) -> dict[str, Any]:
    return {"user": _user(event), "service": {"name": PRODUCT}, "is_remote": True}


def _as_entity(event: Event) -> dict[str, Any]:
    thing = event.kind.partition(".")[0]
    names = ("id", thing, thing.rpartition("_")[2])  # `api_key.created` names its `key`
    id_ = next((event.facts[name] for name in names if event.facts.get(name)), event.id)
    return {"actor": {"user": _user(event)}, "entity": {"type": thing, "uid": str(id_)}}


def _as_anything(_: Event) -> dict[str, Any]:
    return {}


_SHAPES = {
    BASE: _as_anything,
    AUTHENTICATION: _as_authentication,
    ENTITY: _as_entity,
    API: _as_api,
}


def _unmapped(event: Event) -> dict[str, Any]:
    told = {
        "purpose": event.purpose,
        "subject": event.subject,
        "decision": dict(event.decision),
        "facts": dict(event.facts),
        "sealed": event.sealed.commitment.hex() if event.sealed else "",
    }
    return {name: value for name, value in told.items() if value}
