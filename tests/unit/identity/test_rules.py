"""Judging keys, sessions, links and names."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.errors import DeniedError
from curtilage.identity.errors import KeyReason, KeyRefused, UnacceptableKey
from curtilage.identity.models import ApiKey
from curtilage.identity.rules import (
    LONGEST_EXPIRY,
    verify_api_key,
    verify_key_request,
    verify_may_give,
)
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
KEY = ApiKey(
    id="key-1",
    tenant=TENANT,
    principal=SERVICE,
    name="helpdesk",
    digest=b"d" * 32,
    created_at=START,
    purposes=frozenset({ASSIST}),
    expires_at=START + timedelta(days=30),
)


def test_a_key_holds_until_the_instant_it_expires() -> None:
    assert KEY.expires_at is not None
    assert verify_api_key(KEY, at=KEY.expires_at - SECOND).id == SERVICE
    assert verify_api_key(replace(KEY, expires_at=None), at=START + timedelta(days=9999))
    for late in (KEY.expires_at, KEY.expires_at + SECOND):
        with pytest.raises(KeyRefused) as refused:
            verify_api_key(KEY, at=late)
        assert refused.value.reason is KeyReason.EXPIRED


def test_a_revoked_key_holds_at_no_time_even_where_the_clock_went_back() -> None:
    revoked = replace(KEY, revoked_at=START)
    for at in (START - timedelta(days=1), START, START + timedelta(days=1)):
        with pytest.raises(KeyRefused) as refused:
            verify_api_key(revoked, at=at)
        assert refused.value.reason is KeyReason.REVOKED


def test_all_refusals_of_a_key_look_the_same_from_outside() -> None:
    refusals = [KeyRefused(reason) for reason in KeyReason]
    looks = {(type(each), str(each), each.detail, each.advice, each.status) for each in refusals}
    assert len(looks) == 1
    assert len({each.reason for each in refusals}) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 101},
        {"name": "a\nb"},
        {"name": "a\x1b[31m"},
        {"purposes": frozenset()},
        {"purposes": frozenset({"Has Space"})},
        {"purposes": frozenset({""})},
        {"models": frozenset({""})},
        {"models": frozenset({"a b"})},
        {"models": frozenset({"x" * 201})},
        {"rights": frozenset({"vault:rotate"})},
        {"rights": frozenset({"restore", "everything"})},
        {"rights": frozenset({"restore:"})},
        {"rights": frozenset({"restore:user contact"})},
        {"rights": frozenset({"subject:assert:PERSON"})},
        {"expires_at": START},
        {"expires_at": START - SECOND},
        {"expires_at": START + LONGEST_EXPIRY + SECOND},
        {"requests_per_minute": 0},
        {"requests_per_minute": -1},
        {"tokens_per_minute": 10**9 + 1},
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(changes: dict[str, object]) -> None:
    with pytest.raises(UnacceptableKey):
        verify_key_request(replace(KEY, **changes), at=START)


def test_a_right_that_is_not_known_is_told_before_a_purpose_that_is_missing() -> None:
    wrong = replace(KEY, purposes=frozenset(), rights=frozenset({"vault:rotate"}))
    with pytest.raises(UnacceptableKey, match="A right is not known"):
        verify_key_request(wrong, at=START)


def test_a_key_that_manages_needs_no_purpose() -> None:
    key = replace(KEY, purposes=frozenset(), rights=frozenset({"people:manage"}))
    assert verify_key_request(key, at=START) is key


def test_nobody_gives_a_right_to_manage_that_they_do_not_hold() -> None:
    held = frozenset({"apikeys:manage"})
    verify_may_give({"restore", "apikeys:manage", "openid"}, held=held)
    for rights in ({"people:manage"}, {"apikeys:manage", "settings:read"}):
        with pytest.raises(DeniedError):
            verify_may_give(rights, held=held)


def test_a_sensible_key_is_made() -> None:
    full = replace(
        KEY,
        models=frozenset({"gpt-4o", "claude-*"}),
        rights=frozenset({"restore:user.contact", "restore:PERSON", "subject:assert"}),
        requests_per_minute=1,
        tokens_per_minute=10**9,
    )
    assert verify_key_request(full, at=START) is full
    assert verify_key_request(replace(KEY, expires_at=None, rights=frozenset()), at=START)
