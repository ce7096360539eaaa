"""Examples that a policy is tried on: what is asked, and what should come out.

A case lies in the policy's own file as a `[[case]]` table, so that whoever
changes the policy sees what it was meant to do. Pure; finding data in a text is
the caller's (`ports.Scan`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from curtilage.consent.errors import PolicyError
from curtilage.consent.models import Action, Policy
from curtilage.consent.ports import Scan
from curtilage.consent.rules import decide, is_known, targets_of
from curtilage.consent.wire import CASES, TableReader, read_treatment, read_word
from curtilage.core.models import (
    Decision,
    Effect,
    Finding,
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    SubjectId,
    TenantId,
    Treatment,
)
from curtilage.shield.settle import each_reading, settle

FINDS, IGNORES = "finds", "ignores"  # the keys of a case about detection


@dataclass(frozen=True, slots=True)
class Place:
    """A value in the text of a case, and a type that it has or has not."""

    value: str = field(repr=False)
    type: str


SIGNED_IN = datetime(2026, 1, 1, tzinfo=UTC)  # a case plays when its caller has just done so


@dataclass(frozen=True, slots=True)
class Case:
    """One example. `text` or `data` (qualified) is given, never both. `assurance` is how
    surely the caller has just signed in.

    `expected` is by target: each must occur, and all of it be treated so. `finds`
    are to be found where they stand, `ignores` are not; a case that has them needs
    no purpose, and then asks no policy. `because`, `author` and `until` say where a
    case comes from.
    """

    name: str
    purpose: PurposeKey
    destination: str
    expected: Mapping[str, Treatment]
    text: str = ""
    data: tuple[str, ...] = ()
    action: str = Action.SEND
    effect: Effect = Effect.PERMIT
    reason: str = ""
    subject: str = ""
    assurance: int = 0
    holds: frozenset[PurposeKey] = frozenset()
    finds: tuple[Place, ...] = ()
    ignores: tuple[Place, ...] = ()
    because: str = ""
    author: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What differed, in words that hold no value; empty where nothing did."""

    case: Case
    differences: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return not self.differences


def parse_cases(table: Mapping[str, Any]) -> tuple[Case, ...]:
    """The cases of a parsed policy file. Raises `PolicyError`."""
    raw = table.get(CASES, [])
    if type(raw) is not list or any(type(item) is not dict for item in raw):
        raise PolicyError("`case` is not a list of tables; expected `[[case]]`.")
    return tuple(_parse_case(item, number) for number, item in enumerate(raw, start=1))


def _parse_case(raw: Mapping[str, Any], number: int) -> Case:
    place = f"case {number}"
    table = TableReader(raw, place)
    finds, ignores = (_parse_places(table.take(key, list, []), place) for key in (FINDS, IGNORES))
    needless = "" if finds or ignores else None
    purpose = PurposeKey(table.take("purpose", str, needless))
    case = Case(
        name=table.take("name", str, place),
        purpose=purpose,
        destination=table.take("destination", str, needless),
        expected=_parse_expected(table.take("expect", dict, {}), place),
        text=table.take("text", str, ""),
        data=tuple(table.texts("data", [])),
        action=table.take("action", str, Action.SEND.value),
        effect=read_word(Effect, table.take("effect", str, "permit"), f"effect in {place}"),
        reason=table.take("reason", str, ""),
        subject=table.take("subject", str, ""),
        assurance=table.take("assurance", int, 0),
        holds=frozenset(PurposeKey(held) for held in table.texts("holds", [purpose])),
        finds=finds,
        ignores=ignores,
        because=table.take("because", str, ""),
        author=table.take("author", str, ""),
        until=table.take("until", str, ""),
    )
    table.refuse_rest()
    _refuse_halves(case, place)
    return case


def _refuse_halves(case: Case, place: str) -> None:
    if bool(case.text) == bool(case.data):
        raise PolicyError(f"Give either `text` or `data` in {place}.")
    if not all(is_known(qualified) for qualified in case.data):
        raise PolicyError(f"`data` in {place} does not hold only `category:TYPE`.")
    if case.finds or case.ignores:
        if not case.text:
            raise PolicyError(f"`finds` and `ignores` in {place} need a `text`.")
        if not case.purpose and (case.expected or case.reason or case.effect is not Effect.PERMIT):
            raise PolicyError(f"What is expected of the policy in {place} needs a `purpose`.")
    elif case.effect is Effect.PERMIT and not case.expected:
        raise PolicyError(f"Nothing is expected in {place}; give `expect`.")


def _parse_places(raw: list[Any], place: str) -> tuple[Place, ...]:
    if any(type(item) is not dict for item in raw):
        raise PolicyError(f"`{FINDS}` and `{IGNORES}` in {place} are lists of tables.")
    places = []
    for item in raw:
        table = TableReader(item, place)
        places.append(Place(table.take("value", str), table.take("type", str)))
        table.refuse_rest()
    return tuple(places)


def _parse_expected(raw: Mapping[str, Any], place: str) -> dict[str, Treatment]:
    return {target: read_treatment(value, f"expect in {place}") for target, value in raw.items()}


def run_case(policy: Policy, case: Case, *, scan: Scan) -> CaseResult:
    """Try one case."""
    findings = scan(case.text) if case.text else ()
    differences = _misplaced(case, findings)
    if case.purpose:
        differences += _differences(case, _decide(policy, case, findings))
    return CaseResult(case, tuple(differences))


def _decide(policy: Policy, case: Case, findings: Sequence[Finding]) -> Decision:
    """The decision on what is found, where it may be several things on the strictest of them."""
    decision = _ask(policy, case, case.data or qualify(each_reading(findings)))
    if not any(each.rivals for each in findings):
        return decision
    return _ask(policy, case, qualify(settle(findings, decision.by_type)))


def _ask(policy: Policy, case: Case, categories: Sequence[str]) -> Decision:
    return decide(
        policy,
        principal=_caller(case),
        purpose=case.purpose,
        subject=SubjectId(case.subject) if case.subject else None,
        categories=categories,
        action=case.action,
        destination=case.destination,
        at=SIGNED_IN,
    )


def _misplaced(case: Case, findings: Sequence[Finding]) -> list[str]:
    """What is not found where it stands, and what is although it should not be."""
    found = {(case.text[each.start : each.end].casefold(), each.type) for each in findings}
    missing = [each.type for each in case.finds if _named(each) not in found]
    wrong = [each.type for each in case.ignores if _named(each) in found]
    return [
        *(f"{kind}: expected to be found, was not" for kind in missing),
        *(f"{kind}: expected not to be found, was" for kind in wrong),
    ]


def _named(place: Place) -> tuple[str, str]:
    return place.value.casefold(), place.type


def qualify(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Each kind of data that was found, once, as `category:TYPE`."""
    return tuple(dict.fromkeys(f"{found.category}:{found.type}" for found in findings))


def _caller(case: Case) -> Principal:
    return Principal(
        tenant=TenantId("test"),
        id=PrincipalId("test"),
        kind=PrincipalKind.SERVICE,
        purposes=case.holds,
        assurance=case.assurance,
        authenticated_at=SIGNED_IN if case.assurance else None,
    )


def _differences(case: Case, decision: Decision) -> list[str]:
    if decision.effect is not case.effect:
        return [f"expected {case.effect}, got {decision.effect} ({decision.reason})"]
    if case.reason and decision.reason != case.reason:
        return [f"expected the reason {case.reason}, got {decision.reason}"]
    differences = []
    for target, expected in case.expected.items():
        treated = {
            treatment
            for qualified, treatment in decision.treatments.items()
            if qualified == target or target in targets_of(qualified)
        }
        if treated != {expected}:
            got = ", ".join(sorted(treated)) or "not found"
            differences.append(f"{target}: expected {expected}, got {got}")
    return differences
