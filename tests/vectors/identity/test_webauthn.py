"""W3C's test vectors of Web Authentication Level 3: accepted, or refused for the reason here.

Twice: as the product is set by default, and with makers of keys asked for and trusted.
"""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from curtilage.identity.models import Passkey
from curtilage.identity.wire.cose import EDDSA, ES256, ES512, RS256
from curtilage.identity.wire.errors import PasskeyReason, UnacceptablePasskey
from curtilage.identity.wire.webauthn import VerifiedPasskey, verify_assertion, verify_registration
from curtilage.identity.wire.webauthn_options import PasskeyPolicy, UserVerification
from curtilage.identity.wire.webauthn_response import parse_assertion, parse_registration
from tests.fakes.clock import START
from tests.shared_material import shared_path
from tests.software_authenticator import base64url

pytestmark = [pytest.mark.shared, pytest.mark.requirement(49)]

# The vectors set flags at random, so that verification cannot be asked of all.
USUAL = PasskeyPolicy(user_verification=UserVerification.PREFERRED)
FORMATS = ("packed", "tpm", "android-key", "apple", "fido-u2f")
ATTESTATION, ALGORITHM = PasskeyReason.ATTESTATION, PasskeyReason.ALGORITHM

# name: reason by default, reason where formats are asked for; None is accepted
EXPECTED: dict[str, tuple[PasskeyReason | None, PasskeyReason | None]] = {
    "none-es256": (None, None),
    "packed-self-es256": (None, None),
    "none-es256-crossOrigin": (PasskeyReason.CROSS_ORIGIN, None),
    "none-es256-topOrigin": (PasskeyReason.CROSS_ORIGIN, None),
    "none-es256-long-credential-id": (None, None),
    "packed-es256": (ATTESTATION, None),
    "packed-es384": (ALGORITHM, ALGORITHM),  # py_webauthn 3.0 verifies none of it
    "packed-es512": (ALGORITHM, None),
    "packed-rs256": (ATTESTATION, None),
    "packed-eddsa": (ATTESTATION, None),
    "packed-ed448": (ALGORITHM, ALGORITHM),  # nor of it
    "tpm-es256": (ATTESTATION, ATTESTATION),  # its maker is no maker of TPMs
    "android-key-es256": (ATTESTATION, ATTESTATION),  # its chain has no intermediate
    "apple-es256": (ATTESTATION, None),
    "fido-u2f-es256": (ATTESTATION, ATTESTATION),  # its AAGUID is not zero, as U2F's is
}


@cache
def material() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shared_path("vectors/webauthn.json").read_text())
    return found


def vector(name: str) -> dict[str, Any]:
    return next(each for each in material()["vectors"] if each["name"] == name)


def asked() -> PasskeyPolicy:
    """Formats of makers are asked for, and the vectors' own root is trusted for them."""
    raw = bytes.fromhex(vector("attestation-root-cert")["data"]["attestation_ca_cert"])
    pem = b"-----BEGIN CERTIFICATE-----\n" + b64encode(raw) + b"\n-----END CERTIFICATE-----\n"
    return replace(
        USUAL,
        algorithms=(ES256, EDDSA, ES512, RS256),
        roots=dict.fromkeys(FORMATS, (pem,)),
        may_be_framed=True,
        top_origins=frozenset({material()["top_origin"]}),
    )


def encoded(credential_id: str, **response: str) -> bytes:
    id_ = base64url(bytes.fromhex(credential_id))
    parts = {name: base64url(bytes.fromhex(value)) for name, value in response.items()}
    return json.dumps({"id": id_, "rawId": id_, "type": "public-key", "response": parts}).encode()


def register(name: str, policy: PasskeyPolicy) -> VerifiedPasskey:
    made = vector(name)["registration"]
    parts = {part: made[part] for part in ("clientDataJSON", "attestationObject")}
    return verify_registration(
        parse_registration(encoded(made["credential_id"], **parts)),
        expected_challenge=bytes.fromhex(made["challenge"]),
        expected_origins=(material()["origin"],),
        rp_id=material()["rp_id"],
        policy=policy,
    )


def show(name: str, new: VerifiedPasskey, policy: PasskeyPolicy) -> None:
    shown = vector(name)["authentication"]
    parts = {part: shown[part] for part in ("clientDataJSON", "authenticatorData", "signature")}
    passkey = Passkey(
        id="passkey-1",
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        rp_id=material()["rp_id"],
        backup_eligible=new.backup_eligible,
        backed_up=new.backed_up,
        transports=(),
        aaguid=new.aaguid,
        label="",
        created_at=START,
    )
    verified = verify_assertion(
        parse_assertion(encoded(new.credential_id.hex(), **parts)),
        expected_challenge=bytes.fromhex(shown["challenge"]),
        expected_origins=(material()["origin"],),
        passkey=passkey,
        expected_user_handle=b"h",
        allowed=(new.credential_id,),
        policy=policy,
    )
    assert not verified.counter_went_back


@pytest.mark.parametrize("asks", [False, True], ids=["usual", "asked"])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_vector_is_accepted_or_refused_for_its_reason(name: str, asks: bool) -> None:
    policy = asked() if asks else USUAL
    reason = EXPECTED[name][asks]
    if reason is None:
        new = register(name, policy)
        assert new.aaguid.replace("-", "") == vector(name)["registration"]["aaguid"]
        show(name, new, policy)
        return
    with pytest.raises(UnacceptablePasskey) as refused:
        register(name, policy)
    assert refused.value.reason is reason


def test_no_vector_is_left_out() -> None:
    named = {each["name"] for each in material()["vectors"]} - {"attestation-root-cert"}
    assert named == set(EXPECTED)


def test_a_chain_that_ends_elsewhere_is_refused() -> None:
    policy = asked()
    assert register("packed-es256", policy)
    with pytest.raises(UnacceptablePasskey):
        register("packed-es256", replace(policy, roots={"packed": (another_root(),)}))


def another_root() -> bytes:
    """A root that signed nothing here."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Another root")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(START).not_valid_after(START + timedelta(days=3650))
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
