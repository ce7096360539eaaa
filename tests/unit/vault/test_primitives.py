"""The primitives that sealing stands on, against published vectors."""

import gzip
import hmac
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.shared_material import shared_path

pytestmark = pytest.mark.shared


def load(name: str) -> list[dict[str, Any]]:
    raw = gzip.decompress(shared_path(f"vectors/wycheproof/{name}_test.json.gz").read_bytes())
    return list(json.loads(raw)["testGroups"])


def opens(group: dict[str, Any], test: dict[str, Any]) -> bool:
    key, iv = bytes.fromhex(test["key"]), bytes.fromhex(test["iv"])
    body, aad = bytes.fromhex(test["ct"] + test["tag"]), bytes.fromhex(test["aad"])
    try:
        opened = AESGCM(key).decrypt(iv, body, aad)
    except InvalidTag:
        return False
    return opened == bytes.fromhex(test["msg"])


def test_aes_gcm_opens_what_is_valid_and_refuses_what_is_not() -> None:
    tried = 0
    for group in load("aes_gcm"):
        if group["keySize"] != 256 or group["ivSize"] != 96 or group["tagSize"] != 128:
            continue  # we use no others
        for test in group["tests"]:
            assert opens(group, test) == (test["result"] == "valid"), test["tcId"]
            tried += 1
    assert tried > 60


def test_aes_gcm_seals_to_the_published_bytes() -> None:
    for group in load("aes_gcm"):
        if group["keySize"] != 256 or group["ivSize"] != 96:
            continue
        for test in (each for each in group["tests"] if each["result"] == "valid"):
            names = ("key", "iv", "msg", "aad")
            key, iv, msg, aad = (bytes.fromhex(test[name]) for name in names)
            assert AESGCM(key).encrypt(iv, msg, aad).hex() == test["ct"] + test["tag"]


def test_hkdf_sha256_gives_the_published_keys() -> None:
    tried = 0
    for group in load("hkdf_sha256"):
        for test in group["tests"]:
            if test["result"] != "valid":
                continue
            ikm, salt, info = (bytes.fromhex(test[name]) for name in ("ikm", "salt", "info"))
            made = HKDF(SHA256(), test["size"], salt=salt, info=info).derive(ikm)
            assert made.hex() == test["okm"], test["tcId"]
            tried += 1
    assert tried > 50


def test_hmac_sha256_agrees_with_the_published_tags() -> None:
    tried = 0
    for group in load("hmac_sha256"):
        for test in group["tests"]:
            key, msg, tag = (bytes.fromhex(test[name]) for name in ("key", "msg", "tag"))
            made = hmac.digest(key, msg, "sha256")[: group["tagSize"] // 8]
            assert hmac.compare_digest(made, tag) == (test["result"] == "valid"), test["tcId"]
            tried += 1
    assert tried > 100


def test_ed25519_signs_to_the_bytes_of_rfc_8032() -> None:
    """RFC 8032 §7.1, tests 1 and 2."""
    seeds = {
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60": (
            b"",
            "e5564300c360ac72",
        ),
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb": (
            b"\x72",
            "92a009a9f0d4cab8",
        ),
    }
    for seed, (message, begins) in seeds.items():
        key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
        assert key.sign(message).hex().startswith(begins)
