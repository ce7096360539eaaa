"""What each call takes: bodies and queries to plain values. Unknown members are refused."""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta

import orjson

from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey
from curtilage.identity.budgets import Budget, Measure, parse_budget
from curtilage.identity.management.errors import UnacceptableMember, UnacceptableQuery
from curtilage.identity.management.wire.members import Members, is_id, parse_members
from curtilage.identity.models import USUAL_RIGHTS, KeyRequest
from curtilage.identity.oauth.wire.client_metadata import ClientWish, parse_client_metadata

MOST_ROWS = 200
USUAL_ROWS = 50
LONGEST_TYPED = 254  # RFC 5321 §4.5.3.1: of an address, and more than any name
LONGEST_NAME = 100
LARGEST = 10**9
DAY, MONTH, DECADE = 86_400, 30 * 86_400, 3650 * 86_400
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_METADATA = frozenset(
    {"client_name", "token_endpoint_auth_method", "redirect_uris", "post_logout_redirect_uris"}
    | {"backchannel_logout_uri", "backchannel_logout_session_required", "grant_types", "scope"}
    | {"jwks", "jwks_uri", "require_pushed_authorization_requests", "dpop_bound_access_tokens"}
    | {"subject_type", "id_token_signed_response_alg"}
    | {"client_uri", "logo_uri", "policy_uri", "tos_uri"}
)


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is wanted: what comes after an id, and how much of it."""

    after: str = ""
    limit: int = USUAL_ROWS


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who is to be invited, and with which roles."""

    address: str = field(default="", repr=False)
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets and the group that a key is to have from now on."""

    budgets: tuple[Budget, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group of keys to make."""

    name: str
    budgets: tuple[Budget, ...] = ()


def parse_paging(query: bytes) -> Paging:
    """`after` and `limit` of a query. Raises `UnacceptableQuery`.

    Neither needs an escape, so what has one was not given by us."""
    pairs = [each.partition("=") for each in query.decode("latin-1").split("&")] if query else []
    given = {name: value for name, _, value in pairs}
    if len(given) != len(pairs) or not given.keys() <= {"after", "limit"}:
        raise UnacceptableQuery
    after, limit = given.get("after", ""), given.get("limit", str(USUAL_ROWS))
    if "after" in given and not is_id(after):
        raise UnacceptableQuery
    if _LIMIT.fullmatch(limit) is None or not 1 <= int(limit) <= MOST_ROWS:
        raise UnacceptableQuery
    return Paging(after, int(limit))


def parse_nothing(raw: bytes) -> None:
    """No body, or an empty object."""
    parse_members(raw, may_be_nothing=True).finish()


def parse_search(raw: bytes) -> str:
    """Whose whole name or address is looked for."""
    members = parse_members(raw)
    who = members.text("who", most=LONGEST_TYPED, needed=True)
    members.finish()
    return who


def parse_invitation(raw: bytes) -> Invitation:
    """Whom to invite."""
    members = parse_members(raw)
    address = members.text("address", most=LONGEST_TYPED)
    roles = frozenset(members.texts("roles"))
    members.finish()
    return Invitation(address, roles)


def parse_roles(raw: bytes) -> frozenset[str]:
    """All roles that somebody is to have."""
    members = parse_members(raw)
    roles = frozenset(members.texts("roles", needed=True))
    members.finish()
    return roles


def parse_overlap(raw: bytes, *, usual: timedelta) -> timedelta:
    """How long what was there before works on."""
    members = parse_members(raw, may_be_nothing=True)
    seconds = members.number("overlap_seconds", least=0, most=MONTH)
    members.finish()
    return usual if seconds is None else timedelta(seconds=seconds)


def parse_key_request(raw: bytes) -> KeyRequest:
    """What a new key is to be like."""
    members = parse_members(raw)
    lives = members.number("expires_in_seconds", least=1, most=DECADE)
    rights = members.texts("rights") if "rights" in members else tuple(USUAL_RIGHTS)
    request = KeyRequest(
        name=members.text("name", most=LONGEST_NAME, needed=True),
        purposes=frozenset(PurposeKey(each) for each in members.texts("purposes")),
        kind=_kind(members.text("kind")),
        rights=frozenset(rights),
        models=frozenset(members.texts("models")),
        expires_in=None if lives is None else timedelta(seconds=lives),
        requests_per_minute=members.number("requests_per_minute", least=1, most=LARGEST),
        tokens_per_minute=members.number("tokens_per_minute", least=1, most=LARGEST),
        principal=_principal(members.text("principal")),
        budgets=_budgets(members),
        group=members.text("group", most=LONGEST_NAME),
        owner=_principal(members.text("owner")),
    )
    members.finish()
    return request


def parse_limits(raw: bytes) -> Limits:
    """What a key is to be held to: all of it, since nothing said would be nothing held."""
    members = parse_members(raw)
    if "group" not in members:
        raise UnacceptableMember('Expected group: "" where the key is to be in none.')
    budgets = _budgets(members, needed=True)
    limits = Limits(budgets, members.text("group", most=LONGEST_NAME))
    members.finish()
    return limits


def parse_group(raw: bytes) -> NewGroup:
    """A group of keys to make."""
    members = parse_members(raw)
    group = NewGroup(members.text("name", most=LONGEST_NAME, needed=True), _budgets(members))
    members.finish()
    return group


def parse_budgets(raw: bytes) -> tuple[Budget, ...]:
    """What a group is to be held to."""
    members = parse_members(raw)
    budgets = _budgets(members, needed=True)
    members.finish()
    return budgets


def parse_client(raw: bytes) -> ClientWish:
    """What an app is to be like: the metadata of RFC 7591 §2, and members of our own.

    Raises `UnacceptableClient` where its metadata is not what the RFC says."""
    members = parse_members(raw)
    name = members.take("client_name")
    if name is None:
        raise UnacceptableMember("Expected client_name: people are asked under it.")
    known = {each: value for each in sorted(_METADATA) if (value := members.take(each)) is not None}
    is_first_party = members.flag("first_party")
    resources, serves = members.texts("resources"), members.texts("serves")
    detail_types = frozenset(members.texts("authorization_details_types"))
    sector = members.text("sector")
    members.finish()
    return replace(
        parse_client_metadata(orjson.dumps(known | {"client_name": name})),
        is_first_party=is_first_party,
        resources=resources,
        serves=serves,
        detail_types=detail_types,
        sector=sector,
    )


def _budgets(members: Members, *, needed: bool = False) -> tuple[Budget, ...]:
    return tuple(_budget(each) for each in members.objects("budgets", needed=needed))


def _budget(members: Members) -> Budget:
    measure = members.text("measure", needed=True)
    if measure not in list(Measure):
        raise UnacceptableMember(f"Expected measure to be one of {', '.join(Measure)}.")
    window, limit = members.text("window", needed=True), members.text("limit", most=32, needed=True)
    members.finish()
    return parse_budget(f"{limit}/{window}", Measure(measure))


def _kind(name: str) -> PrincipalKind:
    if name and name not in list(PrincipalKind):
        raise UnacceptableMember(f"Expected kind to be one of {', '.join(PrincipalKind)}.")
    return PrincipalKind(name) if name else PrincipalKind.SERVICE


def _principal(id: str) -> PrincipalId | None:
    if id and not is_id(id):
        raise UnacceptableMember("Expected owner and principal to be ids.")
    return PrincipalId(id) if id else None
