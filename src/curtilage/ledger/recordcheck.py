"""Checks the records of a batch: each its place, its link and its time."""

from hashlib import sha256
from typing import Any

import orjson

from curtilage.core.words import say
from curtilage.ledger.errors import LedgerTampered
from curtilage.ledger.frames import split_payload
from curtilage.ledger.intents import note_intent
from curtilage.ledger.logwalk import LogWalk, are_missing
from curtilage.ledger.merkle import LEAF
from curtilage.ledger.record import encode_hash
from curtilage.ledger.writertrees import WriterTree, WriterTrees

INSTANT_LENGTH = 27  # 2026-11-23T10:20:31.123456Z; of one length, so that text sorts as time
NO_RECORD = say("It is no record any more: its bytes were changed.")
NO_RECORD_AT_ALL = (ValueError, KeyError, TypeError, AttributeError)


class RecordCheck:
    """Carries the walk over the records of one batch after another, and into the trees."""

    def __init__(self, walk: LogWalk, trees: WriterTrees) -> None:
        self._walk = walk
        self._trees = trees

    def check_batch(self, payload: bytes, end: int) -> None:
        """Check the records of a batch that says to end before record `end`."""
        walk = self._walk
        touched: dict[str, WriterTree] = {}
        try:
            self._check_records(payload, touched, limit=max(end, walk.mark or 0))
        except LedgerTampered:
            detail = say(
                "It cannot be read: its length, or that of a record before it, was changed."
            )
            walk.lose("record-damaged", detail)
            walk.n, walk.prev = end, None
        if walk.n != end and not walk.is_lost:
            walk.lose(
                "batch-damaged",
                say(
                    "The batch before it says to end with record {last}, and does not.",
                    last=end - 1,
                ),
            )
        self._trees.compare(touched)

    def _check_records(self, payload: bytes, touched: dict[str, WriterTree], *, limit: int) -> None:
        """The loop that everything waits for."""
        walk, trees = self._walk, self._trees
        writer, n, prev, time = walk.writer, walk.n, walk.prev, walk.time
        loads, opens = orjson.loads, walk.opens
        try:
            for raw in split_payload(payload):
                walk.n = n
                try:
                    fields = loads(raw)
                    if fields["n"] != n or fields["writer"] != writer:
                        place = self._misplaced(fields, limit)
                        if place < n:
                            continue
                        walk.n = n = place
                    elif prev is not None and fields["prev"] != prev:
                        self._link_differs(n)
                    moment, tenant = fields["time"], fields["tenant"]
                    if moment < time or len(moment) != INSTANT_LENGTH:
                        walk.problem(
                            "record-backdated",
                            say("Its time is before that of the record before."),
                        )
                    time = moment
                    tree = touched.get(tenant) or trees.touch(tenant, touched)
                    tree.places.append(n)
                    tree.checked.append(sha256(LEAF + raw).digest())
                    facts = fields.get("facts")
                    intent = facts.get("intent") if facts else None
                    if intent is not None or fields["kind"] in opens:
                        self._note_intent(fields, intent, raw)
                    if "sealed" in fields:
                        walk.sealed[n] = fields.get("box", "")
                except NO_RECORD_AT_ALL:
                    walk.lose("record-damaged", NO_RECORD)
                prev = encode_hash(sha256(raw).digest())
                n += 1
        finally:
            walk.n, walk.prev, walk.time = n, prev, time

    def _note_intent(self, fields: dict[str, Any], intent: Any, raw: bytes) -> None:
        walk, id_, kind = self._walk, fields["id"], fields["kind"]
        note_intent(walk.open, walk.opens, id=id_, kind=kind, intent=intent, raw=raw)

    def _link_differs(self, n: int) -> None:
        """The record before is named, for the one that links to it is mostly sound."""
        if n == 0:
            first = say("It is the first, and names one before it.")
            self._walk.problem("record-changed", first)
        else:
            self._walk.problem(
                "record-changed",
                say("It was changed: its hash is not the one that record {next} names.", next=n),
                n - 1,
            )

    def _misplaced(self, fields: dict[str, Any], limit: int) -> int:
        """Tell that another record stands here; gives the place from which to go on.

        A later one says that those up to it are not here, so that what follows
        is again in its place. An earlier one takes no place."""
        walk = self._walk
        claimed = fields["n"]
        if not isinstance(claimed, int):
            raise TypeError("expected a number")
        if fields["writer"] != walk.writer:
            stranger = say("A record of another writer stands in its place.")
            walk.lose("record-misplaced", stranger)
            return walk.n
        if claimed < walk.n:
            detail = say(
                "It stands a second time, or too late: behind record {before}.", before=walk.n - 1
            )
            walk.problem("record-misplaced", detail, claimed)
            walk.is_lost = True
            return claimed
        walk.lose(
            "record-misplaced",
            say(
                "{what} here, removed or moved: record {next} follows.",
                what=are_missing(walk.n, claimed),
                next=claimed,
            )
            if claimed <= limit
            else say(
                "A record that says to be record {claimed} stands in its place.", claimed=claimed
            ),
        )
        return claimed if claimed <= limit else walk.n
