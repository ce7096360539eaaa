"""Policies put together: what a conversation is held to that outlived a change.

A policy made stricter applies at once, one made looser to new sessions. So a
conversation is decided by the strictest of the policies that were in force
since it began, and that is a policy again: what decides need not know of it.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import reduce
from operator import attrgetter

from curtilage.consent.models import (
    ANY,
    HOSTILE_KINDS,
    DataDemand,
    HostileRules,
    Origin,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
)
from curtilage.consent.rules import compile_policy, find_strictest
from curtilage.core.models import STRICTNESS, Demand, PurposeKey, Treatment

MOST = 16  # earlier policies told apart; the ones before are one, by `summarise`
OVERLAP = timedelta(seconds=5)  # a worker may decide so long by what was in force before

SUMMARY = "earlier-policies"

Treat = Callable[[str, str], Treatment]  # of one kind of data, by purpose and destination


@dataclass(frozen=True, slots=True)
class Earlier:
    """A policy that was in force, and the instant at which it was that last."""

    policy: Policy
    until: datetime


@dataclass(slots=True)
class Lineage:
    """The policy in force and those before it, the last one first.

    `vocabulary` is everything that is looked for, as `category:TYPE`. What a
    conversation of some age is held to is put together once and kept; where nothing
    became looser it is the newest policy itself.
    """

    newest: Policy
    earlier: Sequence[Earlier] = ()
    vocabulary: Collection[str] = ()
    _held: list[Policy] = field(default_factory=list, init=False, repr=False)
    _ends: list[datetime] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self._ends = [each.until + OVERLAP for each in self.earlier]

    def find_policy(self, begun_at: datetime | None) -> Policy:
        """What decides in a conversation that began then; all of them where nobody knows."""
        if begun_at is None:
            return self._find_held(len(self.earlier))
        count = 0
        for ends in self._ends:  # the last one first, so mostly none is looked at twice
            if begun_at > ends:
                break
            count += 1
        return self._find_held(count)

    def _find_held(self, count: int) -> Policy:
        if not count:
            return self.newest
        while len(self._held) < count:
            known = self._held[-1] if self._held else self.newest
            added = self.earlier[len(self._held)].policy
            held = combine((known, added), self.vocabulary)
            changes = held.version != combine((known,), self.vocabulary).version
            self._held.append(held if changes else known)
        return self._held[count - 1]


def combine(policies: Sequence[Policy], vocabulary: Collection[str]) -> Policy:
    """One policy that is nowhere looser than any of these. The first is the newest.

    Of each kind in the vocabulary it says the strictest word of its parts; what
    is not in there gets the strictest that any of them knows.
    """
    return _put_together(policies, _rules_by_place(policies, vocabulary))


def summarise(policies: Sequence[Policy], vocabulary: Collection[str]) -> Policy:
    """As `combine`, short enough to be kept: one word for each kind, the strictest anywhere."""
    rules = [
        Rule(kind, max(_words(treat, policies), key=STRICTNESS.__getitem__))
        for kind, treat in _treatments(policies, vocabulary)
    ]
    return replace(_put_together(policies, rules), name=SUMMARY, spoken_as="", held_to=())


def _put_together(policies: Sequence[Policy], rules: Sequence[Rule]) -> Policy:
    newest, *_ = policies
    observes = all(policy.observe for policy in policies)
    earlier = [name for each in policies[1:] for name in (each.reference, *each.held_to)]
    return Policy(
        name=newest.name,
        title=newest.title,
        observe=observes,
        default=Treatment.ALLOW if observes else _find_strictest(policies),
        purposes=tuple(_common_purposes(policies)),
        rules=() if observes else tuple(rules),
        refused_destinations=frozenset().union(*(each.refused_destinations for each in policies)),
        allowed_opaque=frozenset.intersection(*(each.allowed_opaque for each in policies)),
        restore=_common_restoring([each.restore for each in policies]),
        hostile=_strictest_hostile([each.hostile for each in policies]),
        demands=_all_demands(policies),
        spoken_as=newest.reference,
        held_to=tuple(dict.fromkeys((*newest.held_to, *earlier))),
    )


def _find_strictest(policies: Sequence[Policy]) -> Treatment:
    used = [find_strictest(each) for each in policies if not each.observe]
    return max(used, key=STRICTNESS.__getitem__)


def _common_purposes(policies: Sequence[Policy]) -> Iterator[Purpose]:
    """The purposes that all of them know, each as narrow as the narrowest has it."""
    for purpose in policies[0].purposes:
        same = [each.find_purpose(purpose.key) for each in policies]
        known = [each for each in same if each is not None]
        if len(known) == len(policies):
            yield Purpose(
                key=purpose.key,
                title=purpose.title,
                destinations=reduce(_common_destinations, (each.destinations for each in known)),
                needs_subject=any(each.needs_subject for each in known),
                needs_consent=any(each.needs_consent for each in known),
                demand=reduce(Demand.join, (each.demand for each in known)),
            )


def _all_demands(policies: Sequence[Policy]) -> tuple[DataDemand, ...]:
    """Those of each, for purposes that all of them know."""
    known = {ANY, *(each.key for each in _common_purposes(policies))}
    every = (each for policy in policies for each in policy.demands if each.purpose in known)
    return tuple(dict.fromkeys(every))


def _common_destinations(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    if ANY in one:
        return other
    return one if ANY in other else one & other


def _common_restoring(parts: Sequence[RestoreRules]) -> RestoreRules:
    every: frozenset[Origin] = frozenset(Origin)
    return RestoreRules(
        to_persons=every.intersection(*(each.to_persons for each in parts)),
        to_services=every.intersection(*(each.to_services for each in parts)),
        never=frozenset().union(*(each.never for each in parts)),
        outbound_tools=frozenset().union(*(each.outbound_tools for each in parts)),
    )


def _strictest_hostile(parts: Sequence[HostileRules]) -> HostileRules:
    words = [each.words() for each in parts]
    return HostileRules(
        **{
            name: max((each[name] for each in words), key=attrgetter("strictness"))
            for name in HOSTILE_KINDS
        },
        replies=max((each.replies for each in parts), key=attrgetter("strictness")),
        allowed_hosts=frozenset.intersection(*(each.allowed_hosts for each in parts)),
    )


def _rules_by_place(policies: Sequence[Policy], vocabulary: Collection[str]) -> list[Rule]:
    """Each kind's word for everywhere, and rules of their own where it is another."""
    purposes, destinations = _places(policies)
    rules: list[Rule] = []
    for kind, treat in _treatments(policies, vocabulary):
        usual = treat(purposes[0], ANY) if purposes else treat(ANY, ANY)
        rules.append(Rule(kind, usual))
        for purpose in purposes:
            elsewhere = treat(purpose, ANY)
            if elsewhere is not usual:
                rules.append(Rule(kind, elsewhere, purpose))
            for destination in destinations:
                word = treat(purpose, destination)
                if word is not elsewhere:
                    rules.append(Rule(kind, word, purpose, destination))
    return rules


def _places(policies: Sequence[Policy]) -> tuple[list[str], list[str]]:
    """The purposes that all know, and every destination that a rule of one names."""
    purposes = [purpose.key for purpose in _common_purposes(policies)]
    named = {rule.destination for each in policies for rule in each.rules}
    return [str(key) for key in purposes], sorted(named - {ANY})


def _treatments(
    policies: Sequence[Policy], vocabulary: Collection[str]
) -> Iterator[tuple[str, Treat]]:
    """Each kind, and what gives the strictest word for it by purpose and destination."""
    purposes, destinations = _places(policies)
    tables = {
        (purpose, destination): [
            compile_policy(each, purpose=PurposeKey(purpose), destination=destination)
            for each in policies
        ]
        for purpose in (*purposes, ANY)
        for destination in (*destinations, ANY)
    }
    for qualified in sorted(vocabulary):

        def treat(purpose: str, destination: str, qualified: str = qualified) -> Treatment:
            words = [table.treat(qualified) for table in tables[purpose, destination]]
            return max(words, key=STRICTNESS.__getitem__)

        yield qualified.rpartition(":")[2], treat


def _words(treat: Treat, policies: Sequence[Policy]) -> list[Treatment]:
    purposes, destinations = _places(policies)
    return [treat(one, other) for one in (*purposes, ANY) for other in (*destinations, ANY)]
