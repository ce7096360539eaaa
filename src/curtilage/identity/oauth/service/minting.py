"""Makes tokens, and reads back those that we made."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from curtilage.identity.oauth.errors import TokenRefused
from curtilage.identity.oauth.models.clients import Client, SubjectType
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.keys import ACCESS_ALG, KeyService
from curtilage.identity.oauth.settings import ACCESS_LIFE, ID_TOKEN_LIFE, LOGOUT_TOKEN_LIFE
from curtilage.identity.payer_claim import seal_payer
from curtilage.identity.token_callers import audience_of
from curtilage.identity.wire.access_tokens import (
    AccessToken,
    parse_access_token,
    sign_access_token,
)
from curtilage.identity.wire.algorithms import Algorithm
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.claims import verify_claims
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.hash_claims import hash_claim
from curtilage.identity.wire.jose import sign_jwt, verify_jwt
from curtilage.identity.wire.token_kinds import TokenKind

SIGNED_WITH = frozenset({Algorithm.ES256, Algorithm.RS256})
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"  # Back-Channel Logout §2.4
OF_CLIENT = "c"  # begins the `jti` of a token that hangs on no grant


@dataclass(frozen=True, slots=True)
class Minter:
    """Signs with the key of the moment; `kid` is always the one of the real signer."""

    ground: Ground
    keys: KeyService

    async def access_token(
        self,
        client: Client,
        *,
        scopes: tuple[str, ...],
        resource: str,
        jkt: str = "",
        grant: Grant | None = None,
        details: tuple[str, ...] = (),
        rights: frozenset[str] = frozenset(),
    ) -> str:
        """An access token (RFC 9068 §2.2) for one resource; without, for our own endpoints.

        `rights` are what its holder may do beyond calling, of those that scopes ask for."""
        at = self.ground.now().replace(microsecond=0)
        jti = f"{grant.id if grant else OF_CLIENT}.{self._random()}"
        token = AccessToken(
            issuer=self.ground.settings.issuer,
            subject=self.ground.subject_of(client, grant.person) if grant else client.id,
            audience=(resource or self.ground.settings.issuer,),
            client_id=client.id,
            jti=jti,
            issued_at=at,
            expires_at=at + ACCESS_LIFE,
            scopes=frozenset(scopes),
            authenticated_at=grant.auth_time if grant else None,
            acr=grant.acr if grant else "",
            amr=grant.amr if grant else (),
            jkt=jkt,
            details=details,
            rights=rights,
            payer=self._seal_payer(client, grant, resource, jti),
        )
        return sign_access_token(token, key=await self.keys.signer(ACCESS_ALG))

    async def id_token(
        self, client: Client, grant: Grant, *, nonce: str, access_token: str, more: dict[str, Any]
    ) -> str:
        """An ID token (OpenID Connect Core §2) with `more` about the person."""
        at = self.ground.now()
        key = await self.keys.signer(client.id_token_alg)
        claims: dict[str, Any] = {
            **more,
            "iss": self.ground.settings.issuer,
            "sub": self.ground.subject_of(client, grant.person),
            "aud": client.id,
            "iat": int(at.timestamp()),
            "exp": int((at + ID_TOKEN_LIFE).timestamp()),
            "at_hash": hash_claim(access_token, algorithm=key.algorithm),
            **_authentication(grant),
        }
        if grant.session:
            claims["sid"] = self.ground.sid_of(client, grant.session)
        if nonce:
            claims["nonce"] = nonce
        return sign_jwt(claims, kind=TokenKind.ID_TOKEN, key=key)

    async def logout_token(self, client: Client, *, subject: str, session: str) -> str:
        """A logout token (Back-Channel Logout §2.4); without `session` for all of a person's."""
        at = self.ground.now()
        claims: dict[str, Any] = {
            "iss": self.ground.settings.issuer,
            "aud": client.id,
            "sub": subject,
            "iat": int(at.timestamp()),
            "exp": int((at + LOGOUT_TOKEN_LIFE).timestamp()),
            "jti": self._random(),
            "events": {LOGOUT_EVENT: {}},
        }
        if session:
            claims["sid"] = self.ground.sid_of(client, session)
        key = await self.keys.signer(client.id_token_alg)
        return sign_jwt(claims, kind=TokenKind.LOGOUT_TOKEN, key=key)

    async def verify_access_token(self, raw: str) -> AccessToken:
        """A token of ours that has not expired. Raises `TokenRefused`."""
        try:
            token = verify_jwt(
                raw,
                kind=TokenKind.ACCESS_TOKEN,
                keys=await self.keys.verifying(),
                algorithms=SIGNED_WITH,
            )
            issuer = self.ground.settings.issuer
            verify_claims(token.claims, now=self.ground.now(), issuer=issuer, skew=timedelta(0))
            return parse_access_token(token.claims)
        except JoseRefused:
            raise TokenRefused from None

    async def verify_hint(self, raw: str) -> Mapping[str, Any]:
        """Claims of an ID token of ours, also of one that expired. Raises JoseRefused."""
        token = verify_jwt(
            raw, kind=TokenKind.ID_TOKEN, keys=await self.keys.verifying(), algorithms=SIGNED_WITH
        )
        issued = datetime.fromtimestamp(float(token.claims["iat"]), self.ground.now().tzinfo)
        verify_claims(token.claims, now=issued, issuer=self.ground.settings.issuer)
        return token.claims

    def _seal_payer(self, client: Client, grant: Grant | None, resource: str, jti: str) -> str:
        """Whose budgets a token for the gateway draws on, where it does not name them."""
        is_ours = resource == audience_of(self.ground.settings.base)
        if grant is None or client.subject_type is SubjectType.PUBLIC or not is_ours:
            return ""
        key, entropy = self.ground.secrets.payer, self.ground.entropy
        return seal_payer(key, grant.person, jti=jti, entropy=entropy)

    def _random(self) -> str:
        return encode_base64url(self.ground.entropy.token_bytes(16))


def grant_of(token: AccessToken) -> str:
    """The grant that a token of ours hangs on, "" where a client acts for itself."""
    return token.jti.partition(".")[0].removeprefix(OF_CLIENT)


def _authentication(grant: Grant) -> dict[str, Any]:
    told: dict[str, Any] = {"auth_time": int(grant.auth_time.timestamp())}
    if grant.acr:
        told["acr"] = grant.acr
    if grant.amr:
        told["amr"] = list(grant.amr)
    return told
