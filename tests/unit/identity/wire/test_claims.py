"""For whom, by whom, until when."""

from datetime import timedelta
from typing import Any

import pytest

from curtilage.identity.wire.claims import MOST_AUDIENCES, VerifiedClaims, verify_claims
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from tests.fakes.clock import START
from tests.signed_tokens import NOW

ISS, AUD = "https://id.orchard.example", "https://api.orchard.example"
CLAIMS: dict[str, Any] = {"iss": ISS, "sub": "ada", "aud": AUD, "exp": NOW + 60, "iat": NOW}


def verify(claims: dict[str, Any], **asked: Any) -> VerifiedClaims:
    return verify_claims(claims, now=START, **({"issuer": ISS, "audience": AUD} | asked))


def refusal(claims: dict[str, Any], **asked: Any) -> JoseReason:
    with pytest.raises(JoseRefused) as caught:
        verify(claims, **asked)
    return caught.value.reason


def test_good_claims_are_told() -> None:
    found = verify(CLAIMS | {"jti": "j", "nbf": NOW})
    assert found == VerifiedClaims(ISS, "ada", (AUD,), NOW + 60, NOW, "j")


def test_what_is_not_asked_need_not_be_there() -> None:
    assert verify({}, issuer=None, audience=None) == VerifiedClaims(
        None, None, (), None, None, None
    )


@pytest.mark.parametrize(
    "issuer", ["https://id.orchard.example/", "HTTPS://id.orchard.example", ""]
)
@pytest.mark.complaint(4)
def test_the_issuer_is_compared_byte_by_byte(issuer: str) -> None:
    assert refusal(CLAIMS, issuer=issuer) is JoseReason.ISSUER


@pytest.mark.parametrize("aud", [AUD, [AUD], ["https://other.example", AUD]])
def test_we_are_one_of_the_audience(aud: Any) -> None:
    assert AUD in verify(CLAIMS | {"aud": aud}).audience
    assert verify(CLAIMS | {"aud": aud}, audience={AUD, "https://alias.example"})


@pytest.mark.parametrize(
    "aud",
    [
        "https://other.example", AUD + "/", AUD[:-1], [], [[AUD]], {"a": AUD}, 7, "", [AUD, 7], [AUD, ""], True, None,
        [AUD] * (MOST_AUDIENCES + 1),
    ],
)  # fmt: skip
def test_an_audience_without_us_or_of_another_shape_is_refused(aud: Any) -> None:
    assert refusal(CLAIMS | {"aud": aud}) is JoseReason.AUDIENCE


def test_the_bounds_themselves_are_taken() -> None:
    assert len(verify(CLAIMS | {"aud": [AUD] * 16}).audience) == 16 == MOST_AUDIENCES
    assert verify(CLAIMS | {"iat": 0, "exp": 2**40 - 1}).issued_at == 0
    assert refusal(CLAIMS | {"exp": 2**40}) is JoseReason.CLAIMS


@pytest.mark.parametrize("name", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value",
    ["1772443800", True, None, -1, 2**50, 10**400, [NOW], {}, 1e300, float("nan"), float("inf")],
)
def test_a_time_is_a_number_that_a_clock_can_show(name: str, value: Any) -> None:
    assert refusal(CLAIMS | {name: value}) is JoseReason.CLAIMS


@pytest.mark.parametrize("name", ["iss", "sub", "jti"])
@pytest.mark.parametrize("value", ["", 7, None, ["x"]])
def test_a_name_is_text_that_says_something(name: str, value: Any) -> None:
    assert refusal(CLAIMS | {name: value}) is JoseReason.CLAIMS


@pytest.mark.requirement(30)
def test_clocks_may_lie_a_minute_apart_and_no_more() -> None:
    assert verify(CLAIMS | {"exp": NOW - 59})
    assert refusal(CLAIMS | {"exp": NOW - 60}) is JoseReason.EXPIRED
    assert verify(CLAIMS | {"nbf": NOW + 60})
    assert refusal(CLAIMS | {"nbf": NOW + 61}) is JoseReason.NOT_YET
    assert verify(CLAIMS | {"iat": NOW + 60})
    assert refusal(CLAIMS | {"iat": NOW + 61}) is JoseReason.NOT_YET
    assert refusal(CLAIMS | {"exp": NOW}, skew=timedelta()) is JoseReason.EXPIRED
    assert verify(CLAIMS | {"exp": NOW + 0.5}, skew=timedelta()).expires_at == NOW + 0.5


def test_a_life_is_no_longer_than_asked() -> None:
    limit = timedelta(minutes=5)
    assert verify(CLAIMS | {"exp": NOW + 360}, longest_ahead=limit)
    assert refusal(CLAIMS | {"exp": NOW + 361}, longest_ahead=limit) is JoseReason.LIFE_TOO_LONG


def test_what_was_made_long_ago_or_at_no_time_is_too_old() -> None:
    limit = timedelta(minutes=5)
    assert verify(CLAIMS | {"iat": NOW - 360}, oldest=limit)
    assert refusal(CLAIMS | {"iat": NOW - 361}, oldest=limit) is JoseReason.TOO_OLD
    without = {name: value for name, value in CLAIMS.items() if name != "iat"}
    assert refusal(without, oldest=limit) is JoseReason.TOO_OLD
