"""An API of an app: access tokens of its issuer, sent by whoever they were given to."""

from dataclasses import dataclass, field
from hashlib import sha256

from curtilage.core.clock import Clock
from curtilage.core.door import Call, Reply
from curtilage.core.errors import CurtilageError
from curtilage.identity.relying.host import find_base
from curtilage.identity.relying.issuer import Issuer
from curtilage.identity.relying.models import Standing
from curtilage.identity.relying.ports import SessionStore
from curtilage.identity.relying.replies import encode_challenge, encode_resource
from curtilage.identity.relying.session import Session
from curtilage.identity.relying.wire.tokens import purposes_of
from curtilage.identity.token_cache import TokenCache
from curtilage.identity.wire.access_tokens import AccessToken
from curtilage.identity.wire.dpop import VerifiedProof, find_proof, verify_proof
from curtilage.identity.wire.errors import JoseReason, JoseRefused
from curtilage.identity.wire.jwk import KeySet
from curtilage.identity.wire.presented import (
    Presented,
    Scheme,
    parse_authorization,
    verify_binding,
)
from curtilage.identity.wire.resource_metadata import described_at, find_path


@dataclass(slots=True)
class BearerService:
    """Verifies `Authorization: Bearer` and `DPoP` (RFC 6750, RFC 9449 §7) for one audience."""

    issuer: Issuer
    audience: str
    base_url: str
    seen: SessionStore  # proofs, each good once
    clock: Clock
    _cache: TokenCache = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._cache = TokenCache(self.issuer.name, self.audience, KeySet())

    @property
    def described_at(self) -> str:
        """The path of the resource's metadata (RFC 9728 §3.1); "" for one that is no URL."""
        return find_path(self.audience)

    def describe(self) -> Reply:
        """That metadata: who gives tokens for this API."""
        return encode_resource(self.audience, self.issuer.name)

    def refuse(self, error: CurtilageError) -> Reply:
        """How a sender of tokens is turned away, with what would be taken instead."""
        return encode_challenge(error, metadata=described_at(self.audience))

    async def find(self, call: Call) -> Session | None:
        """Who sends this request; None for one without a token.

        Raises JoseRefused for a token that does not hold, or that another may have sent."""
        presented = parse_authorization(call.values("authorization"))
        if presented is None:
            return None
        token = await self.issuer.verify(lambda keys: self._verify(presented.token, keys))
        proof = None
        if presented.scheme is Scheme.DPOP:
            proof = await self._prove(call, presented)
        verify_binding(token, scheme=presented.scheme, proof=proof)
        return Session(_stand(token), client=token.client_id)

    def _verify(self, raw: str, keys: KeySet) -> AccessToken:
        if keys is not self._cache.keys:
            self._cache.replace_keys(keys)
        return self._cache.verify(raw, at=self.clock.now())

    async def _prove(self, call: Call, presented: Presented) -> VerifiedProof:
        raw = find_proof(call.values("dpop"))
        if raw is None:
            raise JoseRefused(JoseReason.ACCESS_TOKEN)
        at = self.clock.now()
        url = find_base(self.base_url, call) + call.path
        proof = verify_proof(raw, method=call.method, url=url, at=at, access_token=presented.token)
        mark = sha256(f"proof\0{proof.jkt}\0{proof.jti}".encode("utf-8", "surrogatepass")).digest()
        if not await self.seen.once(mark, at=at, until=proof.forget_at):
            raise JoseRefused(JoseReason.TOO_OLD)
        return proof


def _stand(token: AccessToken) -> Standing:
    return Standing(
        subject=token.subject,
        acr=token.acr,
        amr=token.amr,
        authenticated_at=token.authenticated_at,
        scopes=token.scopes,
        purposes=token.purposes | purposes_of(token.scopes),
    )
