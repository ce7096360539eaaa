"""Who calls an endpoint: the client's secret or signature, and the key of a DPoP proof."""

import binascii
import hmac
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from curtilage.identity.oauth.errors import ClientRefused, Fault, RequestRefused
from curtilage.identity.oauth.forms import decode_credential
from curtilage.identity.oauth.models.clients import SECRETS, AuthMethod, Client
from curtilage.identity.oauth.ports import ClientKeys
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.ground import Ground, Once, once_digest
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.client_assertion import (
    ASSERTION_TYPE,
    parse_claimed_client,
    verify_client_assertion,
)
from curtilage.identity.wire.dpop import find_proof, live_nonces, verify_proof
from curtilage.identity.wire.errors import JoseReason, JoseRefused, UnacceptableJwk
from curtilage.identity.wire.jwk import KeySet, parse_key_list
from curtilage.identity.wire.secrets import find_digest

LONGEST_BASIC = 2048


@dataclass(frozen=True, slots=True)
class ProvedClient:
    """A client that proved who it is; `once` must be taken before anything is given."""

    client: Client
    once: tuple[Once, ...] = ()


@dataclass(frozen=True, slots=True)
class ProvedKey:
    """The key of a DPoP proof, "" where none was sent."""

    jkt: str = ""
    once: tuple[Once, ...] = ()


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a request says about who sends it."""

    method: AuthMethod
    client_id: str
    secret: str = ""
    assertion: str = ""


@dataclass(frozen=True, slots=True)
class Prover:
    """Authenticates clients (RFC 6749 §2.3, OpenID Connect Core §9) and keys (RFC 9449)."""

    ground: Ground
    directory: ClientDirectory
    client_keys: ClientKeys

    async def client(
        self, parameters: Parameters, authorization: Sequence[str], *, needs_proof: bool = False
    ) -> ProvedClient:
        """The client, by exactly the one method it is registered with.

        Raises `ClientRefused`. With `needs_proof` a public client is refused as well."""
        claim = _read(parameters, authorization)
        client = await self.directory.find(claim.client_id)
        used_basic = claim.method is AuthMethod.BASIC
        if client is None:
            raise ClientRefused(used_basic=used_basic)
        if client.method is not claim.method or (client.is_public and needs_proof):
            raise ClientRefused(used_basic=used_basic, client=client.id)
        if client.method in SECRETS:
            _verify_secret(client, claim.secret, at=self.ground.now(), used_basic=used_basic)
        if client.method is AuthMethod.KEY:
            return ProvedClient(client, (await self._verify_assertion(client, claim.assertion),))
        return ProvedClient(client)

    async def _verify_assertion(self, client: Client, assertion: str) -> Once:
        try:
            proved = verify_client_assertion(
                assertion,
                client_id=client.id,
                keys=await self._keys(client),
                issuer=self.ground.settings.issuer,
                at=self.ground.now(),
            )
        except (JoseRefused, UnacceptableJwk):
            raise ClientRefused(client=client.id) from None
        return Once(once_digest("assertion", client.id, proved.jti), proved.forget_at)

    async def _keys(self, client: Client) -> KeySet:
        if client.jwks is not None:
            return parse_key_list(client.jwks.get("keys"))
        return await self.client_keys.load(client.jwks_uri)

    def key(
        self,
        headers: Sequence[str],
        *,
        method: str,
        endpoint: str,
        access_token: str | None = None,
        expected_jkt: str | None = None,
    ) -> ProvedKey:
        """The key that the sender holds. Raises `invalid_dpop_proof` or `use_dpop_nonce`."""
        at = self.ground.now()
        nonces = None
        if self.ground.settings.dpop_nonce and access_token is None:
            nonces = live_nonces(self.ground.secrets.nonce, at=at)
        try:
            raw = find_proof(headers)
            if raw is None:
                return ProvedKey()
            proof = verify_proof(
                raw,
                method=method,
                url=self.ground.url_of(endpoint),
                at=at,
                access_token=access_token,
                expected_jkt=expected_jkt,
                expected_nonces=nonces,
            )
        except JoseRefused as refusal:
            raise _proof_refused(refusal) from None
        seen = Once(once_digest("dpop", proof.jkt, proof.jti), proof.forget_at)
        return ProvedKey(proof.jkt, (seen,))


def _proof_refused(refusal: JoseRefused) -> RequestRefused:
    if refusal.reason is JoseReason.NONCE:
        return RequestRefused(Fault.USE_DPOP_NONCE, "Put the nonce of this answer in the proof.")
    return RequestRefused(Fault.INVALID_DPOP_PROOF, "The DPoP proof does not hold.")


def _read(parameters: Parameters, authorization: Sequence[str]) -> _Claim:
    """One method and no more (RFC 6749 §2.3)."""
    assertion = parameters.find("client_assertion")
    secret = parameters.find("client_secret")
    claimed = parameters.find("client_id")
    if len(authorization) + bool(assertion) + bool(secret) > 1:
        raise RequestRefused(Fault.INVALID_REQUEST, "The client is authenticated in two ways.")
    if authorization:
        client_id, secret = _read_basic(authorization[0])
        found = _Claim(AuthMethod.BASIC, client_id, secret=secret)
    elif assertion:
        found = _Claim(AuthMethod.KEY, _subject(parameters, assertion), assertion=assertion)
    elif secret:
        found = _Claim(AuthMethod.POST, claimed, secret=secret)
    else:
        found = _Claim(AuthMethod.NONE, claimed)
    if claimed and claimed != found.client_id:
        raise ClientRefused(used_basic=bool(authorization))
    return found


def _subject(parameters: Parameters, assertion: str) -> str:
    if parameters.find("client_assertion_type") != ASSERTION_TYPE:
        raise ClientRefused
    try:
        return parse_claimed_client(assertion)
    except JoseRefused:
        raise ClientRefused from None


def _read_basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > LONGEST_BASIC:
        raise ClientRefused(used_basic=True)
    try:
        text = b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise ClientRefused(used_basic=True) from None
    client_id, separator, secret = text.partition(":")
    if not separator:
        raise ClientRefused(used_basic=True)
    return decode_credential(client_id), decode_credential(secret)


def _verify_secret(client: Client, claimed: str, *, at: datetime, used_basic: bool) -> None:
    """One hash of 256 random bits: no slow hash is needed, and a flood costs us nothing."""
    digest = find_digest(claimed) or b""
    matches = [
        hmac.compare_digest(digest, secret.digest)
        for secret in client.secrets
        if secret.expires_at is None or at < secret.expires_at
    ]
    if not any(matches):
        raise ClientRefused(used_basic=used_basic, client=client.id)
