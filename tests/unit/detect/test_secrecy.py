"""Checks that secrets share: what is real, what stands for something real."""

import base64
import json

import pytest

from curtilage.detect import secrecy


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "value",
    [
        "changeme",
        "<token>",
        "${TOKEN}",
        "{{ token }}",
        "xxxxxxxx",
        "your-api-key",
        "AKIAIOSFODNN7EXAMPLE",
        "aaaa",
    ],
)
def test_placeholders_are_known(value: str) -> None:
    assert secrecy.is_placeholder(value)


def test_a_generated_token_is_no_placeholder() -> None:
    assert not secrecy.is_placeholder("q8Zk2LmV7rT4")
    assert secrecy.is_token("q8Zk2LmV7rT4")


def test_a_json_web_token_needs_a_header_that_names_its_algorithm() -> None:
    body, signature = _part({"sub": "ada"}), "c2lnbmF0dXJl"
    assert secrecy.is_jwt(f"{_part({'alg': 'none'})}.{body}.{signature}")
    assert not secrecy.is_jwt(f"{_part({'typ': 'JWT'})}.{body}.{signature}")
    assert not secrecy.is_jwt(f"{_part([1])}.{body}.{signature}")
    assert not secrecy.is_jwt(f"eyJ4.{body}")
    assert not secrecy.is_jwt(f"eyJ!!.{body}.{signature}")


def test_basic_credentials_decode_to_a_name_and_a_password() -> None:
    assert secrecy.is_basic(base64.b64encode(b"ada:s3cr3t-Zebra").decode())
    assert not secrecy.is_basic(base64.b64encode(b"no colon at all").decode())
    assert not secrecy.is_basic(base64.b64encode(b"ada:changeme").decode())
    assert not secrecy.is_basic("authentication")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgres://ada:s3cr3t-Zq@db.example", True),
        ("postgres://ada:password@db.example", False),
        ("postgres://ada:${PW}@db.example", False),
        ("postgres://ada:@db.example", False),
    ],
)
def test_addresses_count_when_their_password_is_one(value: str, expected: bool) -> None:
    assert secrecy.is_userinfo(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("hunter2-Zebra", True),
        ("tR0ub4dor&3", True),
        ("required", False),
        ("os.environ", False),
        ("getToken(user)", False),
        ("settings.password", False),
        ("CamelCaseWords", False),
        ("one of the words that you remember well", False),
    ],
)
def test_passwords_are_told_from_code_and_prose(value: str, expected: bool) -> None:
    assert secrecy.is_password(value) is expected


def test_the_checksum_of_a_token_covers_every_character() -> None:
    token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
    assert secrecy.has_crc32_suffix(token)
    assert not secrecy.has_crc32_suffix(token.replace("zQW", "zQX"))


@pytest.mark.parametrize(
    ("ids", "secret", "expected"),
    [
        ("1234567890-1234567890123", "q8Zk2LmV7rT4wXb9Pnc3YdHs", True),
        ("A0123456789-1234567890123", "q8Zk2LmV7rT4wXb9Pnc3YdHs", True),
        ("1234567890-1234567890123", "xxxxxxxxxxxxxxxxxxxxxxxx", False),
        ("1234567890-1234567890123", "abcdefghijklmnopqrstuvwx", False),
        ("1234567890-1234567890123", "your-token-goes-here", False),
        ("1234567890-1234567890123", "1234567890", False),
    ],
)
def test_ids_that_count_up_say_nothing_of_the_secret_behind_them(
    ids: str, secret: str, expected: bool
) -> None:
    assert secrecy.is_token_behind_ids("-".join(("xox" + "b", ids, secret))) is expected
