"""What issuers build into tokens, and what lacks it."""

import base64
import json
import string
from zlib import crc32

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


def test_a_service_account_token_of_grafana_carries_its_checksum() -> None:
    token = "glsa_" + "yscW25imSKJIuav8zF37RZmnbiDvB05G" + "_fcaaf58a"  # of Grafana's own tests
    assert issued.has_grafana_crc32(token)
    assert issued.has_grafana_crc32(token.removesuffix("fcaaf58a") + "FCAAF58A")
    assert not issued.has_grafana_crc32(token.replace("ysc", "ysd"))


@pytest.mark.parametrize("version", ["", "01."])
def test_a_routable_token_carries_its_length_and_checksum(version: str) -> None:
    payload = (
        base64.urlsafe_b64encode(b"o:1\nu:2s" + bytes(range(16)) + b"\x10").decode().rstrip("=")
    )
    token = _with_crc(f"glpat-{payload}.{version}0y")
    assert len(payload) == 34, "`0y` in base 36"
    assert issued.has_gitlab_crc32(token)
    assert not issued.has_gitlab_crc32(token.replace("glpat-", "glrt-"))
    assert not issued.has_gitlab_crc32(_with_crc(f"glpat-{payload}.{version}0z"))
    assert not issued.has_gitlab_crc32(f"glpat-{payload}")
    assert not issued.has_gitlab_crc32("glpat-" + "a" * 20)


def _with_crc(text: str) -> str:
    """As GitLab's own tests do it, by powers of 36."""
    number = crc32(text.encode())
    signs = string.digits + string.ascii_lowercase
    return text + "".join(signs[number // 36**place % 36] for place in range(6, -1, -1))


def test_a_newer_access_key_id_holds_an_account() -> None:
    published = "ASIA" + "Y34FZKBO" + "KMUTVV7A"  # of the articles that found out
    assert issued.aws_account(published) == 609629065308
    assert issued.may_be_of_aws(published)
    assert issued.aws_account("AKIA" + "Q" + "A" * 15) == 0
    assert not issued.may_be_of_aws("AKIA" + "7" * 16)


def test_an_older_access_key_id_holds_none() -> None:
    older = "AKIA" + "I" + "7" * 15
    assert issued.aws_account(older) is None
    assert issued.may_be_of_aws(older)


def test_tokens_that_are_records_are_read() -> None:
    record = {"k": "QmFzZTY0IHNlY3JldA", "n": "reader", "id": 1}
    assert issued.is_grafana_record(_part(record))
    assert issued.is_grafana_record("glc_" + _part({**record, "o": "1234"}))
    assert not issued.is_grafana_record(_part({"n": "reader"}))
    assert not issued.is_grafana_record("glc_" + "T1zzu9TL1eKjTWgwHfuu3iVjlTEm7Gl7")
    organisation = _part({"iat": 1700000000.5, "url": "https://sentry.example", "org": "acme"})
    assert issued.is_sentry_record(f"sntrys_{organisation}_{'s' * 43}")
    assert not issued.is_sentry_record(f"sntrys_{_part({'iat': 1})}_{'s' * 43}")
    assert not issued.is_sentry_record(f"sntrys_{organisation[:-3]}")
    assert not issued.is_sentry_record("sntrys_" + _part("[" * 400))
