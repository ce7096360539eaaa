"""Folds the Events of calls into sums, and compares sums. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from curtilage.core.canonical import Json
from curtilage.core.clock import encode_instant
from curtilage.core.models import Event
from curtilage.gateway import records
from curtilage.gateway.usage.models import Counts, Difference, Folded, OpenCall, UsageKey

ENDINGS = frozenset(
    (records.COMPLETED, records.REFUSED, records.FAILED, records.ABORTED, records.UNKNOWN)
)


def name_intents(events: Iterable[Event]) -> set[tuple[str, str]]:
    """The (tenant, id) of the intents that the endings among these Events belong to."""
    return {_intent_of(event) for event in events if event.kind in ENDINGS}


def fold(events: Iterable[Event], known: Mapping[tuple[str, str], OpenCall]) -> Folded:
    """What these Events add to the sums. `known` are the calls that were open before."""
    sums: dict[UsageKey, Counts] = {}
    opened: dict[tuple[str, str], OpenCall] = {}
    closed: list[tuple[str, str]] = []
    for event in events:
        if event.kind == records.INTENDED:
            opened[event.tenant, event.id] = open_call(event)
        elif event.kind in ENDINGS:
            intent = _intent_of(event)
            call = opened.pop(intent, None)
            if call is None and (call := known.get(intent)):
                closed.append(intent)
            key, counts = close_call(call or _stranger(event), event)
            if counts != Counts():
                sums[key] = sums.get(key, Counts()).plus(counts)
    return Folded(sums, opened, closed)


def open_call(intent: Event) -> OpenCall:
    """What an intent says of how its call is counted."""
    facts = intent.facts
    reserved = facts.get("reserved")
    return OpenCall(
        day=encode_instant(intent.at)[:10],
        actor=intent.actor,
        group_id=_text(facts, "group"),
        model=_text(facts, "model"),
        upstream=_text(facts, "upstream"),
        purpose=intent.purpose,
        app=_text(facts, "app"),
        kind=_counted_kind(intent),
        reserved=reserved if isinstance(reserved, Mapping) else {},
    )


def close_call(call: OpenCall, ending: Event) -> tuple[UsageKey, Counts]:
    """What a call that ended so is counted as.

    What no upstream was asked for, as a list of models, is no call. A record of an
    earlier release has no bill: its tokens count, and no cost. An end that nobody
    knows counts what was reserved."""
    bill, is_estimated = _bill_of(call, ending)
    currency = _text(bill, "currency")
    key = UsageKey(
        ending.tenant,
        call.day,
        call.actor,
        call.group_id,
        call.model,
        call.upstream,
        call.purpose,
        currency,
        call.app,
        call.kind,
    )
    if ending.kind == records.REFUSED:
        return key, Counts(refused=1)
    if not call.upstream and "bill" not in ending.facts:
        return key, Counts()
    counts = Counts(
        calls=1,
        estimated=int(is_estimated),
        unpriced=int(bill.get("unpriced") is True),
        tokens_in=_number(bill, "in"),
        tokens_cached=_number(bill, "cached"),
        tokens_out=_number(bill, "out"),
        cost=_number(bill, "cost"),
    )
    return key, counts


def compare(
    kept: Mapping[UsageKey, Counts], recounted: Mapping[UsageKey, Counts]
) -> list[Difference]:
    """The sums that differ, in the order of their keys."""
    return [
        Difference(key, kept.get(key, Counts()), recounted.get(key, Counts()))
        for key in sorted(kept.keys() | recounted.keys())
        if kept.get(key, Counts()) != recounted.get(key, Counts())
    ]


def tell_difference(difference: Difference) -> list[str]:
    """The counts that differ, as `tokens_in 5 ≠ 7`: kept, then recounted."""
    kept, recounted = asdict(difference.kept), asdict(difference.recounted)
    return [
        f"{name} {kept[name]} ≠ {recounted[name]}" for name in kept if kept[name] != recounted[name]
    ]


def _bill_of(call: OpenCall, ending: Event) -> tuple[Mapping[str, Json], bool]:
    bill = ending.facts.get("bill")
    if isinstance(bill, Mapping):
        return bill, bill.get("estimated") is True
    if ending.kind == records.UNKNOWN:
        return call.reserved, True
    facts = ending.facts
    names = {"in": "tokens_in", "cached": "tokens_cached", "out": "tokens_out"}
    counts = {short: facts.get(name) for short, name in names.items()}
    return {**counts, "unpriced": True}, False


def _intent_of(event: Event) -> tuple[str, str]:
    return event.tenant, _text(event.facts, "intent")


def _counted_kind(intent: Event) -> str:
    """What kind of principal a token stood for; keys are told apart by their holders alone."""
    return intent.actor_kind if _text(intent.facts, "app") else ""


def _stranger(event: Event) -> OpenCall:
    """For an ending whose intent is not there any more."""
    return OpenCall(encode_instant(event.at)[:10], event.actor, "", "", "", event.purpose)


def _text(facts: Mapping[str, Json], name: str) -> str:
    value = facts.get(name)
    return value if isinstance(value, str) else ""


def _number(facts: Mapping[str, Json], name: str) -> int:
    value = facts.get(name)
    return value if type(value) is int else 0
