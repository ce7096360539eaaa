"""One Event as the bytes that are hashed, and back.

RFC 8785 JSON, version 1, described in docs/reference/ledger-format.md. Empty
members are left out. What a later version adds survives, because readers keep
the bytes and nothing is encoded again before hashing.
"""

import re
from base64 import b64decode
from binascii import b2a_base64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import Event, Sealed, TenantId
from curtilage.ledger.errors import LedgerTampered, RecordRefused
from curtilage.ledger.models import Record

VERSION = 1
RECORD_LIMIT = 65_535  # C2SP tlog-tiles, entry bundles: lengths are 16-bit
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What a tenant id and a writer may look like: both become folders and parts of origins."""


def encode_record(
    event: Event, *, writer: str, n: int, prev: bytes, time: datetime | None = None
) -> bytes:
    """The record of `event` at its place.

    `time` is when the writer took it; `at` is written only where it differs.
    Facts are trusted to lie inside the subset of `core.canonical`.
    """
    fields: dict[str, Any] = {
        "v": VERSION,
        "id": event.id,
        "time": encode_instant(event.at if time is None else time),
        "kind": event.kind,
        "tenant": event.tenant,
        "writer": writer,
        "n": n,
        "prev": encode_hash(prev),
    }
    if time is not None and time != event.at:
        fields["at"] = encode_instant(event.at)
    _add_optional(fields, event)
    raw = encode_trusted(fields)
    if len(raw) > RECORD_LIMIT:
        raise RecordRefused(f"The record has {len(raw)} bytes; expected at most {RECORD_LIMIT}.")
    return raw


def _add_optional(fields: dict[str, Any], event: Event) -> None:
    if event.actor:
        fields["actor"] = event.actor
    if event.actor_kind:
        fields["actor_kind"] = str(event.actor_kind)
    if event.subject:
        fields["subject"] = event.subject
    if event.purpose:
        fields["purpose"] = event.purpose
    if event.decision:
        fields["decision"] = dict(event.decision)
    if event.facts:
        fields["facts"] = dict(event.facts)
    if event.sealed is not None:
        fields["sealed"] = encode_hash(event.sealed.commitment)
        if event.sealed.box:  # its hash: without a key too it can be told from another's
            fields["box"] = encode_hash(sha256(event.sealed.box).digest())


def parse_record(raw: bytes) -> Record:
    """The record in `raw`. A stored record that is none raises LedgerTampered."""
    try:
        fields = orjson.loads(raw)
        return _record(raw, fields)
    except (ValueError, KeyError, TypeError):
        raise LedgerTampered("A stored record is not a record of any known version.") from None


def _record(raw: bytes, fields: dict[str, Any]) -> Record:
    time = parse_instant(fields["time"])
    if _number(fields, "v") < 1:
        raise ValueError("expected a version")
    sealed = fields.get("sealed")
    event = Event(
        id=_text(fields, "id"),
        at=parse_instant(fields["at"]) if "at" in fields else time,
        kind=_text(fields, "kind"),
        tenant=TenantId(_text(fields, "tenant")),
        actor=_text(fields, "actor", ""),
        actor_kind=_text(fields, "actor_kind", ""),
        subject=_text(fields, "subject", ""),
        purpose=_text(fields, "purpose", ""),
        decision=_object(fields, "decision"),
        facts=_object(fields, "facts"),
        sealed=None if sealed is None else Sealed(commitment=parse_hash(sealed), box=b""),
    )
    return Record(
        raw=raw,
        writer=_text(fields, "writer"),
        n=_number(fields, "n"),
        prev=parse_hash(fields["prev"]),
        time=time,
        event=event,
    )


def _text(fields: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = fields[name] if default is None else fields.get(name, default)
    if not isinstance(value, str):
        raise TypeError("expected a string")
    return value


def _number(fields: Mapping[str, Any], name: str) -> int:
    value = fields[name]
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("expected a count")
    return value


def _object(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = fields.get(name, {})
    if not isinstance(value, dict):
        raise TypeError("expected an object")
    return value


def encode_hash(value: bytes) -> str:
    """A hash as records spell it: base64 with padding."""
    return b2a_base64(value, newline=False).decode()


def parse_hash(raw: str) -> bytes:
    """The 32 bytes of a base64 hash. Only the canonical spelling is accepted."""
    value = b64decode(raw, validate=True)
    if len(value) != 32 or encode_hash(value) != raw:
        raise ValueError("expected 32 bytes in base64")
    return value
