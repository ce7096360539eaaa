"""What programs send to the management API."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from curtilage.identity.management.wire.bodies import (
    parse_budgets,
    parse_client,
    parse_group,
    parse_invitation,
    parse_key_request,
    parse_limits,
    parse_nothing,
    parse_overlap,
    parse_paging,
    parse_roles,
    parse_search,
)
from curtilage.identity.management.wire.members import parse_members
from tests.property.fuzz.target import Target

BUDGETS = b'"budgets":[{"measure":"money","window":"month","limit":"12.50"}]'
SEEDS: tuple[tuple[str, Callable[[bytes], Any], bytes], ...] = (
    ("nothing", parse_nothing, b"{}"),
    ("search", parse_search, b'{"who":"Ada Quill"}'),
    (
        "invitation",
        parse_invitation,
        b'{"address":"ada@orchard.example","roles":["administrator"]}',
    ),
    ("roles", parse_roles, b'{"roles":["administrator"]}'),
    ("limits", parse_limits, b'{"group":"team",' + BUDGETS + b"}"),
    ("group", parse_group, b'{"name":"team",' + BUDGETS + b"}"),
    ("budgets", parse_budgets, b"{" + BUDGETS + b"}"),
    (
        "key",
        parse_key_request,
        b'{"name":"desk","purposes":["assist"],"rights":["restore"],"kind":"agent","owner":"p-1",'
        b'"expires_in_seconds":60,"requests_per_minute":5,' + BUDGETS + b"}",
    ),
    (
        "app",
        parse_client,
        b'{"client_name":"Notes","redirect_uris":["https://a.example/cb"],"sector":"a.example"}',
    ),
)


def management_targets() -> Iterator[Target]:
    for name, parse, seed in SEEDS:
        yield Target(f"management body: {name}", (parse,), [seed], parse)
    yield Target("management members", (parse_members,), [SEEDS[-1][2]], parse_members)
    yield Target("management paging", (parse_paging,), [b"after=0196f1c2-1&limit=20"], parse_paging)
    yield Target(
        "management body: overlap",
        (parse_overlap,),
        [b'{"overlap_seconds":60}'],
        lambda raw: parse_overlap(raw, usual=timedelta(0)),
    )
