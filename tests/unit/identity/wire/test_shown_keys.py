"""Keys as JSON say the same wherever they are shown, and hold nothing that opens one."""

from dataclasses import fields, replace
from datetime import timedelta

from curtilage.identity.budgets import Budget, Measure, Window
from curtilage.identity.management import schemas
from curtilage.identity.models import KeyGroup
from curtilage.identity.wire.shown_keys import encode_budgets, encode_group, encode_key
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.keys import a_key

TEAM = KeyGroup("g", TENANT, "team", START, (Budget(Measure.MONEY, Window.DAY, 1_500_000),))


def test_each_has_the_members_that_the_document_of_the_api_promises() -> None:
    assert sorted(encode_key(a_key(1), START)) == sorted(schemas.KEY["required"])
    assert sorted(encode_group(TEAM)) == sorted(schemas.GROUP["required"])


def test_no_hash_of_a_key_is_told() -> None:
    assert "digest" not in str(encode_key(a_key(1), START))
    assert "digest" in {each.name for each in fields(a_key(1))}


def test_what_there_is_not_is_null() -> None:
    key = a_key(1, expires_at=None, group=None)
    assert encode_key(key, START)["expires_at"] is None
    assert encode_key(key, START)["group"] is None
    ended = replace(key, expires_at=START + timedelta(days=1), group=TEAM)
    assert encode_key(ended, START)["expires_at"] == "2026-03-03T09:30:00.000000Z"
    assert encode_key(ended, START)["group"] == "team"


def test_the_state_is_one_that_the_document_names() -> None:
    known = schemas.KEY["properties"]["state"]["enum"]
    for key in (a_key(1), a_key(1, expires_at=START), a_key(1, revoked_at=START)):
        assert encode_key(key, START)["state"] in known


def test_money_is_told_in_decimals() -> None:
    assert encode_budgets(TEAM.budgets)[0]["limit"] == "1.50"
