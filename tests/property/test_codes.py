"""Codes that are typed, for anything; and pyotp's opinion of ours."""

import hashlib
from base64 import b32encode
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.identity.wire.errors import CodeRefused
from curtilage.identity.wire.one_time_codes import mint_one_time_code, verify_one_time_code
from curtilage.identity.wire.recovery_codes import find_recovery_digest, mint_recovery_codes
from curtilage.identity.wire.totp import (
    NEVER,
    Digest,
    Shape,
    encode_otpauth,
    hotp,
    step_at,
    verify_code,
)
from tests.fakes import FixedEntropy

secrets = st.binary(min_size=16, max_size=64)
instants = st.integers(86_400, 2**33).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
names = st.text(st.characters(exclude_characters=":", exclude_categories=["Cs"]), max_size=64)


@pytest.mark.requirement(46)
@given(secrets, instants, st.sampled_from(Digest), st.sampled_from([6, 7, 8]), st.just(30))
def test_pyotp_makes_the_same_codes(
    secret: bytes, at: datetime, digest: Digest, digits: int, period: int
) -> None:
    shape = Shape(digest, digits, period)
    theirs = pyotp.TOTP(
        b32encode(secret).decode(),
        digits=digits,
        digest=getattr(hashlib, digest.value),
        interval=period,
    )
    code = theirs.at(at)
    assert hotp(secret, step_at(at, shape), shape) == code
    assert verify_code(secret, code, at=at, shape=shape) >= step_at(at, shape)


@pytest.mark.requirement(46)
@given(secrets, names.filter(bool), names.filter(bool))
def test_pyotp_reads_the_address(secret: bytes, account: str, issuer: str) -> None:
    read = pyotp.parse_uri(encode_otpauth(secret, account=account, issuer=issuer))
    assert (read.name, read.issuer) == (account, issuer)
    assert isinstance(read, pyotp.TOTP)
    assert (read.digits, read.interval) == (6, 30)
    assert read.byte_secret() == secret


@pytest.mark.requirement(46)
@given(secrets, instants, st.lists(st.tuples(st.integers(0, 70), st.integers(-2, 2)), max_size=12))
def test_no_step_is_accepted_twice_and_none_out_of_order(
    secret: bytes, at: datetime, tries: list[tuple[int, int]]
) -> None:
    last, accepted = NEVER, []
    for seconds, away in tries:
        at += timedelta(seconds=seconds)
        try:
            last = verify_code(secret, hotp(secret, step_at(at) + away), at=at, last_step=last)
        except CodeRefused:
            continue
        accepted.append(last)
    assert accepted == sorted(set(accepted))


@given(st.text(max_size=70))
def test_anything_typed_is_a_code_or_refused(typed: str) -> None:
    find_recovery_digest(typed)
    code = mint_one_time_code(FixedEntropy(), key=b"k" * 16)
    for judge in (
        lambda: verify_code(b"s" * 20, typed, at=datetime(2026, 1, 1, tzinfo=UTC)),
        lambda: verify_one_time_code(typed, key=b"k" * 16, kept=code.digest),
    ):
        try:
            judge()
        except CodeRefused:
            continue


@pytest.mark.requirement(47)
@given(st.integers(0, 9), st.integers(0, 28), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_recovery_code_with_another_character_is_another_code(
    number: int, at: int, digit: str
) -> None:
    code = mint_recovery_codes(FixedEntropy())[number]
    changed = code.text[:at] + digit + code.text[at + 1 :]
    is_same = changed.replace("-", "") == code.text.replace("-", "")
    assert (find_recovery_digest(changed) == code.digest) == is_same
