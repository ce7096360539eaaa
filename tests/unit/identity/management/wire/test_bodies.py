"""What each call takes. What is refused is shown at the doors (`test_key_api.py`)."""

from datetime import timedelta

import orjson
import pytest

from curtilage.core.models import PrincipalKind
from curtilage.identity.management.errors import UnacceptableMember, UnacceptableQuery
from curtilage.identity.management.wire.bodies import (
    USUAL_ROWS,
    Invitation,
    Paging,
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

BUDGET = {"measure": "requests", "window": "day", "limit": "500k"}


def body(**members: object) -> bytes:
    return orjson.dumps(members)


def test_a_query_says_where_a_page_begins_and_how_long_it_is() -> None:
    assert parse_paging(b"") == Paging("", USUAL_ROWS)
    assert parse_paging(b"limit=200&after=0196f1c2-1") == Paging("0196f1c2-1", 200)
    for raw in (b"&", b"limit", b"limit=01", b"limit=999", b"after=%41", b"\xff=1", b"a=b"):
        with pytest.raises(UnacceptableQuery):
            parse_paging(raw)


def test_an_address_is_not_in_what_is_printed_of_an_invitation() -> None:
    found = parse_invitation(body(address="ada@orchard.example", roles=["administrator"]))
    assert found == Invitation("ada@orchard.example", frozenset({"administrator"}))
    assert "ada@" not in repr(found)


def test_the_small_ones() -> None:
    parse_nothing(b"")
    parse_nothing(b"{}")
    assert parse_search(body(who="Ada Quill")) == "Ada Quill"
    assert parse_roles(body(roles=[])) == frozenset()
    assert parse_overlap(b"", usual=timedelta(1)) == timedelta(1)
    assert parse_overlap(body(overlap_seconds=0), usual=timedelta(1)) == timedelta(0)
    assert parse_group(body(name="team", budgets=[BUDGET])).budgets[0].limit == 500_000
    limits = parse_limits(body(budgets=[BUDGET], group="team"))
    assert (limits.budgets, limits.group) == (parse_budgets(body(budgets=[BUDGET])), "team")


@pytest.mark.parametrize("parse", [parse_nothing, parse_roles, parse_search, parse_group])
def test_each_refuses_what_it_does_not_know(parse: object) -> None:
    with pytest.raises(UnacceptableMember):
        parse(body(roles=[], who="x", name="x", other=1))  # type: ignore[operator]


def test_a_key_has_the_usual_right_unless_others_are_named() -> None:
    usual = parse_key_request(body(name="a"))
    assert (usual.rights, usual.kind) == (frozenset({"restore"}), PrincipalKind.SERVICE)
    assert parse_key_request(body(name="a", rights=[])).rights == frozenset()
    assert parse_key_request(body(name="a", expires_in_seconds=60)).expires_in == timedelta(0, 60)


def test_an_app_has_the_metadata_of_the_rfc_and_members_of_our_own() -> None:
    wish = parse_client(body(client_name="Notes", scope="openid email", first_party=True))
    assert (wish.name, wish.is_first_party) == ("Notes", True)
    assert wish.scopes == {"openid", "email"}
    with pytest.raises(UnacceptableMember):
        parse_client(body(scope="openid"))
    with pytest.raises(UnacceptableMember):
        parse_client(body(client_name="Notes", software_id="x"))
