"""Sessions of an app, kept sealed under the digest of a cookie; their tokens kept fresh."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from curtilage.core.clock import Clock
from curtilage.core.entropy import Entropy
from curtilage.identity.relying.errors import IssuerBroken, SessionOver
from curtilage.identity.relying.exchange import Exchange
from curtilage.identity.relying.flights import Flights
from curtilage.identity.relying.models import SessionRecord, Standing, Tokens
from curtilage.identity.relying.ports import SessionStore
from curtilage.identity.relying.session import Session
from curtilage.identity.relying.settings import TOKEN_MARGIN, RelyingSettings
from curtilage.identity.relying.wire.kept import Boxes
from curtilage.identity.relying.wire.tokens import purposes_of
from curtilage.identity.wire.errors import JoseRefused
from curtilage.identity.wire.secrets import find_digest, mint_secret

TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sessions:
    """`local` remembers for this process alone which sessions it pushed on."""

    settings: RelyingSettings
    exchange: Exchange
    store: SessionStore
    local: SessionStore
    boxes: Boxes
    clock: Clock
    entropy: Entropy
    flights: Flights

    async def keep(self, record: SessionRecord) -> str:
        """Keep it under a secret that nobody has seen, and give that for the cookie."""
        minted = mint_secret(self.entropy)
        tags = [self.tag("sub", record.standing.subject)]
        if record.sid:
            tags.append(self.tag("sid", record.sid))
        box = self.boxes.seal_session(record, key=minted.digest)
        until = min(record.made_at + self.settings.idle, record.ends_at)
        await self.store.save(minted.digest, box, tags=tuple(tags), until=until)
        return minted.text

    async def find(self, secret: str) -> Session | None:
        """Who is signed in with this cookie; None for every cookie that opens nothing."""
        key = find_digest(secret)
        at = self.clock.now()
        box = await self.store.load(key, at=at) if key else None
        record = self.boxes.find_session(box, key=key) if box and key else None
        if record is None or key is None or record.ends_at <= at:
            return None
        await self._touch(key, record, at)

        async def give_token() -> str:
            return await self._fresh_token(key)

        return Session(record.standing, record.name, self.settings.client_id, give_token)

    async def forget(self, secret: str) -> SessionRecord | None:
        """End the session of this cookie here, and give what it was."""
        key = find_digest(secret)
        box = await self.store.load(key, at=self.clock.now()) if key else None
        if key is None or box is None:
            return None
        await self.store.delete(key)
        return self.boxes.find_session(box, key=key)

    def tag(self, kind: str, value: str) -> bytes:
        """A digest, so that the store names nobody."""
        told = (kind, self.settings.issuer, self.settings.client_id, value)
        return sha256("\0".join(told).encode()).digest()

    async def _touch(self, key: bytes, record: SessionRecord, at: datetime) -> None:
        """Push the idle end on, once a minute in each worker."""
        until = min(at + self.settings.idle, record.ends_at)
        if await self.local.once(key, at=at, until=at + TOUCH_EVERY):
            await self.store.touch(key, until=until)

    async def _fresh_token(self, key: bytes) -> str:
        record = await self._load(key)
        if self._is_fresh(record):
            return record.access_token
        return await self.flights.run((self.settings.issuer, key), lambda: self._refresh(key))

    async def _refresh(self, key: bytes) -> str:
        """New tokens for a session. Another worker may have been there first: its are taken.

        Raises `SessionOver` once the issuer ended it; then it is over here too."""
        record = await self._load(key)
        if self._is_fresh(record):
            return record.access_token
        if not record.refresh_token:
            raise SessionOver
        try:
            tokens = await self.exchange.refresh(record.refresh_token)
        except SessionOver:
            again = await self._load(key)
            if again.refresh_token != record.refresh_token and self._is_fresh(again):
                return again.access_token
            await self.store.delete(key)
            raise
        renewed = await self._renew(record, tokens)
        box = self.boxes.seal_session(renewed, key=key)
        if not await self.store.replace(key, box):
            raise SessionOver  # ended while we asked
        return renewed.access_token

    async def _renew(self, record: SessionRecord, tokens: Tokens) -> SessionRecord:
        """OIDC Core §12.2: an ID token that comes along is about the same sign-in."""
        if tokens.id_token:
            try:
                found = await self.exchange.verify(tokens, nonce=None)
            except JoseRefused:
                raise IssuerBroken("The renewed ID token does not hold.") from None
            if (found.subject, found.sid) != (record.standing.subject, record.sid):
                raise IssuerBroken("The renewed ID token is about somebody else.")
        return replace(
            record,
            standing=_narrow(record.standing, tokens.scopes),
            access_token=tokens.access,
            access_ends_at=self.clock.now() + tokens.life,
            refresh_token=tokens.refresh or record.refresh_token,
            id_token=tokens.id_token or record.id_token,
        )

    async def _load(self, key: bytes) -> SessionRecord:
        box = await self.store.load(key, at=self.clock.now())
        record = self.boxes.find_session(box, key=key) if box else None
        if record is None:
            raise SessionOver
        return record

    def _is_fresh(self, record: SessionRecord) -> bool:
        return record.access_ends_at - self.clock.now() > TOKEN_MARGIN


def _narrow(standing: Standing, granted: frozenset[str] | None) -> Standing:
    """A refresh narrows scopes, and purposes that were granted as such; it never widens."""
    if granted is None:  # as before (RFC 6749 §6)
        return standing
    kept = granted & standing.scopes
    gone = purposes_of(standing.scopes - kept)
    return replace(standing, scopes=kept, purposes=standing.purposes - gone)
