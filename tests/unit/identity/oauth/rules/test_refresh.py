"""Refresh tokens: rotated once, repeated for seconds, and then a sign of theft."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.grants import Grant, RefreshToken
from curtilage.identity.oauth.rules.refresh import (
    Judgement,
    expiry_of,
    grant_expiry,
    judge_refresh,
)
from curtilage.identity.oauth.settings import GRANT_LIFE, REFRESH_IDLE
from tests.builders import TENANT
from tests.fakes.clock import START

GRANT = Grant(
    id="g",
    tenant=TENANT,
    client="c",
    person=PrincipalId("person-ada"),
    session="s",
    scopes=("openid",),
    resources=(),
    auth_time=START,
    acr="",
    amr=(),
    made_at=START,
    expires_at=grant_expiry(START),
)
TOKEN = RefreshToken(TENANT, b"t" * 32, "g", START, expiry_of(GRANT, at=START))


def seconds(count: int) -> datetime:
    return START + timedelta(seconds=count)


@pytest.mark.requirement(7)
@pytest.mark.complaint(2)
@pytest.mark.parametrize(
    ("used", "at", "expected"),
    [
        (None, START, Judgement.ROTATE),
        (START, seconds(30), Judgement.REPEAT),
        (START, seconds(31), Judgement.REUSE),
        (None, START + REFRESH_IDLE, Judgement.REFUSE),
        (None, START + REFRESH_IDLE - timedelta(seconds=1), Judgement.ROTATE),
        (START, START + GRANT_LIFE, Judgement.REFUSE),
    ],
)
def test_a_token_is_judged_by_its_use_and_age(
    used: datetime | None, at: datetime, expected: Judgement
) -> None:
    assert judge_refresh(replace(TOKEN, used_at=used), GRANT, at=at) is expected


@pytest.mark.requirement(7)
def test_nothing_comes_of_a_grant_that_ended() -> None:
    ended = replace(GRANT, revoked_at=START)
    for token in (TOKEN, replace(TOKEN, used_at=START)):
        assert judge_refresh(token, ended, at=seconds(1)) is Judgement.REFUSE


@pytest.mark.requirement(7)
def test_no_token_outlives_its_grant() -> None:
    late = GRANT.expires_at - timedelta(days=1)
    assert expiry_of(GRANT, at=late) == GRANT.expires_at
    assert expiry_of(GRANT, at=START) == START + REFRESH_IDLE
