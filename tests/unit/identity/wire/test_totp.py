"""Codes of authenticator apps, by the tables of the RFCs and by how they are used up."""

from datetime import UTC, datetime, timedelta

import pytest

from curtilage.identity.wire.errors import CodeReason, CodeRefused
from curtilage.identity.wire.totp import (
    NEVER,
    Digest,
    Shape,
    encode_otpauth,
    encode_secret,
    hotp,
    mint_totp_secret,
    step_at,
    verify_code,
)
from tests.fakes import FixedEntropy

pytestmark = [pytest.mark.requirement(46)]

# RFC 4226 Appendix D: the codes of counters 0 to 9.
SECRET = b"12345678901234567890"
RFC_4226 = (
    "755224", "287082", "359152", "969429", "338314",
    "254676", "287922", "162583", "399871", "520489",
)  # fmt: skip

# RFC 6238 Appendix B, with the seeds of erratum 2866: time, SHA-1, SHA-256, SHA-512.
RFC_6238 = (
    (59, "94287082", "46119246", "90693936"),
    (1111111109, "07081804", "68084774", "25091201"),
    (1111111111, "14050471", "67062674", "99943326"),
    (1234567890, "89005924", "91819424", "93441116"),
    (2000000000, "69279037", "90698825", "38618901"),
    (20000000000, "65353130", "77737706", "47863826"),
)
SEEDS = {Digest.SHA1: 20, Digest.SHA256: 32, Digest.SHA512: 64}

NOW = datetime(2026, 11, 29, 12, 0, 10, tzinfo=UTC)
STEP = step_at(NOW)


def refusal(typed: str, *, at: datetime = NOW, last_step: int = NEVER) -> CodeReason:
    with pytest.raises(CodeRefused) as refused:
        verify_code(SECRET, typed, at=at, last_step=last_step)
    return refused.value.reason


def test_the_table_of_rfc_4226() -> None:
    assert tuple(hotp(SECRET, counter) for counter in range(10)) == RFC_4226


@pytest.mark.parametrize("row", RFC_6238, ids=lambda row: str(row[0]))
def test_the_table_of_rfc_6238(row: tuple[int, str, str, str]) -> None:
    seconds, *codes = row
    at = datetime.fromtimestamp(seconds, UTC)
    for digest, code in zip(SEEDS, codes, strict=True):
        seed = (b"1234567890" * 7)[: SEEDS[digest]]
        shape = Shape(digest, digits=8)
        assert hotp(seed, step_at(at, shape), shape) == code
        assert verify_code(seed, code, at=at, shape=shape) == seconds // 30


def test_a_code_of_the_steps_beside_is_good_and_further_off_is_not() -> None:
    for away in (-1, 0, 1):
        assert verify_code(SECRET, hotp(SECRET, STEP + away), at=NOW) == STEP + away
    for away in (-2, 2, 1000):
        assert refusal(hotp(SECRET, STEP + away)) is CodeReason.WRONG


def test_a_step_is_good_once_and_none_before_it_after_that() -> None:
    code = hotp(SECRET, STEP)
    used = verify_code(SECRET, code, at=NOW, last_step=STEP - 1)
    assert refusal(code, last_step=used) is CodeReason.REPLAYED
    assert refusal(code, at=NOW + timedelta(seconds=30), last_step=used) is CodeReason.REPLAYED
    assert refusal(hotp(SECRET, STEP - 1), last_step=used) is CodeReason.REPLAYED
    later = hotp(SECRET, STEP + 1)
    assert verify_code(SECRET, later, at=NOW, last_step=used) == STEP + 1


def test_of_steps_with_one_code_the_latest_counts() -> None:
    shape = Shape(digits=1)  # so short that neighbours often agree
    same = next(step for step in range(1, 10**6) if _codes(step, shape) == 1)
    code = hotp(SECRET, same, shape)
    at = datetime.fromtimestamp(same * 30, UTC)
    assert verify_code(SECRET, code, at=at, last_step=same, shape=shape) == same + 1


def _codes(step: int, shape: Shape) -> int:
    return len({hotp(SECRET, step + away, shape) for away in (-1, 0, 1)})


def test_the_first_step_of_all_has_none_before_it() -> None:
    assert verify_code(SECRET, hotp(SECRET, 0), at=datetime(1970, 1, 1, tzinfo=UTC)) == 0


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34 5", "0x1234"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert verify_code(SECRET, f" {hotp(SECRET, STEP)[:3]}-{hotp(SECRET, STEP)[3:]}", at=NOW)
    assert refusal(typed) is CodeReason.MALFORMED


@pytest.mark.requirement(41)
def test_every_refusal_reads_the_same_and_holds_no_code() -> None:
    assert len({str(CodeRefused(reason)) for reason in CodeReason}) == 1
    with pytest.raises(CodeRefused) as refused:
        verify_code(SECRET, "000000", at=NOW)
    assert "000000" not in f"{refused.value} {refused.value.advice}"


def test_a_secret_has_160_bits() -> None:
    entropy = FixedEntropy()
    first, second = mint_totp_secret(entropy), mint_totp_secret(entropy)
    assert len(first) == 20
    assert first != second
    assert encode_secret(b"\x00" * 20) == " ".join(["AAAA"] * 8)


def test_the_address_says_all_that_an_app_needs() -> None:
    address = encode_otpauth(SECRET, account="ada@harbour.example", issuer="Harbour & Söhne")
    assert address == (
        "otpauth://totp/Harbour%20%26%20S%C3%B6hne:ada%40harbour.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbour%20%26%20S%C3%B6hne"
        "&algorithm=SHA1&digits=6&period=30"
    )


def test_names_cannot_break_out_of_the_address() -> None:
    address = encode_otpauth(SECRET, account="a:b?secret=x#\ud800", issuer="x" * 100)
    label = address.removeprefix("otpauth://totp/").partition("?")[0]
    assert label == "x" * 64 + ":a%20b%3Fsecret%3Dx%23%3F"
    with pytest.raises(ValueError, match="16 bytes"):
        encode_otpauth(b"short", account="a", issuer="b")
