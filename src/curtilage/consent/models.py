"""Policies, as plain values.

A *target* names data in a rule: an entity type (`EMAIL_ADDRESS`), a category or
the beginning of one (`user.contact`), or `*`. What is asked about is
*qualified*: `user.contact.email:EMAIL_ADDRESS`, category first, then type.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple

from curtilage.consent.errors import PolicyError
from curtilage.core.canonical import Json, encode_canonical
from curtilage.core.models import NO_DEMAND, Demand, PurposeKey, Treatment
from curtilage.detect.hostile.models import Action as HostileAction

ANY = "*"
FORMAT = 1

# The trees a category can stand in: fideslang's two, and ours for secrets.
ROOTS = frozenset({"user", "system", "secret", "hostile"})

# What never leaves as it is, unless the policy only observes or says so by name.
GUARDED = ("secret", "user.financial.card")

TYPE = re.compile(r"[A-Z][A-Z0-9_]*")
CATEGORY = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*")
TOOL = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")  # the providers' own rules, and what MCP adds
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")


class Action(StrEnum):
    """What the caller wants to do with the data."""

    SEND = "send"
    EMBED = "embed"
    COUNT = "count"


ACTIONS = frozenset(Action)


class Opaque(StrEnum):
    """Content that cannot be scanned, so that somebody has to say whether it may go."""

    IMAGES = "images"
    AUDIO = "audio"
    VIDEO = "video"
    FILES = "files"
    TOKEN_ARRAYS = "token_arrays"
    REMOTE_URLS = "remote_urls"
    PROVIDER_BLOBS = "provider_blobs"


class Origin(StrEnum):
    """Whose text held a value: the caller's own, or what the app put around it."""

    CALLER = "caller"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose that this policy knows; any other is refused.

    `destinations` are the labels data may go to for it, `*` for any; `demand` is how surely
    whoever asks has to have signed in.
    """

    key: PurposeKey
    title: str
    destinations: frozenset[str] = frozenset({ANY})
    needs_subject: bool = False
    needs_consent: bool = False
    demand: Demand = NO_DEMAND


class DataDemand(NamedTuple):
    """How surely somebody has to have signed in for one target to be decided at all.

    All that cover what was found count together, whichever rule treats it: one that is
    added can therefore never loosen anything."""

    target: str
    demand: Demand
    purpose: str = ANY
    destination: str = ANY


@dataclass(frozen=True, slots=True)
class Rule:
    """How one target is treated, for some purpose at some destination.

    `because` is for the people who read the policy, and `number` says which
    written rule this came from; neither decides anything.
    """

    target: str
    treatment: Treatment
    purpose: str = ANY
    destination: str = ANY
    because: str = ""
    number: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class HostileRules:
    """What is done with hostile text, by what it is.

    `strip` cuts it out where somebody else wrote it: of a caller's own words, only what
    nobody can see is cut. `ask` refuses until somebody has said that it may go.

    Of a model's reply, markup that would carry data away and canaries are looked for:
    `replies` is the strictest thing that is done with one, whatever those say. Addresses of
    `allowed_hosts`, and of hosts below them, carry nothing away.
    """

    injection: HostileAction = HostileAction.FLAG
    jailbreak: HostileAction = HostileAction.FLAG
    exfiltration: HostileAction = HostileAction.STRIP
    invisible: HostileAction = HostileAction.STRIP
    canary: HostileAction = HostileAction.BLOCK
    replies: HostileAction = HostileAction.BLOCK
    allowed_hosts: frozenset[str] = frozenset()

    def words(self) -> dict[str, HostileAction]:
        """Each kind with its action."""
        return {name: getattr(self, name) for name in HOSTILE_KINDS}

    def for_reply(self, kind: str) -> HostileAction:
        """What is done with a kind in a reply. Nobody can be asked: what would be is blocked."""
        action: HostileAction = getattr(self, kind)
        least = min(action, self.replies, key=attrgetter("strictness"))
        return HostileAction.BLOCK if least is HostileAction.ASK else least


HOSTILE_KINDS = tuple(
    each.name for each in fields(HostileRules) if each.name not in ("replies", "allowed_hosts")
)


@dataclass(frozen=True, slots=True)
class RestoreRules:
    """Whose values are put back into replies, by the kind of the caller.

    An agent acts for a person and gets what a person gets. `never` are targets
    that go out as tokens and stay tokens for everybody. `outbound_tools` are
    tools of the caller that send data on: their arguments keep their tokens.
    """

    to_persons: frozenset[Origin] = frozenset({Origin.CALLER})
    to_services: frozenset[Origin] = frozenset(Origin)
    never: frozenset[str] = frozenset()
    outbound_tools: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Policy:
    """Purpose × target × destination → treatment, and what cannot be scanned.

    What holds for every policy: `observe` and "everything is allowed" are the
    same thing, so that no policy is open without saying so; every rule speaks
    of a purpose that the policy knows, so that a typo never widens access.

    One that was put together of several (`combine`) is spoken of as the newest of
    them, and says which earlier ones it is held to. `asks_age` says that what is decided
    depends on when somebody signed in.
    """

    name: str
    purposes: tuple[Purpose, ...]
    rules: tuple[Rule, ...]
    default: Treatment
    observe: bool = False
    title: str = ""
    refused_destinations: frozenset[str] = frozenset()
    allowed_opaque: frozenset[Opaque] = frozenset()
    restore: RestoreRules = field(default_factory=RestoreRules)
    hostile: HostileRules = field(default_factory=HostileRules)
    demands: tuple[DataDemand, ...] = ()
    spoken_as: str = ""
    held_to: tuple[str, ...] = ()
    version: str = field(init=False, default="")
    asks_age: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        _refuse_unlike_its_word(self)
        object.__setattr__(self, "asks_age", _asks_age(self))
        digest = hashlib.sha256(encode_canonical(canonical_form(self)))
        object.__setattr__(self, "version", digest.hexdigest()[:32])

    @property
    def reference(self) -> str:
        """What a record says about the policy: name and version."""
        return self.spoken_as or f"{self.name}@{self.version}"

    def find_purpose(self, key: str) -> Purpose | None:
        return next((purpose for purpose in self.purposes if purpose.key == key), None)

    def may_carry(self, content: Opaque) -> bool:
        """True where content that cannot be scanned may leave."""
        return content in self.allowed_opaque


def _asks_age(policy: Policy) -> bool:
    demands = [each.demand for each in policy.purposes]
    demands += [each.demand for each in policy.demands]
    return any(each.max_age is not None for each in demands)


def _refuse_unlike_its_word(policy: Policy) -> None:
    if policy.observe:
        used = {policy.default, *(rule.treatment for rule in policy.rules)}
        if used != {Treatment.ALLOW}:
            raise PolicyError(
                "A policy that observes changes nothing; expected `allow` throughout."
            )
    elif policy.default is Treatment.ALLOW:
        raise PolicyError("`default` allows everything; expected another, or `observe = true`.")
    known = {purpose.key for purpose in policy.purposes} | {ANY}
    if any(each.purpose not in known for each in policy.demands):
        raise PolicyError("A demand speaks of a purpose that the policy does not know.")
    for rule in policy.rules:
        if rule.purpose not in known:
            raise PolicyError(
                f"Rule {rule.number} speaks of a purpose that the policy does not know."
            )
        if rule.treatment is Treatment.ALLOW and not policy.observe:
            _refuse_wide_allowance(rule)


def _refuse_wide_allowance(rule: Rule) -> None:
    """Secrets and cards leave only by a rule that names them, never by a wider one."""
    if rule.target == ANY:
        raise PolicyError(
            f"Rule {rule.number} allows everything; expected `observe = true` for that."
        )
    for guarded in GUARDED:
        if guarded.startswith(f"{rule.target}."):
            raise PolicyError(
                f"Rule {rule.number} would let {guarded} leave without naming it.",
                hint="Name the categories that may leave one by one.",
            )


def canonical_form(policy: Policy) -> Mapping[str, Json]:
    """What the version is the hash of: everything that can change a decision.

    The order of rules, titles and comments cannot, and are left out; so is what every
    policy says of hostile text that says nothing of it, and of how people sign in.
    """
    words = {} if policy.hostile == HostileRules() else {"hostile": _hostile_form(policy.hostile)}
    return {
        **words,
        **_demands_form(policy),
        "format": FORMAT,
        "name": policy.name,
        "observe": policy.observe,
        "default": policy.default.value,
        "purposes": {
            purpose.key: {
                "destinations": sorted(purpose.destinations),
                "needs_subject": purpose.needs_subject,
                "needs_consent": purpose.needs_consent,
            }
            for purpose in policy.purposes
        },
        "rules": sorted(
            {(r.target, r.purpose, r.destination, r.treatment.value) for r in policy.rules}
        ),
        "refused_destinations": sorted(policy.refused_destinations),
        "allowed_opaque": sorted(policy.allowed_opaque),
        "restore": {
            "to_persons": sorted(policy.restore.to_persons),
            "to_services": sorted(policy.restore.to_services),
            "never": sorted(policy.restore.never),
            "outbound_tools": sorted(policy.restore.outbound_tools),
        },
    }


def _demands_form(policy: Policy) -> Mapping[str, Json]:
    """What came later, and no version changes by it."""
    form: dict[str, Json] = {}
    asking = {
        str(each.key): _demand_form(each.demand)
        for each in policy.purposes
        if each.demand != NO_DEMAND
    }
    if asking:
        form["purpose_demands"] = asking
    if policy.demands:
        form["demands"] = sorted(
            [each.target, each.purpose, each.destination, *_demand_form(each.demand)]
            for each in policy.demands
        )
    return form


def _demand_form(demand: Demand) -> list[Json]:
    age = -1 if demand.max_age is None else int(demand.max_age.total_seconds())
    return [demand.assurance, age]


def _hostile_form(rules: HostileRules) -> Mapping[str, Json]:
    """What came later is left out where nothing is said of it: no version changes by it."""
    form: dict[str, Json] = {name: action.value for name, action in rules.words().items()}
    if rules.replies is not HostileRules().replies:
        form["replies"] = rules.replies.value
    if rules.allowed_hosts:
        form["allowed_hosts"] = sorted(rules.allowed_hosts)
    return form


@dataclass(frozen=True, slots=True)
class Consents:
    """What one person has agreed to, as of `generation`."""

    generation: int
    purposes: frozenset[PurposeKey] = frozenset()
