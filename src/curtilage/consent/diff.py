"""What became stricter or looser between two policies, in words. Pure.

Two policies are compared by what they decide: of everything that is looked for,
for each purpose and destination that one of them names, and for all others.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from curtilage.consent.models import ANY, DataDemand, Policy, Purpose
from curtilage.consent.rules import Table, compile_policy
from curtilage.core.models import NO_DEMAND, STRICTNESS, Demand, PurposeKey, Treatment

ELSEWHERE = "any other destination"
EVERYWHERE = "everywhere"
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
        named = ", ".join(shorten(kinds, vocabulary))
        yield Change(_direct(looser), named, words[0], words[1], _tell_places(where, places))


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
    return "; ".join(
        ", ".join(purposes) + ("" if here == everywhere else f" to {_tell_destinations(here)}")
        for here, purposes in by_places.items()
    )


def _tell_destinations(places: Sequence[str]) -> str:
    return ", ".join(ELSEWHERE if place == ANY else place for place in places)


def shorten(kinds: Collection[str], vocabulary: Collection[str]) -> list[str]:
    """As few names as say exactly these kinds: categories where all of one are meant."""
    every = set(vocabulary)
    if set(kinds) == every:
        return ["everything that is looked for"]
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
            words = ("not known, refused", "known") if was is None else ("known", "refused")
            yield Change(_direct(was is None), f"The purpose {key}", *words)
        else:
            yield from _compare_purpose(was, now)


def _compare_purpose(was: Purpose, now: Purpose) -> Iterator[Change]:
    if was.destinations != now.destinations:
        looser = ANY in now.destinations or not now.destinations <= was.destinations
        words = [_join(each.destinations, none="nowhere") for each in (was, now)]
        if ANY in was.destinations:
            looser = False
        yield Change(_direct(looser), f"Where {now.key} may go", *words)
    for name, what in (("needs_subject", "the person named"), ("needs_consent", "consent")):
        one, other = getattr(was, name), getattr(now, name)
        if one != other:
            words = ["needed" if each else "not needed" for each in (one, other)]
            yield Change(_direct(one), f"For {now.key}, {what}", *words)
    yield from _compare_demand(f"For {now.key}, how surely somebody signed in", was, now)


def _compare_demand(
    what: str, was: Purpose | DataDemand, now: Purpose | DataDemand
) -> Iterator[Change]:
    if was.demand != now.demand:
        is_looser = was.demand.join(now.demand) != now.demand
        yield Change(_direct(is_looser), what, tell_demand(was.demand), tell_demand(now.demand))


def tell_demand(demand: Demand) -> str:
    """In words: the level, and how long ago at most."""
    words = [f"level {demand.assurance}"] if demand.assurance else []
    if demand.max_age is not None:
        words.append(f"at most {int(demand.max_age.total_seconds())} s ago")
    return ", ".join(words) or "not asked"


def _compare_demands(before: Policy, after: Policy) -> Iterator[Change]:
    """Of data, by target, purpose and destination."""
    was, now = _joined_demands(before), _joined_demands(after)
    for place in sorted(was.keys() | now.keys()):
        target, purpose, destination = place
        where = " to ".join("all" if each == ANY else each for each in (purpose, destination))
        none = DataDemand(target, NO_DEMAND, purpose, destination)
        what = f"For {target} ({where}), how surely somebody signed in"
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
    ("Refused destinations", "refused_destinations", False),
    ("Passed without a look", "allowed_opaque", True),
    ("Given back to persons, text of", "restore.to_persons", True),
    ("Given back to services, text of", "restore.to_services", True),
    ("Never given back", "restore.never", False),
    ("Tools that send data on", "restore.outbound_tools", False),
    ("Hosts that may be sent data", "hostile.allowed_hosts", True),
)


def _compare_sets(before: Policy, after: Policy) -> Iterator[Change]:
    for what, path, more_is_looser in SETS:
        was, now = (_find_set(each, path) for each in (before, after))
        if was != now:
            looser = not now <= was if more_is_looser else not was <= now
            yield Change(_direct(looser), what, _join(was), _join(now))


def _compare_hostile(before: Policy, after: Policy) -> Iterator[Change]:
    words = [
        {**each.hostile.words(), "the most of a reply": each.hostile.replies}
        for each in (before, after)
    ]
    for name, was in words[0].items():
        now = words[1][name]
        if was is not now:
            looser = now.strictness < was.strictness
            yield Change(_direct(looser), f"Hostile text: {name}", was, now)


def _find_set(policy: Policy, path: str) -> frozenset[str]:
    found: object = policy
    for name in path.split("."):
        found = getattr(found, name)
    assert isinstance(found, frozenset)
    return found


def _join(words: Collection[str], none: str = "none") -> str:
    return ", ".join("anywhere" if word == ANY else word for word in sorted(words)) or none
