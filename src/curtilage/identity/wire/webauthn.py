"""Judges passkeys by the steps of Web Authentication Level 3 §7.1 and §7.2.

Around py_webauthn, which checks signatures and attestations. What it lets pass is refused
here before: frames of other origins, long ids, keys of an odd shape, a backup state that
cannot be; and its word on counters, which locks out synced passkeys, is not asked for.
That a challenge is fresh and used once, and that a new id is nobody's yet, is told by
what is stored, so it is the caller's to see to.
"""

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)

from curtilage.identity.models import Passkey
from curtilage.identity.wire.authenticator_data import (
    BACKED_UP,
    ELIGIBLE,
    PRESENT,
    VERIFIED,
    AuthenticatorData,
    NewCredential,
)
from curtilage.identity.wire.cose import verify_cose_key
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused, UnacceptablePasskey
from curtilage.identity.wire.webauthn_json import encode_base64url
from curtilage.identity.wire.webauthn_options import USUAL, PasskeyPolicy, UserVerification
from curtilage.identity.wire.webauthn_response import (
    AssertionResponse,
    ClientData,
    RegistrationResponse,
)

CREATE, GET = "webauthn.create", "webauthn.get"


@dataclass(frozen=True, slots=True)
class VerifiedPasskey:
    """A new key that holds: what to keep of it."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    aaguid: str
    backup_eligible: bool
    backed_up: bool
    user_verified: bool
    transports: tuple[str, ...]
    attestation_format: str


@dataclass(frozen=True, slots=True)
class VerifiedAssertion:
    """A key that was shown and holds.

    `counter_went_back` is a sign that there are copies (§6.1.1): worth a record, and where
    the key may be on several devices no more than that."""

    sign_count: int
    user_verified: bool
    backed_up: bool
    counter_went_back: bool


def verify_registration(
    response: RegistrationResponse,
    *,
    expected_challenge: bytes,
    expected_origins: Collection[str],
    rp_id: str,
    policy: PasskeyPolicy = USUAL,
) -> VerifiedPasskey:
    """The new key, if every step of §7.1 holds. Raises `UnacceptablePasskey`."""
    try:
        _verify_client(response.client, CREATE, expected_challenge, expected_origins, policy)
        _verify_flags(response.authenticator, rp_id, policy)
        new = _verify_new_key(response, policy)
        _verify_attestation(response, new, expected_challenge, rp_id, policy)
    except PasskeyRefused as refused:
        raise UnacceptablePasskey(refused.reason) from None
    return VerifiedPasskey(
        credential_id=new.id,
        public_key=new.public_key,
        sign_count=response.authenticator.sign_count,
        aaguid=str(UUID(bytes=new.aaguid)),
        backup_eligible=response.authenticator.says(ELIGIBLE),
        backed_up=response.authenticator.says(BACKED_UP),
        user_verified=response.authenticator.says(VERIFIED),
        transports=response.transports,
        attestation_format=response.attestation_format,
    )


def verify_assertion(
    response: AssertionResponse,
    *,
    expected_challenge: bytes,
    expected_origins: Collection[str],
    passkey: Passkey,
    expected_user_handle: bytes,
    allowed: Collection[bytes] = (),
    policy: PasskeyPolicy = USUAL,
) -> VerifiedAssertion:
    """What the key says, if every step of §7.2 holds. Raises `PasskeyRefused`.

    `passkey` is the record found by the response's id, `expected_user_handle` that of its
    owner. `allowed` are the ids that were asked for; none means that the person picked one,
    and then the response must say whose it is.
    """
    _verify_owner(response, passkey, expected_user_handle, allowed)
    _verify_client(response.client, GET, expected_challenge, expected_origins, policy)
    _verify_flags(response.authenticator, passkey.rp_id, policy)
    if response.authenticator.says(ELIGIBLE) != passkey.backup_eligible:
        raise PasskeyRefused(PasskeyReason.BACKUP_ELIGIBILITY)
    if response.authenticator.credential is not None:  # §6.1: not in assertions
        raise PasskeyRefused(PasskeyReason.CREDENTIAL)
    _verify_signature(response, passkey, expected_challenge, policy)
    went_back = _counter_went_back(response.authenticator.sign_count, passkey.sign_count)
    if went_back and policy.refuses_older_counters and not passkey.backup_eligible:
        raise PasskeyRefused(PasskeyReason.COUNTER)
    return VerifiedAssertion(
        sign_count=response.authenticator.sign_count,
        user_verified=response.authenticator.says(VERIFIED),
        backed_up=response.authenticator.says(BACKED_UP),
        counter_went_back=went_back,
    )


def _verify_client(
    client: ClientData,
    expected_type: str,
    expected_challenge: bytes,
    expected_origins: Collection[str],
    policy: PasskeyPolicy,
) -> None:
    """Type, challenge, origin, and whose page it was in a frame of."""
    if client.type != expected_type:
        raise PasskeyRefused(PasskeyReason.TYPE)
    if not hmac.compare_digest(client.challenge, expected_challenge):
        raise PasskeyRefused(PasskeyReason.CHALLENGE)
    if client.origin not in expected_origins:
        raise PasskeyRefused(PasskeyReason.ORIGIN)
    if client.cross_origin and not policy.may_be_framed:
        raise PasskeyRefused(PasskeyReason.CROSS_ORIGIN)
    if client.top_origin is None:
        return
    if not client.cross_origin or client.top_origin not in policy.top_origins:
        raise PasskeyRefused(PasskeyReason.TOP_ORIGIN)


def _verify_flags(data: AuthenticatorData, rp_id: str, policy: PasskeyPolicy) -> None:
    """RP id, presence, verification, and a backup state that can be."""
    if not hmac.compare_digest(data.rp_id_hash, sha256(rp_id.encode()).digest()):
        raise PasskeyRefused(PasskeyReason.RP_ID)
    if policy.requires_presence and not data.says(PRESENT):
        raise PasskeyRefused(PasskeyReason.ABSENT)
    if policy.user_verification is UserVerification.REQUIRED and not data.says(VERIFIED):
        raise PasskeyRefused(PasskeyReason.UNVERIFIED)
    if data.says(BACKED_UP) and not data.says(ELIGIBLE):
        raise PasskeyRefused(PasskeyReason.BACKUP_STATE)


def _verify_new_key(response: RegistrationResponse, policy: PasskeyPolicy) -> NewCredential:
    """The attested key; its id is the one that the browser names, its algorithm was offered."""
    new = response.authenticator.credential
    if new is None or new.id != response.credential_id:
        raise PasskeyRefused(PasskeyReason.CREDENTIAL)
    verify_cose_key(new.public_key, policy.algorithms)
    return new


def _verify_attestation(
    response: RegistrationResponse,
    new: NewCredential,
    challenge: bytes,
    rp_id: str,
    policy: PasskeyPolicy,
) -> None:
    """A format that policy takes, and a statement that proves it."""
    if not _is_acceptable(response, policy):
        raise PasskeyRefused(PasskeyReason.ATTESTATION)
    roots = {
        form: list(policy.roots[form.value])
        for form in AttestationFormat
        if form.value in policy.roots
    }
    try:
        verified = verify_registration_response(
            credential=_registration_credential(response),
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=response.client.origin,  # judged above, as one of several
            require_user_presence=policy.requires_presence,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(each) for each in policy.algorithms],
            pem_root_certs_bytes_by_fmt=roots,
        )
        assert verified.credential_public_key == new.public_key, "read as we read it"
    except Exception:  # noqa: BLE001 -- parsers of certificates and TPM structures; doubt refuses
        raise PasskeyRefused(PasskeyReason.ATTESTATION) from None


def _is_acceptable(response: RegistrationResponse, policy: PasskeyPolicy) -> bool:
    name, statement = response.attestation_format, response.statement
    if name == "none":
        return policy.accepts_none and not statement
    if name == "packed" and set(statement) == {"alg", "sig"}:  # §8.2: self attestation
        return policy.accepts_self_attestation
    return bool(policy.roots.get(name))  # without roots the library takes any chain


def _registration_credential(response: RegistrationResponse) -> RegistrationCredential:
    return RegistrationCredential(
        id=encode_base64url(response.credential_id),
        raw_id=response.credential_id,
        response=AuthenticatorAttestationResponse(
            client_data_json=response.client.raw, attestation_object=response.attestation_object
        ),
    )


def _verify_owner(
    response: AssertionResponse,
    passkey: Passkey,
    expected_user_handle: bytes,
    allowed: Collection[bytes],
) -> None:
    """It is the key that was asked for, and its owner's."""
    if not hmac.compare_digest(response.credential_id, passkey.credential_id):
        raise PasskeyRefused(PasskeyReason.CREDENTIAL)
    if allowed and response.credential_id not in allowed:
        raise PasskeyRefused(PasskeyReason.NOT_ALLOWED)
    if response.user_handle is None:
        if not allowed:
            raise PasskeyRefused(PasskeyReason.OWNER)
    elif not hmac.compare_digest(response.user_handle, expected_user_handle):
        raise PasskeyRefused(PasskeyReason.OWNER)


def _verify_signature(
    response: AssertionResponse, passkey: Passkey, challenge: bytes, policy: PasskeyPolicy
) -> None:
    """The signature, by the key as it was kept."""
    verify_cose_key(passkey.public_key, policy.algorithms)
    try:
        verify_authentication_response(
            credential=AuthenticationCredential(
                id=encode_base64url(response.credential_id),
                raw_id=response.credential_id,
                response=AuthenticatorAssertionResponse(
                    client_data_json=response.client.raw,
                    authenticator_data=response.authenticator_data,
                    signature=response.signature,
                ),
            ),
            expected_challenge=challenge,
            expected_rp_id=passkey.rp_id,
            expected_origin=response.client.origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=0,  # counters are judged here
        )
    except Exception:  # noqa: BLE001 -- whatever a library cannot verify does not hold
        raise PasskeyRefused(PasskeyReason.SIGNATURE) from None


def _counter_went_back(now: int, kept: int) -> bool:
    """§6.1.1: 0 on both sides says that the key does not count."""
    return (now, kept) != (0, 0) and now <= kept
