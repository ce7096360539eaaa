"""Policies as TOML, for people to read and review.

Strict: an unknown key, word or type is a `PolicyError` that names the place
and never repeats what stands there.
"""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

import orjson

from curtilage.consent.errors import PolicyError
from curtilage.consent.models import (
    ANY,
    CATEGORY,
    FORMAT,
    HOST,
    NAME,
    ROOTS,
    TOOL,
    TYPE,
    DataDemand,
    HostileRules,
    Opaque,
    Origin,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
)
from curtilage.consent.rules import targets_of
from curtilage.core.models import NO_DEMAND, Demand, PurposeKey, Treatment
from curtilage.detect.hostile.models import Action as HostileAction

LONGEST = 1 << 20  # bytes; the longest shipped policy is under 4 KiB
MOST_RULES = 10_000  # after each rule is spread over its data, purposes and destinations

CASES = "case"
ALLOWANCES = ("refuse", "allow")
Word = TypeVar("Word", bound=StrEnum)


def parse_policy(raw: bytes, name: str, *, vocabulary: Collection[str] = ()) -> Policy:
    """The policy in `raw`. Raises `PolicyError`.

    `vocabulary` is everything that is looked for, as `category:TYPE`; given it,
    a rule that can never match is refused, because it is a misspelt one.
    """
    policy = build_policy(parse_toml(raw), name)
    if vocabulary:
        refuse_idle_rules(policy, vocabulary)
    return policy


def parse_toml(raw: bytes) -> Mapping[str, Any]:
    """The tables of a policy file. Raises `PolicyError`."""
    if len(raw) > LONGEST:
        raise PolicyError("The policy is too long; expected at most 1 MiB.")
    try:
        return tomllib.loads(raw.decode())
    except UnicodeDecodeError:
        raise PolicyError("The policy is not in UTF-8.") from None
    except (ValueError, RecursionError) as problem:  # tomllib's own, and what it lets through
        raise PolicyError(f"The policy is not valid TOML{_place_of(problem)}.") from None


def _place_of(problem: Exception) -> str:
    _, found, place = str(problem).rpartition("(at ")
    return f" (at {place}" if found else ""


def build_policy(table: Mapping[str, Any], name: str) -> Policy:
    """The policy that a parsed file describes. Raises `PolicyError`."""
    if NAME.fullmatch(name) is None:
        raise PolicyError("A policy is named with small letters, digits, dot, dash and underscore.")
    top = TableReader(table, "the policy")
    if top.take("format", int) != FORMAT:
        raise PolicyError(f"`format` is not known; expected {FORMAT}.")
    observe = top.take("observe", bool, False)
    rules, demands = _rules(top.take("rules", list, []))
    policy = Policy(
        name=name,
        title=top.take("title", str, ""),
        observe=observe,
        default=read_treatment(top.take("default", str), "default"),
        purposes=tuple(_purposes(top.take("purposes", dict))),
        rules=tuple(rules),
        demands=(*demands, *_demands(top.take("demands", list, []))),
        refused_destinations=frozenset(_names(top, "refused_destinations", [])),
        allowed_opaque=_opaque(TableReader(top.take("opaque", dict, {}), "opaque")),
        restore=_restore(TableReader(top.take("restore", dict, {}), "restore")),
        hostile=_hostile(TableReader(top.take("hostile", dict, {}), "hostile")),
    )
    top.take(CASES, list, [])  # for `policy test`, see cases.py; they decide nothing
    top.refuse_rest()
    return policy


class TableReader:
    """One TOML table that is taken apart key by key, so that nothing is overlooked."""

    def __init__(self, raw: Mapping[str, Any], place: str) -> None:
        self._left = dict(raw)
        self._taken: list[str] = []
        self.place = place

    def take(self, key: str, kind: type[Any], default: Any = None) -> Any:
        """The value of `key`. A missing one without a default is refused."""
        self._taken.append(key)
        value = self._left.pop(key, default)
        if value is None:
            raise PolicyError(f"`{key}` is missing in {self.place}.")
        if type(value) is not kind:
            raise PolicyError(
                f"`{key}` in {self.place} has the wrong type; expected {_WORDS[kind]}."
            )
        return value

    def texts(self, key: str, default: list[str] | None = None) -> list[str]:
        values = self.take(key, list, default)
        if any(type(value) is not str for value in values):
            raise PolicyError(f"`{key}` in {self.place} does not hold only strings.")
        return list(values)

    def refuse_rest(self) -> None:
        if self._left:
            expected = ", ".join(sorted(self._taken))
            raise PolicyError(f"An unknown key in {self.place}; expected only {expected}.")


_WORDS = {int: "a number", bool: "true or false", str: "a string", list: "a list", dict: "a table"}


def read_word(kind: type[Word], raw: str, place: str) -> Word:
    try:
        return kind(raw)
    except ValueError:
        expected = ", ".join(kind)
        raise PolicyError(f"`{place}` is not a known word; expected one of {expected}.") from None


def read_treatment(raw: str, place: str) -> Treatment:
    """A treatment. Raises `PolicyError`."""
    return read_word(Treatment, raw, place)


def _names(table: TableReader, key: str, default: list[str] | None = None) -> list[str]:
    """Names of purposes or destinations, or `*`."""
    values = table.texts(key, default)
    if any(value != ANY and NAME.fullmatch(value) is None for value in values):
        raise PolicyError(f"`{key}` in {table.place} holds something that is not a name.")
    return values


def _targets(table: TableReader, key: str, default: list[str] | None = None) -> list[str]:
    values = table.texts(key, default)
    for number, value in enumerate(values, start=1):
        if not _is_target(value):
            raise PolicyError(
                f"`{key}` in {table.place}, number {number}, names no data; expected a TYPE, "
                "a category that begins with user, system, secret or hostile, or `*`."
            )
    return values


def _is_target(value: str) -> bool:
    if value == ANY or TYPE.fullmatch(value):
        return True
    return CATEGORY.fullmatch(value) is not None and value.partition(".")[0] in ROOTS


def _purposes(raw: Mapping[str, Any]) -> Iterable[Purpose]:
    for number, (key, value) in enumerate(raw.items(), start=1):
        if NAME.fullmatch(key) is None or type(value) is not dict:
            raise PolicyError(f"Purpose {number} is not a table with a name.")
        table = TableReader(value, f"purpose {number}")
        yield Purpose(
            key=PurposeKey(key),
            title=table.take("title", str, ""),
            destinations=frozenset(_names(table, "destinations", [ANY])),
            needs_subject=table.take("needs_subject", bool, False),
            needs_consent=table.take("needs_consent", bool, False),
            demand=_demand(table),
        )
        table.refuse_rest()


def _rules(raw: list[Any]) -> tuple[list[Rule], list[DataDemand]]:
    """The written rules, and the demands that stand on them."""
    rules: list[Rule] = []
    demands: list[DataDemand] = []
    for number, value in enumerate(raw, start=1):
        if type(value) is not dict:
            raise PolicyError(f"Rule {number} is not a table.")
        table = TableReader(value, f"rule {number}")
        treatment = read_treatment(table.take("treatment", str), f"treatment in {table.place}")
        demand = _demand(table)
        because = table.take("because", str, "")
        places = _spread(table)
        rules += [Rule(data, treatment, key, to, because, number) for data, key, to in places]
        demands += _demand_at(places, demand)
        if len(rules) > MOST_RULES:
            raise PolicyError(f"The rules spread to more than {MOST_RULES}.")
    return rules, demands


def _demands(raw: list[Any]) -> list[DataDemand]:
    """Demands that stand alone: they treat nothing."""
    demands: list[DataDemand] = []
    for number, value in enumerate(raw, start=1):
        if type(value) is not dict:
            raise PolicyError(f"Demand {number} is not a table.")
        table = TableReader(value, f"demand {number}")
        demand = _demand(table)
        table.take("because", str, "")
        if demand == NO_DEMAND:
            raise PolicyError(f"Nothing is demanded in {table.place}; give `assurance`.")
        demands += _demand_at(_spread(table), demand)
        if len(demands) > MOST_RULES:
            raise PolicyError(f"The demands spread to more than {MOST_RULES}.")
    return demands


def _demand_at(places: list[tuple[str, str, str]], demand: Demand) -> list[DataDemand]:
    if demand == NO_DEMAND:
        return []
    return [DataDemand(data, demand, key, to) for data, key, to in places]


def _spread(table: TableReader) -> list[tuple[str, str, str]]:
    """Each target, purpose and destination that a table speaks of."""
    data = _targets(table, "data")
    purposes = _names(table, "purposes", [ANY])
    destinations = _names(table, "destinations", [ANY])
    table.refuse_rest()
    if not data or not purposes or not destinations:
        raise PolicyError(f"An empty list in {table.place}; it would say nothing.")
    if len(data) * len(purposes) * len(destinations) > MOST_RULES:
        raise PolicyError(f"The rules spread to more than {MOST_RULES}.")
    return [
        (target, purpose, destination)
        for target in data
        for purpose in purposes
        for destination in destinations
    ]


def _demand(table: TableReader) -> Demand:
    """`assurance`, a level of NIST SP 800-63B, and `max_age`, as 15m, 12h or 30d."""
    assurance = table.take("assurance", int, 0)
    if not 0 <= assurance <= HIGHEST_ASSURANCE:
        raise PolicyError(f"`assurance` in {table.place} is none; expected 0, 1, 2 or 3.")
    raw = table.take("max_age", str, "")
    if not raw:
        return Demand(assurance)
    shape = _AGE.fullmatch(raw)
    if shape is None:
        raise PolicyError(f"`max_age` in {table.place} is no time; expected such as 15m or 12h.")
    return Demand(assurance, int(shape[1]) * _UNITS[shape[2]])


HIGHEST_ASSURANCE = 3
_AGE = re.compile(r"([1-9][0-9]{0,7})([smhd])")
_UNITS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


def _opaque(table: TableReader) -> frozenset[Opaque]:
    allowed = set()
    for content in Opaque:
        word = table.take(content.value, str, "refuse")
        if word not in ALLOWANCES:
            raise PolicyError(
                f"`{content.value}` in opaque is not known; expected refuse or allow."
            )
        if word == "allow":
            allowed.add(content)
    table.refuse_rest()
    return frozenset(allowed)


def _restore(table: TableReader) -> RestoreRules:
    usual = RestoreRules()
    rules = RestoreRules(
        to_persons=_origins(table, "to_persons", usual.to_persons),
        to_services=_origins(table, "to_services", usual.to_services),
        never=frozenset(_targets(table, "never", [])),
        outbound_tools=frozenset(_tools(table, "outbound_tools")),
    )
    table.refuse_rest()
    return rules


def _hostile(table: TableReader) -> HostileRules:
    usual = HostileRules()
    words = {
        name: read_word(HostileAction, table.take(name, str, action.value), f"{name} in hostile")
        for name, action in (*usual.words().items(), ("replies", usual.replies))
    }
    hosts = frozenset(_hosts(table, "allowed_hosts"))
    table.refuse_rest()
    return HostileRules(**words, allowed_hosts=hosts)


def _hosts(table: TableReader, key: str) -> list[str]:
    values = table.texts(key, [])
    if any(HOST.fullmatch(value) is None for value in values):
        raise PolicyError(
            f"`{key}` in {table.place} holds something that is no name of a host in small letters."
        )
    return values


def _tools(table: TableReader, key: str) -> list[str]:
    values = table.texts(key, [])
    if any(TOOL.fullmatch(value) is None for value in values):
        raise PolicyError(f"`{key}` in {table.place} holds something that no tool is named.")
    return values


def _origins(table: TableReader, key: str, usual: frozenset[Origin]) -> frozenset[Origin]:
    words = table.texts(key, [origin.value for origin in usual])
    return frozenset(read_word(Origin, word, f"{key} in restore") for word in words)


def refuse_idle_rules(policy: Policy, vocabulary: Collection[str]) -> None:
    """Raise `PolicyError` for a rule that covers nothing in the vocabulary."""
    covered = {target for qualified in vocabulary for target in targets_of(qualified)}
    for rule in policy.rules:
        if rule.target not in covered:
            raise PolicyError(f"Rule {rule.number} names data that is not looked for.")
    if not {each.target for each in policy.demands} <= covered:
        raise PolicyError("A demand names data that is not looked for.")
    if not policy.restore.never <= covered:
        raise PolicyError("`never` in restore names data that is not looked for.")


def encode_policy(policy: Policy) -> bytes:
    """TOML that `parse_policy` reads back as the same policy."""
    lines = [
        f"format = {FORMAT}",
        f"title = {_text(policy.title)}",
        f"default = {_text(policy.default)}",
        f"observe = {_boolean(policy.observe)}",
        f"refused_destinations = {_list(policy.refused_destinations)}",
        *_encode_opaque(policy),
        "",
        "[restore]",
        f"to_persons = {_list(policy.restore.to_persons)}",
        f"to_services = {_list(policy.restore.to_services)}",
        f"never = {_list(policy.restore.never)}",
        f"outbound_tools = {_list(policy.restore.outbound_tools)}",
        "",
        "[hostile]",
        *(f"{name} = {_text(action)}" for name, action in policy.hostile.words().items()),
        f"replies = {_text(policy.hostile.replies)}",
        f"allowed_hosts = {_list(policy.hostile.allowed_hosts)}",
        "",
        "[purposes]",
    ]
    for purpose in policy.purposes:
        lines += _encode_purpose(purpose)
    for rule in policy.rules:
        lines += _encode_rule(rule)
    for demand in policy.demands:
        lines += _encode_data_demand(demand)
    return ("\n".join(lines) + "\n").encode()


def _encode_opaque(policy: Policy) -> list[str]:
    words = [(content, ALLOWANCES[policy.may_carry(content)]) for content in Opaque]
    return ["", "[opaque]", *(f"{content.value} = {_text(word)}" for content, word in words)]


def _encode_purpose(purpose: Purpose) -> list[str]:
    return [
        "",
        f"[purposes.{_text(purpose.key)}]",
        f"title = {_text(purpose.title)}",
        f"destinations = {_list(purpose.destinations)}",
        f"needs_subject = {_boolean(purpose.needs_subject)}",
        f"needs_consent = {_boolean(purpose.needs_consent)}",
        *_encode_demand(purpose.demand),
    ]


def _encode_rule(rule: Rule) -> list[str]:
    return [
        "",
        "[[rules]]",
        f"data = {_list([rule.target])}",
        f"purposes = {_list([rule.purpose])}",
        f"destinations = {_list([rule.destination])}",
        f"treatment = {_text(rule.treatment)}",
        f"because = {_text(rule.because)}",
    ]


def _encode_data_demand(each: DataDemand) -> list[str]:
    return [
        "",
        "[[demands]]",
        f"data = {_list([each.target])}",
        f"purposes = {_list([each.purpose])}",
        f"destinations = {_list([each.destination])}",
        *_encode_demand(each.demand),
    ]


def _encode_demand(demand: Demand) -> list[str]:
    lines = [f"assurance = {demand.assurance}"] if demand.assurance else []
    if demand.max_age is not None:
        lines.append(f'max_age = "{int(demand.max_age.total_seconds())}s"')
    return lines


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes, and DEL, which TOML wants escaped too."""
    return orjson.dumps(str(value)).decode().replace("\x7f", "\\u007f")


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _list(values: Iterable[str]) -> str:
    return f"[{', '.join(_text(value) for value in sorted(values))}]"
