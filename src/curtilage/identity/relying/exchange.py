"""The back channel: an app asks its issuer for tokens, and who somebody is."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus, urlencode

from curtilage.identity.relying.errors import IssuerBroken, SessionOver
from curtilage.identity.relying.issuer import OK, Issuer
from curtilage.identity.relying.models import PendingLogin, Tokens, VerifiedLogin
from curtilage.identity.relying.settings import RelyingSettings
from curtilage.identity.relying.wire.tokens import parse_tokens, verify_id_token, verify_person
from curtilage.identity.wire.strict_json import parse_object

FORM = "application/x-www-form-urlencoded"
REFUSED = (400, 401)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Asks the token endpoint and verifies what it gives."""

    settings: RelyingSettings
    issuer: Issuer

    async def redeem(
        self, code: str, login: PendingLogin, *, redirect_uri: str
    ) -> tuple[Tokens, VerifiedLogin]:
        """Tokens for a code, and who signed in. Raises `SessionOver` where the code is none,
        JoseRefused, `IssuerBroken`, `NoAnswer`."""
        asked = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": login.verifier,
        }
        tokens = await self._ask(asked)
        return tokens, await self.verify(tokens, nonce=login.nonce)

    async def refresh(self, refresh_token: str) -> Tokens:
        """New tokens. Raises `SessionOver` where the issuer gives none any more."""
        return await self._ask({"grant_type": "refresh_token", "refresh_token": refresh_token})

    async def verify(self, tokens: Tokens, *, nonce: str | None) -> VerifiedLogin:
        """What the ID token says, under keys that are asked for anew where none fits."""
        at = self.issuer.clock.now()
        return await self.issuer.verify(
            lambda keys: verify_id_token(
                tokens.id_token,
                keys=keys,
                issuer=self.settings.issuer,
                client_id=self.settings.client_id,
                nonce=nonce,
                access_token=tokens.access,
                at=at,
            )
        )

    async def name_of(self, login: VerifiedLogin, access_token: str) -> str:
        """What to call them: as the ID token says, else userinfo, where it is about them.

        Raises JoseRefused where it is about somebody else (OIDC Core §5.3.4)."""
        provider = await self.issuer.provider()
        if login.name or not provider.userinfo or "profile" not in self.settings.scope.split():
            return login.name
        headers = (("Authorization", f"Bearer {access_token}"), ("Accept", "application/json"))
        answer = await self.issuer.fetcher.get(provider.userinfo, headers=headers)
        if answer.status != OK:
            return ""
        return verify_person(answer.body, subject=login.subject)

    async def _ask(self, asked: Mapping[str, str]) -> Tokens:
        settings, provider = self.settings, await self.issuer.provider()
        headers = [("Content-Type", FORM), ("Accept", "application/json")]
        fields = dict(asked)
        if settings.client_secret:
            headers.append(("Authorization", _basic(settings.client_id, settings.client_secret)))
        else:
            fields["client_id"] = settings.client_id
        if settings.resource:
            fields["resource"] = settings.resource
        answer = await self.issuer.fetcher.call(
            "POST", provider.token, headers=headers, body=urlencode(fields).encode()
        )
        if answer.status in REFUSED and _is_over(answer.body):
            raise SessionOver
        if answer.status != OK:
            raise IssuerBroken("The token endpoint refused; compare client_id and client_secret.")
        return parse_tokens(answer.body)


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749 §2.3.1: both form-encoded first, so that a colon is never in doubt."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _is_over(body: bytes) -> bool:
    try:
        return parse_object(body).get("error") == "invalid_grant"
    except ValueError:
        return False
