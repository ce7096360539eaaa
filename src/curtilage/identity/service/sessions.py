"""Sign in and out, and tell who is behind a session.

Whatever is wrong with an attempt, the same work is done and the same refusal
comes out: a name that is not there is compared with nobody's passphrase, and
counted like one that is. Attempts are counted under keyed hashes; addresses
and tried names are stored nowhere.
"""

import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.acts import Pseudonyms
from curtilage.core.authority import ADMINISTRATOR, Authority
from curtilage.core.canonical import Json
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.entropy import Entropy
from curtilage.core.errors import InputError
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalId, PrincipalKind, TenantId
from curtilage.core.page import NewSession
from curtilage.identity.errors import SignInRefused, TooManyAttempts
from curtilage.identity.models import Administrator, Attempts, LiveSession, Session
from curtilage.identity.passphrases import normalise_passphrase
from curtilage.identity.ports import (
    AdministratorStore,
    Passphrases,
    SessionStore,
)
from curtilage.identity.rules import SESSION_LIMIT, is_live, needs_seen, parse_name, sign_in_name_of
from curtilage.identity.throttle import (
    FORGET_AFTER,
    Tried,
    count_failure,
    count_success,
    wait_before,
)
from curtilage.identity.wire.secrets import find_digest, mint_secret

FORGET_RARE_AFTER = timedelta(minutes=15)  # counters that never made anybody wait


@dataclass(frozen=True, slots=True)
class SessionService:
    """The use cases of signing in. `counter_key` is 32 bytes from the vault."""

    database: Database
    administrators: AdministratorStore
    sessions: SessionStore
    passphrases: Passphrases
    pseudonyms: Pseudonyms
    authority: Authority
    counter_key: bytes = field(repr=False)
    clock: Clock
    ids: Ids
    entropy: Entropy

    async def sign_in(
        self,
        tenant: TenantId,
        *,
        name: str,
        passphrase: str,
        address: str,
        previous: str = "",
    ) -> NewSession:
        """Begin a session; the one of the secret `previous` ends.

        Raises `TooManyAttempts` before anything is looked at, `TooManySignIns`,
        or `SignInRefused`.
        """
        claimed_name, raw = _read_claim(name, passphrase)
        counters = self._counters(tenant, claimed_name, address)
        await self._count(tenant, counters)
        administrator = await self._find(tenant, claimed_name)
        kept = None if administrator is None else administrator.passphrase_hash
        matches = await self.passphrases.matches(kept, raw)
        if administrator is None or not matches:
            await self._refuse(tenant, counters)
            raise SignInRefused
        if self.passphrases.is_outdated(administrator.passphrase_hash):
            await self._rehash(administrator, raw)
        return await self._begin(administrator, counters, previous)

    async def begin(self, administrator: Administrator, *, address: str) -> NewSession:
        """Begin a session for somebody who has just been enrolled."""
        counters = self._counters(administrator.tenant, administrator.sign_in_name, address)
        return await self._begin(administrator, counters, "")

    async def read(self, tenant: TenantId, secret: str) -> LiveSession | None:
        """Who is behind the secret; None for a session that is unknown, ended or expired."""
        digest = find_digest(secret)
        if digest is None:
            return None
        at = self.clock.now()
        async with self.database.read() as connection:
            session = await self.sessions.find(connection, tenant, digest)
            if session is None or not is_live(session, at=at):
                return None
            administrator = await self.administrators.find_by_id(
                connection, tenant, session.administrator
            )
        if administrator is None:
            return None
        if needs_seen(session, at=at):
            async with self.database.begin() as connection:
                await self.sessions.see(connection, tenant, digest, at)
        return self._alive(session, administrator)

    async def find_names(
        self, tenant: TenantId, people: Collection[PrincipalId]
    ) -> Mapping[PrincipalId, str]:
        """What these administrators are called. Asks for no right: callers show it to others."""
        async with self.database.read() as connection:
            found = [
                await self.administrators.find_by_id(connection, tenant, each) for each in people
            ]
        return {each.id: each.name for each in found if each is not None}

    async def sign_out(self, tenant: TenantId, secret: str) -> None:
        """End the session; one that is not there is no error."""
        digest = find_digest(secret)
        if digest is None:
            return
        async with self.database.read() as connection:
            session = await self.sessions.find(connection, tenant, digest)
        if session is None:
            return
        event = await self._event(session, "session.ended")
        async with self.database.begin() as connection:
            if await self.sessions.delete(connection, tenant, digest):
                await outbox.record(connection, event)

    def _counters(self, tenant: TenantId, name: str, address: str) -> Sequence[bytes]:
        """What an attempt counts under: the name, name and address, the address."""
        network = _network_of(address)
        return [
            self._hash("name", tenant, name),
            self._hash("pair", tenant, name, network),
            self._hash("address", tenant, network),
        ]

    def _hash(self, *parts: str) -> bytes:
        framed = b"".join(len(raw).to_bytes(4, "big") + raw for raw in map(str.encode, parts))
        return hmac.new(self.counter_key, framed, sha256).digest()

    async def _count(self, tenant: TenantId, counters: Sequence[bytes]) -> None:
        """Let the attempt in and count it as failed, or raise `TooManyAttempts`."""
        at = self.clock.now()
        async with self.database.begin() as connection:
            await self.sessions.forget_attempts(
                connection, tenant, rare=at - FORGET_RARE_AFTER, all_=at - FORGET_AFTER
            )
            tried = Tried(*await self.sessions.load_attempts(connection, tenant, counters))
            wait = wait_before(tried, at=at)
            if not wait:
                await self._count_failures(connection, tenant, counters, tried, at)
        if wait:
            raise TooManyAttempts(retry_after=max(1, ceil(wait.total_seconds())))

    async def _count_failures(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        counters: Sequence[bytes],
        tried: Tried,
        at: datetime,
    ) -> None:
        for counter, attempts in zip(
            counters, (tried.name, tried.pair, tried.address), strict=True
        ):
            await self.sessions.put_attempts(
                connection, tenant, counter, count_failure(attempts, at=at)
            )

    async def _find(self, tenant: TenantId, name: str) -> Administrator | None:
        async with self.database.read() as connection:
            return await self.administrators.find(connection, tenant, name)

    async def _refuse(self, tenant: TenantId, counters: Sequence[bytes]) -> None:
        """Write down that somebody failed; who it was is a keyed hash that links attempts."""
        facts: dict[str, Json] = {
            "name": counters[0].hex()[:32],
            "address": counters[2].hex()[:32],
        }
        event = Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="session.failed",
            tenant=tenant,
            facts=facts,
        )
        async with self.database.begin() as connection:
            await outbox.record(connection, event)

    async def _rehash(self, administrator: Administrator, raw: bytes) -> None:
        fresh = await self.passphrases.hash(raw)
        async with self.database.begin() as connection:
            await self.administrators.replace_hash(
                connection, administrator.tenant, administrator.id, fresh
            )

    async def _begin(
        self, administrator: Administrator, counters: Sequence[bytes], previous: str
    ) -> NewSession:
        at, tenant = self.clock.now(), administrator.tenant
        secret = mint_secret(self.entropy)
        session = Session(tenant, secret.digest, self.ids.new(), administrator.id, at, at)
        event = await self._event(session, "session.started")
        old = find_digest(previous)
        async with self.database.begin() as connection:
            if old is not None:
                await self.sessions.delete(connection, tenant, old)
            await self.sessions.delete_started_before(connection, tenant, at - SESSION_LIMIT)
            await self.sessions.insert(connection, tenant, session)
            await self.sessions.put_attempts(connection, tenant, counters[0], Attempts())
            await self.sessions.put_attempts(connection, tenant, counters[1], count_success(at=at))
            await outbox.record(connection, event)
        return NewSession(secret.text, at + SESSION_LIMIT)

    def _alive(self, session: Session, administrator: Administrator) -> LiveSession:
        rights = self.authority.rights_of([ADMINISTRATOR])
        principal = administrator.as_principal(rights=rights, signed_in_at=session.started_at)
        return LiveSession(principal, administrator.name, session.id)

    async def _event(self, session: Session, kind: str) -> Event:
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind=kind,
            tenant=session.tenant,
            actor=await self.pseudonyms.pseudonym(session.tenant, session.administrator),
            actor_kind=PrincipalKind.PERSON.value,
            facts={"session": session.id},
        )


def _read_claim(name: str, passphrase: str) -> tuple[str, bytes]:
    """Name and passphrase as they are compared; what cannot be any is compared as nothing."""
    try:
        return sign_in_name_of(parse_name(name)), normalise_passphrase(passphrase)
    except InputError:
        return "", b""


def _network_of(address: str) -> str:
    """What one attacker has at hand: an IPv4 address, or 64 bits of an IPv6 one (RFC 4291)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or parsed.packed[:8].hex())
    return str(parsed)
