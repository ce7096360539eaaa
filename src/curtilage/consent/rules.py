"""Decide what may leave, and how. Pure; everything not permitted is refused.

Which rule wins: the one that names the data most closely (a type before a
category, a longer category before a shorter one, any before `*`); among those
a named purpose before `*`, then a named destination before `*`; among equals
the strictest. A rule that is added with a treatment at least as strict as what
held before can therefore never loosen anything.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from curtilage.consent.models import (
    ACTIONS,
    ANY,
    CATEGORY,
    ROOTS,
    TYPE,
    Consents,
    Origin,
    Policy,
    Purpose,
    Rule,
)
from curtilage.core.models import (
    NO_DEMAND,
    STRICTNESS,
    Decision,
    Demand,
    Effect,
    Principal,
    PrincipalKind,
    PurposeKey,
    SubjectId,
    Treatment,
)
from curtilage.core.words import say

# Reason codes are part of the record: they are added to, never renamed.
PERMITTED = "permitted"
OBSERVED = "permitted.observed"
UNKNOWN_PURPOSE = "purpose.unknown"
PURPOSE_NOT_HELD = "purpose.not-held"
UNKNOWN_ACTION = "action.unknown"
DESTINATION_REFUSED = "destination.refused"
DESTINATION_NOT_FOR_PURPOSE = "destination.not-for-purpose"
SUBJECT_MISSING = "subject.missing"
CONSENT_MISSING = "consent.missing"
ASSURANCE_TOO_LOW = "assurance.too-low"
AUTHENTICATION_TOO_OLD = "authentication.too-old"

REASONS: Mapping[str, str] = {
    PERMITTED: say("The policy permits this purpose at this destination."),
    OBSERVED: say("The policy only observes: everything left as it was."),
    UNKNOWN_PURPOSE: say("The policy does not know the purpose."),
    PURPOSE_NOT_HELD: say("The caller does not hold the purpose."),
    UNKNOWN_ACTION: say("The policy does not know the action."),
    DESTINATION_REFUSED: say("The policy refuses the destination."),
    DESTINATION_NOT_FOR_PURPOSE: say("The purpose does not cover the destination."),
    SUBJECT_MISSING: say("The purpose needs to know whose data it is."),
    CONSENT_MISSING: say("The person has not agreed to the purpose."),
    ASSURANCE_TOO_LOW: say("The caller did not sign in surely enough."),
    AUTHENTICATION_TOO_OLD: say("The caller signed in too long ago."),
}


def decide(
    policy: Policy,
    *,
    principal: Principal,
    purpose: PurposeKey,
    subject: SubjectId | None,
    categories: Iterable[str],
    action: str,
    destination: str,
    consents: Consents | None = None,
    at: datetime | None = None,
) -> Decision:
    """Whether this may go, and each of the qualified `categories` how.

    Where the policy asks when somebody signed in, `at` is now; without it, and of whoever
    never did, that is too long ago."""
    generation = consents.generation if consents is not None else 0
    refusal = _find_refusal(
        policy,
        principal=principal,
        purpose=purpose,
        subject=subject,
        action=action,
        destination=destination,
        consents=consents,
    )
    if refusal is not None:
        return Decision(
            effect=Effect.REFUSE,
            reason=refusal,
            policy=policy.reference,
            consent_generation=generation,
        )
    table = compile_policy(policy, purpose=purpose, destination=destination)
    asked = tuple(categories)
    demand = table.find_demand(asked)
    missing = find_missing_proof(principal, demand, at=at)
    if missing is not None:
        return Decision(
            effect=Effect.STEP_UP,
            reason=missing,
            policy=policy.reference,
            consent_generation=generation,
            demand=demand,
        )
    return Decision(
        effect=Effect.PERMIT,
        reason=OBSERVED if policy.observe else PERMITTED,
        treatments={qualified: table.treat(qualified) for qualified in asked},
        policy=policy.reference,
        consent_generation=generation,
    )


def _find_refusal(
    policy: Policy,
    *,
    principal: Principal,
    purpose: PurposeKey,
    subject: SubjectId | None,
    action: str,
    destination: str,
    consents: Consents | None,
) -> str | None:
    known = policy.find_purpose(purpose)
    if known is None:
        return UNKNOWN_PURPOSE
    if purpose not in principal.purposes:
        return PURPOSE_NOT_HELD
    if action not in ACTIONS:
        return UNKNOWN_ACTION
    if destination in policy.refused_destinations:
        return DESTINATION_REFUSED
    if not known.destinations & {ANY, destination}:
        return DESTINATION_NOT_FOR_PURPOSE
    return _find_missing(known, subject, consents)


def _find_missing(
    purpose: Purpose, subject: SubjectId | None, consents: Consents | None
) -> str | None:
    if purpose.needs_subject and not subject:
        return SUBJECT_MISSING
    if purpose.needs_consent and not (
        subject and consents is not None and purpose.key in consents.purposes
    ):
        return CONSENT_MISSING
    return None


def find_missing_proof(principal: Principal, demand: Demand, *, at: datetime | None) -> str | None:
    """Why the way in which somebody signed in is not enough (RFC 9470 §3); None where it is.

    A key is nobody who signed in: it satisfies no demand."""
    if principal.assurance < demand.assurance:
        return ASSURANCE_TOO_LOW
    if demand.max_age is None:
        return None
    since = principal.authenticated_at
    if at is None or since is None or at - since > demand.max_age:
        return AUTHENTICATION_TOO_OLD
    return None


@dataclass(frozen=True, slots=True)
class Table:
    """One policy at one purpose and destination: each target's winning rule.

    `treat` costs a look-up per dot of the category; keep a table per (policy
    version, purpose, destination), it never changes. `demand` is the purpose's own,
    `demands` are those of targets.
    """

    winners: Mapping[str, Rule]
    default: Treatment
    strictest: Treatment
    demand: Demand = NO_DEMAND
    demands: Mapping[str, Demand] = field(default_factory=dict)

    def find_demand(self, categories: Iterable[str]) -> Demand:
        """What all of this together demands: every target that covers some of it counts."""
        demand = self.demand
        if not self.demands:
            return demand
        for qualified in categories:
            for target in targets_of(qualified):
                if target in self.demands:
                    demand = demand.join(self.demands[target])
        return demand

    def treat(self, qualified: str) -> Treatment:
        """The treatment of `category:TYPE`; the strictest where that is unknown."""
        if not is_known(qualified):
            return self.strictest
        rule = self.find_rule(qualified)
        return self.default if rule is None else rule.treatment

    def find_rule(self, qualified: str) -> Rule | None:
        """The rule that speaks for `category:TYPE`; None where the default does."""
        return next(
            (self.winners[target] for target in targets_of(qualified) if target in self.winners),
            None,
        )


def is_known(qualified: str) -> bool:
    """True for `category:TYPE` whose category stands in one of the known trees."""
    category, _, kind = qualified.partition(":")
    return (
        CATEGORY.fullmatch(category) is not None
        and category.partition(".")[0] in ROOTS
        and TYPE.fullmatch(kind) is not None
    )


def targets_of(qualified: str) -> list[str]:
    """Every target that covers this data, the closest first."""
    category, _, kind = qualified.partition(":")
    parts = category.split(".")
    prefixes = [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
    return [kind, *prefixes, ANY]


def compile_policy(policy: Policy, *, purpose: PurposeKey, destination: str) -> Table:
    """The table of this policy for one purpose and destination."""
    winners: dict[str, Rule] = {}
    for rule in policy.rules:
        if rule.purpose in (ANY, purpose) and rule.destination in (ANY, destination):
            winner = winners.get(rule.target)
            if winner is None or _rank(rule) > _rank(winner):
                winners[rule.target] = rule
    known = policy.find_purpose(purpose)
    return Table(
        winners=winners,
        default=policy.default,
        strictest=find_strictest(policy),
        demand=NO_DEMAND if known is None else known.demand,
        demands=_join_demands(policy, purpose, destination),
    )


def _join_demands(policy: Policy, purpose: str, destination: str) -> Mapping[str, Demand]:
    joined: dict[str, Demand] = {}
    for each in policy.demands:
        if each.purpose in (ANY, purpose) and each.destination in (ANY, destination):
            joined[each.target] = each.demand.join(joined.get(each.target, NO_DEMAND))
    return joined


def _rank(rule: Rule) -> tuple[bool, bool, int]:
    return rule.purpose != ANY, rule.destination != ANY, STRICTNESS[rule.treatment]


def find_strictest(policy: Policy) -> Treatment:
    """The strictest the policy knows; where it knows only `allow`, nothing goes."""
    used = [policy.default, *(rule.treatment for rule in policy.rules)]
    strictest = max(used, key=STRICTNESS.__getitem__)
    return Treatment.BLOCK if strictest is Treatment.ALLOW else strictest


def find_restored(policy: Policy, kind: PrincipalKind) -> frozenset[Origin]:
    """Whose values are put back into the replies to this kind of caller."""
    if kind is PrincipalKind.SERVICE:
        return policy.restore.to_services
    return policy.restore.to_persons


def is_withheld(policy: Policy, qualified: str) -> bool:
    """True where data of `category:TYPE` stays a token for everybody."""
    return not policy.restore.never.isdisjoint(targets_of(qualified))
