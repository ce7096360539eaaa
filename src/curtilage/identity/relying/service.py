"""Signs people in to an app, and out of it, by an issuer."""

from dataclasses import dataclass, field
from datetime import timedelta
from hmac import compare_digest
from urllib.parse import quote, urlencode

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.identity.relying.errors import (
    LoginReason,
    LoginRefused,
    LoginTooWeak,
    LogoutRefused,
    SessionOver,
)
from curtilage.identity.relying.exchange import Exchange
from curtilage.identity.relying.issuer import Issuer
from curtilage.identity.relying.models import (
    PendingLogin,
    SessionRecord,
    Standing,
    Tokens,
    VerifiedLogin,
)
from curtilage.identity.relying.rules import is_fresh, reaches
from curtilage.identity.relying.sessions import Sessions
from curtilage.identity.relying.settings import LOGIN_LIFE, RelyingSettings
from curtilage.identity.relying.wire.tokens import purposes_of, verify_logout_token
from curtilage.identity.wire.base64url import encode_base64url
from curtilage.identity.wire.claims import SKEW
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.pkce import (
    METHOD,
    challenge_of,
    encode_code_challenge,
    mint_code_verifier,
)


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and what it keeps meanwhile."""

    location: str = field(repr=False)
    login: PendingLogin


@dataclass(frozen=True, slots=True)
class Answer:
    """What the issuer sent the browser back with; as claimed."""

    state: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    issuer: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class RelyingService:
    """The use cases of an app that relies on an issuer."""

    settings: RelyingSettings
    issuer: Issuer
    exchange: Exchange
    sessions: Sessions
    clock: Clock
    entropy: Entropy

    async def begin(
        self, *, redirect_uri: str, onward: str, acr: str = "", max_age: int | None = None
    ) -> Begun:
        """A request to the issuer, bound to this browser (OIDC Core §3.1.2.1)."""
        provider = await self.issuer.provider()
        login = PendingLogin(
            state=self._random(),
            nonce=self._random(),
            verifier=mint_code_verifier(self.entropy),
            onward=onward,
            begun_at=self.clock.now(),
            acr=acr,
            max_age=max_age,
        )
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": self.settings.scope,
            "state": login.state,
            "nonce": login.nonce,
            "code_challenge": encode_code_challenge(challenge_of(login.verifier)),
            "code_challenge_method": METHOD,
            "resource": self.settings.resource,
            "acr_values": acr,
            "max_age": "" if max_age is None else str(max_age),
        }
        given = {name: value for name, value in asked.items() if value}
        return Begun(_with(provider.authorize, given), login)

    async def finish(
        self, answer: Answer, login: PendingLogin | None, *, redirect_uri: str, previous: str = ""
    ) -> tuple[str, PendingLogin]:
        """The secret of the new session; the `previous` one of this browser ends.

        Raises `LoginRefused`, `LoginTooWeak`, `IssuerBroken`, `NoAnswer`."""
        login = await self._judge(answer, login)
        try:
            tokens, found = await self.exchange.redeem(
                answer.code, login, redirect_uri=redirect_uri
            )
        except (JoseRefused, SessionOver):
            raise LoginRefused(LoginReason.TOKEN) from None
        at = self.clock.now()
        standing = _stand(found, tokens, self.settings.scope)
        allowed = None if login.max_age is None else login.max_age + int(SKEW.total_seconds())
        if not reaches(standing.acr, login.acr) or not is_fresh(standing, allowed, at=at):
            raise LoginTooWeak
        try:
            name = await self.exchange.name_of(found, tokens.access)
        except JoseRefused:
            raise LoginRefused(LoginReason.PERSON) from None
        record = SessionRecord(
            standing=standing,
            name=name,
            sid=found.sid,
            made_at=at,
            ends_at=at + self.settings.life,
            access_token=tokens.access,
            access_ends_at=at + tokens.life,
            refresh_token=tokens.refresh,
            id_token=tokens.id_token,
        )
        secret = await self.sessions.keep(record)
        await self.sessions.forget(previous)
        return secret, login

    async def logout_location(self, record: SessionRecord | None, *, onward: str) -> str:
        """Where the issuer ends its own session too (RP-Initiated Logout §2); "" without."""
        provider = await self.issuer.provider()
        if not provider.end_session:
            return ""
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": onward}
        if record is not None and record.id_token:
            asked["id_token_hint"] = record.id_token
        return _with(provider.end_session, asked)

    async def end_by_token(self, raw: str) -> int:
        """End what a logout token of the issuer names, once. Raises `LogoutRefused`."""
        at = self.clock.now()
        try:
            found = await self.issuer.verify(
                lambda keys: verify_logout_token(
                    raw,
                    keys=keys,
                    issuer=self.settings.issuer,
                    client_id=self.settings.client_id,
                    at=at,
                )
            )
        except JoseRefused:
            raise LogoutRefused from None
        mark = self.sessions.tag("jti", found.jti)
        if not await self.sessions.store.once(mark, at=at, until=found.forget_at):
            raise LogoutRefused
        tag = (
            self.sessions.tag("sid", found.sid)
            if found.sid
            else self.sessions.tag("sub", found.subject)
        )
        return await self.sessions.store.end(tag)

    async def _judge(self, answer: Answer, login: PendingLogin | None) -> PendingLogin:
        """What has to hold before anything is sent to anybody (RFC 9700 §2.1, RFC 9207 §2.4)."""
        at = self.clock.now()
        if login is None or not compare_digest(
            login.state.encode(), answer.state.encode("utf-8", "surrogatepass")
        ):
            raise LoginRefused(LoginReason.STATE)
        if not timedelta() <= at - login.begun_at + SKEW <= LOGIN_LIFE + SKEW:
            raise LoginRefused(LoginReason.STATE)
        if answer.issuer != self.settings.issuer:
            raise LoginRefused(LoginReason.ISSUER)
        mark = self.sessions.tag("state", login.state)
        if not await self.sessions.store.once(mark, at=at, until=at + LOGIN_LIFE + SKEW):
            raise LoginRefused(LoginReason.REPLAYED)
        if answer.error or not answer.code:
            raise LoginRefused(LoginReason.DENIED)
        return login

    def _random(self) -> str:
        return encode_base64url(self.entropy.token_bytes(32))


def _stand(found: VerifiedLogin, tokens: Tokens, asked: str) -> Standing:
    """Scopes as granted; all that were asked for where the answer names none (RFC 6749 §5.1)."""
    scopes = frozenset(asked.split()) if tokens.scopes is None else tokens.scopes
    return Standing(
        subject=found.subject,
        acr=found.acr,
        amr=found.amr,
        authenticated_at=found.authenticated_at,
        scopes=scopes,
        purposes=found.purposes | purposes_of(scopes),
    )


def _with(address: str, asked: dict[str, str]) -> str:
    mark = "&" if "?" in address else "?"
    return address + mark + urlencode(asked, quote_via=quote)
