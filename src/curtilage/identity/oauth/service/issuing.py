"""What the token endpoint gives for a grant: one answer, whatever was exchanged."""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from curtilage.identity.models import RESTORE
from curtilage.identity.oauth.models.clients import Client, GrantType, Resource
from curtilage.identity.oauth.models.grants import Grant, RefreshToken
from curtilage.identity.oauth.models.requests import PersonClaims
from curtilage.identity.oauth.ports import People
from curtilage.identity.oauth.rules.claims import claims_of
from curtilage.identity.oauth.rules.refresh import expiry_of
from curtilage.identity.oauth.rules.scopes import OPENID, keep_allowed
from curtilage.identity.oauth.service.ground import Ground
from curtilage.identity.oauth.service.minting import Minter
from curtilage.identity.oauth.settings import ACCESS_LIFE
from curtilage.identity.oauth.wire.details import describe_details
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.secrets import find_digest, mint_secret

RIGHTS = frozenset({RESTORE})  # scopes that are rights by the same name


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """The members of a token response (RFC 6749 §5.1). Never logged."""

    members: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NextRefresh:
    """A refresh token to keep, and its text to give."""

    token: RefreshToken
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes answers of the token endpoint."""

    ground: Ground
    minter: Minter
    people: People
    resources: tuple[Resource, ...]

    async def answer(
        self,
        client: Client,
        grant: Grant | None,
        *,
        scopes: tuple[str, ...],
        resource: str,
        jkt: str = "",
        refresh: str = "",
        nonce: str = "",
        details: tuple[str, ...] = (),
    ) -> TokenAnswer:
        """Tokens for this part of the grant; an ID token where it is about a person.

        Of what its client may have now. Raises `invalid_scope` or `invalid_target`."""
        scopes = keep_allowed(scopes, resource, client, self.resources) if grant else scopes
        access = await self.minter.access_token(
            client,
            scopes=scopes,
            resource=resource,
            jkt=jkt,
            grant=grant,
            details=details,
            rights=await self._find_rights(grant, scopes),
        )
        members: dict[str, Any] = {
            "access_token": access,
            "token_type": "DPoP" if jkt else "Bearer",
            "expires_in": int(ACCESS_LIFE.total_seconds()),
            "scope": " ".join(scopes),
        }
        if details:
            members["authorization_details"] = describe_details(details)
        if refresh:
            members["refresh_token"] = refresh
        if grant is not None and OPENID in scopes:
            members["id_token"] = await self.minter.id_token(
                client,
                grant,
                nonce=nonce,
                access_token=access,
                more=await self._asked_in_token(grant),
            )
        return TokenAnswer(members)

    async def _find_rights(self, grant: Grant | None, scopes: tuple[str, ...]) -> frozenset[str]:
        """A client's by the scopes that it was registered for; a person's by their roles too."""
        asked = RIGHTS.intersection(scopes)
        if grant is None or not asked:
            return asked
        return asked & await self.people.list_rights(grant.person)

    async def _asked_in_token(self, grant: Grant) -> dict[str, Any]:
        """Claims that were asked for by name; those of scopes are for userinfo (§5.4)."""
        if not grant.claims.id_token:
            return {}
        told = describe_person(await self.people.load_claims(grant.person))
        return {name: told[name] for name in sorted(grant.claims.id_token) if name in told}

    def first_refresh(self, client: Client, grant: Grant) -> NextRefresh | None:
        """A refresh token that nobody has seen, for clients that may use one."""
        if not client.may(GrantType.REFRESH):
            return None
        minted = mint_secret(self.ground.entropy)
        return self._keep(grant, minted.text, minted.digest)

    def successor(self, grant: Grant, text: str) -> NextRefresh:
        """The one token that comes after this one.

        A keyed hash of it: whoever asks again with the old one within seconds gets the
        same, and we keep neither in the clear."""
        message = b"refresh successor 1\0" + text.encode("ascii")
        tag = hmac.digest(self.ground.secrets.refresh, message, hashlib.sha256)
        following = encode_base64url(tag)
        digest = find_digest(following)
        assert digest is not None
        return self._keep(grant, following, digest)

    def _keep(self, grant: Grant, text: str, digest: bytes) -> NextRefresh:
        at = self.ground.now()
        token = RefreshToken(
            tenant=self.ground.tenant,
            digest=digest,
            grant=grant.id,
            made_at=at,
            expires_at=expiry_of(grant, at=at),
        )
        return NextRefresh(token, text)


def describe_person(claims: PersonClaims) -> dict[str, Any]:
    """Standard claims (OpenID Connect Core §5.1); what is not known is not there."""
    told: dict[str, Any] = dict(claims.more)
    for name in ("name", "preferred_username", "email", "locale"):
        if value := getattr(claims, name):
            told[name] = value
    if claims.email:
        told["email_verified"] = claims.email_verified
    if isinstance(claims.updated_at, datetime):
        told["updated_at"] = int(claims.updated_at.timestamp())
    return told


def choose_claims(
    claims: PersonClaims, scopes: frozenset[str], asked: frozenset[str]
) -> dict[str, Any]:
    """What of it these scopes and names cover."""
    wanted = claims_of(scopes) | asked
    return {name: value for name, value in describe_person(claims).items() if name in wanted}
