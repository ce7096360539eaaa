"""Records in the forms that other tools read: as they were hashed, CSV, OCSF. Pure.

Only the first form can be verified; the others leave the bytes of a record behind.
"""

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

import orjson

from curtilage.core.canonical import encode_trusted
from curtilage.core.clock import encode_instant
from curtilage.core.sheet import encode_rows
from curtilage.ledger.models import Record
from curtilage.ledger.ocsf import describe_ocsf


class Format(StrEnum):
    """What `curtilage ledger export` can write."""

    JSONL = "jsonl"
    CSV = "csv"
    OCSF = "ocsf"


FACTS = (
    "intent", "route", "model", "upstream", "destination", "status", "tokens_in", "tokens_out"
)  # fmt: skip
"""Facts with a column of their own; the others lie together in the last one, as JSON."""
COLUMNS = (
    "at", "time", "id", "kind", "tenant", "writer", "n", "actor", "actor_kind", "subject", "purpose",
    "effect", "reason", "policy", *FACTS, "facts",
)  # fmt: skip


def encode_records(records: Iterable[Record], form: Format, *, version: str) -> Iterator[bytes]:
    """Lines, each with its end, in the order of the records. `version` is the product's."""
    if form is Format.CSV:
        yield encode_rows([COLUMNS]).encode()
    encode = _encoder(form, version)
    for record in records:
        yield encode(record)


def _encoder(form: Format, version: str) -> Callable[[Record], bytes]:
    match form:
        case Format.JSONL:
            return lambda record: record.raw + b"\n"
        case Format.CSV:
            return lambda record: encode_rows([_row(record)]).encode()
        case Format.OCSF:
            return lambda record: orjson.dumps(describe_ocsf(record, version=version)) + b"\n"


def _row(record: Record) -> list[object]:
    event = record.event
    decision, facts = event.decision, dict(event.facts)
    named = [_cell(facts.pop(name, "")) for name in FACTS]
    return [
        encode_instant(event.at),
        encode_instant(record.time),
        event.id,
        event.kind,
        event.tenant,
        record.writer,
        record.n,
        event.actor,
        str(event.actor_kind),
        event.subject,
        event.purpose,
        *(_cell(decision.get(name, "")) for name in ("effect", "reason", "policy")),
        *named,
        encode_trusted(facts).decode() if facts else "",
    ]


def _cell(value: object) -> object:
    return value if isinstance(value, str | int) else orjson.dumps(value).decode()
