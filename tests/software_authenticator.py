"""An authenticator and the browser before it, in software: makes passkeys and shows them.

Everything that it says can be said wrongly: flags, counters, origins, types. So one call
with one argument more is one way to break a ceremony. It knows nothing of our parsers.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

RP_ID, ORIGIN = "harbour.example", "https://harbour.example"
CHALLENGE, HANDLE = b"challenge of one ceremony", b"h" * 64
UP, UV, BE, BS, AT, ED = 1, 4, 8, 16, 64, 128
ES256, EDDSA, RS256 = -7, -8, -257
PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def make_key(algorithm: int) -> PrivateKey:
    if algorithm == ES256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, 2048)


def cose_of(key: PrivateKey) -> dict[int, Any]:
    public = key.public_key()
    if isinstance(public, ec.EllipticCurvePublicKey):
        point = public.public_numbers()
        return {1: 2, 3: ES256, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
    if isinstance(public, ed25519.Ed25519PublicKey):
        return {1: 1, 3: EDDSA, -1: 6, -2: public.public_bytes_raw()}
    numbers = public.public_numbers()
    return {1: 3, 3: RS256, -1: numbers.n.to_bytes(256), -2: numbers.e.to_bytes(3)}


def client_data(type_: str, **said: Any) -> bytes:
    """As browsers write it. `said` overrides; None leaves a member out."""
    members = {
        "type": type_,
        "challenge": base64url(CHALLENGE),
        "origin": ORIGIN,
        "crossOrigin": False,
    }
    members |= said
    return json.dumps(
        {name: value for name, value in members.items() if value is not None}
    ).encode()


@dataclass
class SoftwareAuthenticator:
    """One key of one person. `flags` are what it says of presence, verification and backup."""

    algorithm: int = ES256
    credential_id: bytes = b"credential-0001"
    aaguid: bytes = bytes(16)
    flags: int = UP | UV | BE | BS
    counter: int = 0
    rp_id: str = RP_ID
    cose: dict[int, Any] = field(default_factory=dict)
    _key: PrivateKey = field(init=False)

    def __post_init__(self) -> None:
        self._key = make_key(self.algorithm)
        self.cose = self.cose or cose_of(self._key)

    def sign(self, data: bytes) -> bytes:
        if isinstance(self._key, ec.EllipticCurvePrivateKey):
            return self._key.sign(data, ec.ECDSA(SHA256()))
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(data)
        return self._key.sign(data, padding.PKCS1v15(), SHA256())

    def create(
        self,
        *,
        client: Mapping[str, Any] | None = None,
        attestation: str = "none",
        statement: Mapping[str, Any] | None = None,
        said: Mapping[str, Any] | None = None,
        **data: Any,
    ) -> dict[str, Any]:
        """What `navigator.credentials.create()` gives. `said` overrides members of the answer."""
        raw = client_data(**{"type_": "webauthn.create", **(client or {})})
        auth_data = self.authenticator_data(attested=data.pop("attested", True), **data)
        signed = self.sign(auth_data + sha256(raw).digest())
        own = {} if attestation == "none" else {"alg": self.algorithm, "sig": signed}
        proof = own if statement is None else dict(statement)
        found = {"fmt": attestation, "attStmt": proof, "authData": auth_data}
        response = {
            "clientDataJSON": base64url(raw),
            "attestationObject": base64url(cbor2.dumps(found)),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(response, said)

    def get(
        self,
        *,
        client: Mapping[str, Any] | None = None,
        handle: bytes | None = HANDLE,
        said: Mapping[str, Any] | None = None,
        **data: Any,
    ) -> dict[str, Any]:
        """What `navigator.credentials.get()` gives."""
        raw = client_data(**{"type_": "webauthn.get", **(client or {})})
        auth_data = self.authenticator_data(attested=data.pop("attested", False), **data)
        response = {
            "clientDataJSON": base64url(raw),
            "authenticatorData": base64url(auth_data),
            "signature": base64url(self.sign(auth_data + sha256(raw).digest())),
            "userHandle": None if handle is None else base64url(handle),
        }
        return self._credential(response, said)

    def authenticator_data(
        self,
        *,
        attested: bool,
        flags: int | None = None,
        extensions: Mapping[str, Any] | None = None,
        rest: bytes = b"",
        key: bytes | None = None,
    ) -> bytes:
        bits = self.flags if flags is None else flags
        bits |= (AT if attested else 0) | (ED if extensions is not None else 0)
        data = sha256(self.rp_id.encode()).digest() + bytes([bits]) + self.counter.to_bytes(4)
        if attested:
            data += self.aaguid + len(self.credential_id).to_bytes(2) + self.credential_id
            data += cbor2.dumps(self.cose) if key is None else key
        return data + (b"" if extensions is None else cbor2.dumps(dict(extensions))) + rest

    def _credential(
        self, response: dict[str, Any], said: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        return {
            "id": base64url(self.credential_id),
            "rawId": base64url(self.credential_id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {"credProps": {"rk": True}},
            "response": response,
            **(said or {}),
        }
