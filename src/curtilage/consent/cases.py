"""Examples that a policy is tried on: what is asked, and what should come out.

A case lies in the policy's own file as a `[[case]]` table, so that whoever
changes the policy sees what it was meant to do. Pure; finding data in a text is
the caller's (`ports.Scan`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Case:
    """One example. `text` or `data` (qualified) is given, never both.

    `expected` is by target: each must occur, and all of it be treated so.
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
    holds: frozenset[PurposeKey] = frozenset()


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
    purpose = PurposeKey(table.take("purpose", str))
    case = Case(
        name=table.take("name", str, place),
        purpose=purpose,
        destination=table.take("destination", str),
        expected=_parse_expected(table.take("expect", dict, {}), place),
        text=table.take("text", str, ""),
        data=tuple(table.texts("data", [])),
        action=table.take("action", str, Action.SEND.value),
        effect=read_word(Effect, table.take("effect", str, "permit"), f"effect in {place}"),
        reason=table.take("reason", str, ""),
        subject=table.take("subject", str, ""),
        holds=frozenset(PurposeKey(held) for held in table.texts("holds", [purpose])),
    )
    table.refuse_rest()
    if bool(case.text) == bool(case.data):
        raise PolicyError(f"Give either `text` or `data` in {place}.")
    if not all(is_known(qualified) for qualified in case.data):
        raise PolicyError(f"`data` in {place} does not hold only `category:TYPE`.")
    if case.effect is Effect.PERMIT and not case.expected:
        raise PolicyError(f"Nothing is expected in {place}; give `expect`.")
    return case


def _parse_expected(raw: Mapping[str, Any], place: str) -> dict[str, Treatment]:
    return {target: read_treatment(value, f"expect in {place}") for target, value in raw.items()}


def run_case(policy: Policy, case: Case, *, scan: Scan) -> CaseResult:
    """Try one case."""
    found = case.data or qualify(scan(case.text))
    decision = decide(
        policy,
        principal=_caller(case),
        purpose=case.purpose,
        subject=SubjectId(case.subject) if case.subject else None,
        categories=found,
        action=case.action,
        destination=case.destination,
    )
    return CaseResult(case, tuple(_differences(case, decision)))


def qualify(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Each kind of data that was found, once, as `category:TYPE`."""
    return tuple(dict.fromkeys(f"{found.category}:{found.type}" for found in findings))


def _caller(case: Case) -> Principal:
    return Principal(
        tenant=TenantId("test"),
        id=PrincipalId("test"),
        kind=PrincipalKind.SERVICE,
        purposes=case.holds,
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
