"""What issuers build into tokens, and what lacks it."""

import base64
import json

import pytest

from curtilage.detect import issued


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_json_web_token_needs_a_header_that_names_its_algorithm() -> None:
    body, signature = _part({"sub": "ada"}), "c2lnbmF0dXJl"
    assert issued.is_jwt(f"{_part({'alg': 'none'})}.{body}.{signature}")
    assert not issued.is_jwt(f"{_part({'typ': 'JWT'})}.{body}.{signature}")
    assert not issued.is_jwt(f"{_part([1])}.{body}.{signature}")
    assert not issued.is_jwt(f"eyJ4.{body}")
    assert not issued.is_jwt(f"eyJ!!.{body}.{signature}")


def test_the_checksum_of_a_token_covers_every_character() -> None:
    token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
    assert issued.has_crc32_suffix(token)
    assert not issued.has_crc32_suffix(token.replace("zQW", "zQX"))


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x30\x82\x0a\x61\x02\x01\x03\x30", True),
        (b"\x30\x80\x02\x01\x03\x30", True),
        (b"\xfe\xed\xfe\xed\x00\x00\x00\x02", True),
        (b"\xce\xce\xce\xce\x00\x00\x00\x02", True),
        (b"\x30\x82\x0a\x61\x02\x01\x04\x30", False),
        (b"\x30\x82\x03\x77\x30\x82\x02\x5f", False),
    ],
)
def test_a_key_store_is_known_by_its_head(head: bytes, expected: bool) -> None:
    assert issued.is_key_store(base64.b64encode(head + bytes(40)).decode()) is expected


def test_what_is_not_base64_is_no_key_store() -> None:
    assert not issued.is_key_store("MII!")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("user: YWRtaW4=\n  phrase: MWYyZDFl", True),
        ("user: <base64>\n  phrase: ${PHRASE}", False),
        ("user:\n", False),
    ],
)
def test_a_manifest_holds_secrets_when_a_value_is_none_of_a_template(
    value: str, expected: bool
) -> None:
    assert issued.is_secret_manifest(value) is expected


def test_storage_keys_are_of_32_or_64_bytes() -> None:
    for count, expected in ((32, True), (64, True), (48, False)):
        key = base64.b64encode(bytes((7 * place) % 256 for place in range(count))).decode()
        assert issued.is_storage_key(key) is expected
    assert not issued.is_storage_key("A" * 86 + "==")


def test_a_body_of_a_key_is_long_and_varied() -> None:
    body = base64.b64encode(bytes(range(96))).decode()
    assert issued.is_pem(f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----")
    assert not issued.is_pem("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----")


def test_ids_and_prefixes_are_decoded() -> None:
    head = base64.urlsafe_b64encode(b"112233445566778899").decode().rstrip("=")
    assert issued.is_discord(f"{head}.a.b")
    assert not issued.is_discord("TWF1cmljZQ.a.b")
    assert issued.is_bedrock("ABSK" + base64.b64encode(bytes(range(60))).decode())
    assert not issued.is_bedrock("ABSK!")
