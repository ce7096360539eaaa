"""Judging keys, sessions, links and names."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.errors import (
    KeyReason,
    KeyRefused,
    SetupLinkRefused,
    UnacceptableKey,
    UnacceptableName,
)
from curtilage.identity.models import ApiKey, Session, SetupLink
from curtilage.identity.rules import (
    LONGEST_EXPIRY,
    SESSION_IDLE,
    SESSION_LIMIT,
    is_live,
    needs_seen,
    parse_name,
    sign_in_name_of,
    verify_api_key,
    verify_key_request,
    verify_setup_link,
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


def a_session(**given: datetime) -> Session:
    times = {"started_at": START, "seen_at": START, **given}
    return Session(TENANT, b"d" * 32, "session-1", PrincipalId("admin"), **times)


def test_a_session_ends_when_idle_and_in_any_case_after_its_limit() -> None:
    assert is_live(a_session(), at=START + SESSION_IDLE - SECOND)
    assert not is_live(a_session(), at=START + SESSION_IDLE)
    last = START + SESSION_LIMIT - SECOND
    assert is_live(a_session(seen_at=last), at=last)
    assert not is_live(a_session(seen_at=last), at=START + SESSION_LIMIT)


def test_a_clock_that_went_back_does_not_end_a_session() -> None:
    assert is_live(a_session(), at=START - timedelta(hours=1))


def test_a_session_is_seen_once_a_minute() -> None:
    assert not needs_seen(a_session(), at=START + 59 * SECOND)
    assert needs_seen(a_session(), at=START + 60 * SECOND)


LINK = SetupLink(TENANT, b"d" * 32, START, START + timedelta(hours=24))


@pytest.mark.parametrize(
    ("link", "digest", "at"),
    [
        (None, LINK.digest, START),
        (LINK, b"e" * 32, START),
        (LINK, LINK.digest, LINK.expires_at),
        (replace(LINK, used_at=START), LINK.digest, START),
    ],
)
def test_a_link_that_is_unknown_other_expired_or_used_is_refused_alike(
    link: SetupLink | None, digest: bytes, at: datetime
) -> None:
    with pytest.raises(SetupLinkRefused) as refused:
        verify_setup_link(link, claimed_digest=digest, at=at)
    assert str(refused.value) == SetupLinkRefused.title


def test_an_open_link_is_given() -> None:
    almost = LINK.expires_at - SECOND
    assert verify_setup_link(LINK, claimed_digest=LINK.digest, at=almost) is LINK


@pytest.mark.parametrize(
    ("raw", "shown", "compared"),
    [
        ("Ada", "Ada", "ada"),
        ("  Ada   Lovelace ", "Ada Lovelace", "ada lovelace"),
        ("ada@analytical.example", "ada@analytical.example", "ada@analytical.example"),
        ("José", "José", "josé"),
        ("ＡＤＡ", "ADA", "ada"),
        ("Straße", "Straße", "strasse"),
        ("O'Neil-Smith_2.0", "O'Neil-Smith_2.0", "o'neil-smith_2.0"),
        ("x" * 64, "x" * 64, "x" * 64),
    ],
)
def test_names_have_one_spelling_that_is_compared(raw: str, shown: str, compared: str) -> None:
    assert parse_name(raw) == shown
    assert sign_in_name_of(shown) == compared


@pytest.mark.parametrize(
    "raw", ["", "  ", "x" * 65, "x" * 10_000, "a\x00b", "a\u200bb", "<b>", "a/b", "a\u202eb"]
)
def test_names_that_cannot_be_shown_safely_are_refused(raw: str) -> None:
    with pytest.raises(UnacceptableName) as refused:
        parse_name(raw)
    assert not raw.strip() or raw not in str(refused.value)


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
        {"rights": frozenset({"apikeys:manage"})},
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
