"""What became stricter or looser between two policies, in words. Pure.

Two policies are compared by what they decide: of everything that is looked for,
for each purpose and destination that one of them names, and for all others. The words are said
in the reader's language on a page; names of purposes, destinations and kinds stay what they are.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from curtilage.consent.models import ANY, DataDemand, Policy, Purpose
from curtilage.consent.rules import Table, compile_policy
from curtilage.core.models import NO_DEMAND, STRICTNESS, Demand, PurposeKey, Treatment
from curtilage.core.words import MOST_PARTS, join_sentences, say
from curtilage.detect.hostile.models import Action as HostileAction

ELSEWHERE = say("any other destination")
EVERYWHERE = say("everywhere")
EVERYTHING = say("everything that is looked for")
ANYWHERE, NOWHERE = say("anywhere"), say("nowhere")
NONE = say("none", context="names")
TREATED: Mapping[Treatment, str] = {
    Treatment.ALLOW: say("allow", context="treatment"),
    Treatment.TOKEN: say("token", context="treatment"),
    Treatment.SURROGATE: say("surrogate", context="treatment"),
    Treatment.ENCRYPT: say("encrypt", context="treatment"),
    Treatment.MASK: say("mask", context="treatment"),
    Treatment.BLOCK: say("block", context="treatment"),
}
DONE: Mapping[HostileAction, str] = {
    HostileAction.ALLOW: say("allow", context="treatment"),
    HostileAction.FLAG: say("flag", context="treatment"),
    HostileAction.STRIP: say("strip", context="treatment"),
    HostileAction.ASK: say("ask", context="treatment"),
    HostileAction.BLOCK: say("block", context="treatment"),
}
HOSTILE: Mapping[str, str] = {
    "injection": say("Hostile text: injection"),
    "jailbreak": say("Hostile text: jailbreak"),
    "exfiltration": say("Hostile text: exfiltration"),
    "invisible": say("Hostile text: invisible"),
    "canary": say("Hostile text: canary"),
    "replies": say("Hostile text: the most of a reply"),
}
Place: TypeAlias = tuple[str, str]
Words: TypeAlias = tuple[Treatment, Treatment]


class Direction(StrEnum):
    STRICTER = "stricter"
    LOOSER = "looser"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is decided otherwise. `place` is empty for what has none."""

    direction: Direction
    what: str
    before: str
    after: str
    place: str = ""

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place not in ("", EVERYWHERE) else ""
        return f"{self.what}{where}: {self.before} → {self.after}"


def compare(before: Policy, after: Policy, vocabulary: Collection[str]) -> list[Change]:
    """Every change, looser ones first. Nothing where both decide the same."""
    changes = [
        *_compare_purposes(before, after),
        *_compare_demands(before, after),
        *_compare_treatments(before, after, vocabulary),
        *_compare_sets(before, after),
        *_compare_hostile(before, after),
    ]
    return sorted(changes, key=lambda change: change.direction is not Direction.LOOSER)


def _direct(is_looser: bool) -> Direction:
    return Direction.LOOSER if is_looser else Direction.STRICTER


# Treatments


def _compare_treatments(
    before: Policy, after: Policy, vocabulary: Collection[str]
) -> Iterator[Change]:
    places = _common_places(before, after)
    tables = {place: (_compile(before, place), _compile(after, place)) for place in places}
    changed: dict[tuple[Words, frozenset[Place]], set[str]] = {}
    for qualified in vocabulary:
        for words, found in _changes_of(qualified, tables).items():
            changed.setdefault((words, frozenset(found)), set()).add(qualified)
    for (words, where), kinds in sorted(changed.items(), key=lambda item: sorted(item[1])):
        looser = STRICTNESS[words[1]] < STRICTNESS[words[0]]
        is_all = kinds == set(vocabulary)
        named = EVERYTHING if is_all else ", ".join(shorten(kinds, vocabulary))
        was, now = (TREATED[each] for each in words)
        yield Change(_direct(looser), named, was, now, _tell_places(where, places))


def _compile(policy: Policy, place: Place) -> Table:
    return compile_policy(policy, purpose=PurposeKey(place[0]), destination=place[1])


def _changes_of(
    qualified: str, tables: Mapping[Place, tuple[Table, Table]]
) -> dict[Words, list[Place]]:
    changed: dict[Words, list[Place]] = {}
    for place, (before, after) in tables.items():
        words = before.treat(qualified), after.treat(qualified)
        if words[0] is not words[1]:
            changed.setdefault(words, []).append(place)
    return changed


def _common_places(before: Policy, after: Policy) -> list[Place]:
    """Purposes that both know, with each destination that one of them names, and any other."""
    purposes = [each.key for each in after.purposes if before.find_purpose(each.key)]
    named = {rule.destination for each in (before, after) for rule in each.rules}
    return [(key, place) for key in purposes for place in (*sorted(named - {ANY}), ANY)]


def _tell_places(found: frozenset[Place], places: Sequence[Place]) -> str:
    """Which purposes and destinations."""
    if found == frozenset(places):
        return EVERYWHERE
    by_places: dict[tuple[str, ...], list[str]] = {}
    for purpose in dict.fromkeys(key for key, _ in places):
        here = tuple(place for key, place in places if key == purpose and (key, place) in found)
        if here:
            by_places.setdefault(here, []).append(purpose)
    everywhere = tuple(dict.fromkeys(place for _, place in places))
    told = [
        ", ".join(purposes) if here == everywhere else _tell_purposes(purposes, here)
        for here, purposes in by_places.items()
    ]
    if len(told) > MOST_PARTS:  # nobody has so many; a sentence has places for no more
        return "; ".join(told)
    return join_sentences(*told, between="; ")


def _tell_purposes(purposes: Sequence[str], places: Sequence[str]) -> str:
    """The names of purposes, and the destinations for which it is so."""
    named = ", ".join(place for place in places if place != ANY)
    where = join_sentences(named, ELSEWHERE if ANY in places else "", between=", ")
    return say("{purposes} to {places}", purposes=", ".join(purposes), places=where)


def shorten(kinds: Collection[str], vocabulary: Collection[str]) -> list[str]:
    """As few names as say exactly these kinds: categories where all of one are meant."""
    every = set(vocabulary)
    named: list[str] = []
    left = set(kinds)
    for prefix in sorted(_prefixes(kinds), key=lambda found: (found.count("."), found)):
        below = {each for each in every if _is_below(each, prefix)}
        if len(below) > 1 and below <= left:
            named.append(prefix)
            left -= below
    return [*named, *sorted(each.rpartition(":")[2] for each in left)]


def _prefixes(kinds: Collection[str]) -> set[str]:
    categories = [each.partition(":")[0].split(".") for each in kinds]
    return {".".join(parts[:count]) for parts in categories for count in range(1, len(parts) + 1)}


def _is_below(qualified: str, prefix: str) -> bool:
    category = qualified.partition(":")[0]
    return category == prefix or category.startswith(f"{prefix}.")


# Purposes, and what is a set of words


def _compare_purposes(before: Policy, after: Policy) -> Iterator[Change]:
    keys = dict.fromkeys(each.key for policy in (before, after) for each in policy.purposes)
    for key in keys:
        was, now = before.find_purpose(key), after.find_purpose(key)
        if was is None or now is None:
            words = (say("not known, refused"), say("known"))
            if was is not None:
                words = (say("known"), say("refused"))
            yield Change(_direct(was is None), say("The purpose {key}", key=key), *words)
        else:
            yield from _compare_purpose(was, now)


def _compare_purpose(was: Purpose, now: Purpose) -> Iterator[Change]:
    if was.destinations != now.destinations:
        looser = ANY in now.destinations or not now.destinations <= was.destinations
        words = [_join(each.destinations, none=NOWHERE) for each in (was, now)]
        if ANY in was.destinations:
            looser = False
        yield Change(_direct(looser), say("Where {key} may go", key=now.key), *words)
    for one, other, what in (
        (was.needs_subject, now.needs_subject, say("For {key}, the person named", key=now.key)),
        (was.needs_consent, now.needs_consent, say("For {key}, consent", key=now.key)),
    ):
        if one != other:
            words = [say("needed") if each else say("not needed") for each in (one, other)]
            yield Change(_direct(one), what, *words)
    surely = say("For {key}, how surely somebody signed in", key=now.key)
    yield from _compare_demand(surely, was, now)


def _compare_demand(
    what: str, was: Purpose | DataDemand, now: Purpose | DataDemand
) -> Iterator[Change]:
    if was.demand != now.demand:
        is_looser = was.demand.join(now.demand) != now.demand
        yield Change(_direct(is_looser), what, tell_demand(was.demand), tell_demand(now.demand))


def tell_demand(demand: Demand) -> str:
    """In words: the level, and how long ago at most."""
    level = say("level {level}", level=str(int(demand.assurance))) if demand.assurance else ""
    ago = ""
    if demand.max_age is not None:
        ago = say("at most {seconds} s ago", seconds=int(demand.max_age.total_seconds()))
    return join_sentences(level, ago, between=", ") if level or ago else say("not asked")


def _compare_demands(before: Policy, after: Policy) -> Iterator[Change]:
    """Of data, by target, purpose and destination."""
    was, now = _joined_demands(before), _joined_demands(after)
    for place in sorted(was.keys() | now.keys()):
        target, purpose, destination = place
        where = say(
            "{purposes} to {places}",
            purposes=say("all", context="purposes") if purpose == ANY else purpose,
            places=say("all", context="destinations") if destination == ANY else destination,
        )
        none = DataDemand(target, NO_DEMAND, purpose, destination)
        what = say("For {kind} ({where}), how surely somebody signed in", kind=target, where=where)
        yield from _compare_demand(what, was.get(place, none), now.get(place, none))


def _joined_demands(policy: Policy) -> dict[tuple[str, str, str], DataDemand]:
    joined: dict[tuple[str, str, str], DataDemand] = {}
    for each in policy.demands:
        place = each.target, each.purpose, each.destination
        known = joined.get(place)
        demand = each.demand if known is None else each.demand.join(known.demand)
        joined[place] = each._replace(demand=demand)
    return joined


SETS = (  # what it is called, where it stands, whether more of it is looser
    (say("Refused destinations"), "refused_destinations", False),
    (say("Passed without a look"), "allowed_opaque", True),
    (say("Given back to persons, text of"), "restore.to_persons", True),
    (say("Given back to services, text of"), "restore.to_services", True),
    (say("Never given back"), "restore.never", False),
    (say("Tools that send data on"), "restore.outbound_tools", False),
    (say("Hosts that may be sent data"), "hostile.allowed_hosts", True),
)


def _compare_sets(before: Policy, after: Policy) -> Iterator[Change]:
    for what, path, more_is_looser in SETS:
        was, now = (_find_set(each, path) for each in (before, after))
        if was != now:
            looser = not now <= was if more_is_looser else not was <= now
            yield Change(_direct(looser), what, _join(was), _join(now))


def _compare_hostile(before: Policy, after: Policy) -> Iterator[Change]:
    words = [{**each.hostile.words(), "replies": each.hostile.replies} for each in (before, after)]
    for name, was in words[0].items():
        now = words[1][name]
        if was is not now:
            looser = now.strictness < was.strictness
            yield Change(_direct(looser), HOSTILE[name], DONE[was], DONE[now])


def _find_set(policy: Policy, path: str) -> frozenset[str]:
    found: object = policy
    for name in path.split("."):
        found = getattr(found, name)
    assert isinstance(found, frozenset)
    return found


def _join(words: Collection[str], none: str = NONE) -> str:
    """Names with commas between them; where one stands for all, that first."""
    named = ", ".join(word for word in sorted(words) if word != ANY)
    if ANY in words:
        return join_sentences(ANYWHERE, named, between=", ")
    return named or none
