"""Devices without a browser (RFC 8628): they ask here, their person decides elsewhere."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.db import outbox
from curtilage.identity.oauth.errors import (
    Fault,
    RequestRefused,
    TooManyCodes,
    UnknownDeviceCode,
)
from curtilage.identity.oauth.models.clients import Client, Resource
from curtilage.identity.oauth.models.grants import Device, DeviceState, Grant
from curtilage.identity.oauth.models.requests import Authentication
from curtilage.identity.oauth.ports import People
from curtilage.identity.oauth.rules.scopes import choose_resources, choose_scopes, narrow_resource
from curtilage.identity.oauth.service.callers import CallerBook
from curtilage.identity.oauth.service.directory import ClientDirectory
from curtilage.identity.oauth.service.granting import new_grant
from curtilage.identity.oauth.service.ground import Ground, once_digest, see_once
from curtilage.identity.oauth.service.issuing import Issuer, TokenAnswer
from curtilage.identity.oauth.service.tokens import TokenAsk
from curtilage.identity.oauth.settings import DEVICE_INTERVAL, DEVICE_LIFE
from curtilage.identity.oauth.store_ports import DeviceStore, GrantStore, OnceStore
from curtilage.identity.oauth.wire.user_code import find_user_code, mint_user_code
from curtilage.identity.people.service.attempts import network_of
from curtilage.identity.wire.secrets import find_digest, mint_secret

WINDOW = timedelta(minutes=10)
MOST_BY_ADDRESS = 10  # wrong codes from one address in a window; right ones change nothing
MOST_BY_CODE = 20  # looks at one code, from anywhere
MOST_AT_ALL = 5000  # wrong codes from everywhere: of 34 bits this finds one in years
SLOWER = 5  # seconds, RFC 8628 §3.5


@dataclass(frozen=True, slots=True)
class StartedDevice:
    """Both codes, for the device to keep and to show."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)
    interval: int = DEVICE_INTERVAL
    expires_in: timedelta = DEVICE_LIFE


@dataclass(frozen=True, slots=True)
class WaitingDevice:
    """What the person is shown before they decide."""

    device: Device
    client: Client


@dataclass(frozen=True, slots=True)
class _UsedDevice:
    grant: Grant
    refresh: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeviceService:
    """Takes a device and its person through the grant."""

    ground: Ground
    directory: ClientDirectory
    store: DeviceStore
    grants: GrantStore
    callers: CallerBook
    once: OnceStore
    issuer: Issuer
    people: People
    resources: tuple[Resource, ...]

    async def start(self, ask: TokenAsk, *, asked_from: str) -> StartedDevice:
        """Two codes for a device. Raises `RequestRefused`."""
        if ask.parameters.given.get("authorization_details"):
            raise RequestRefused(Fault.INVALID_DETAILS, "Devices cannot ask for permissions.")
        chosen = choose_resources(ask.parameters.all("resource"), ask.client, self.resources)
        scopes = choose_scopes(ask.parameters.words("scope"), ask.client, chosen)
        minted, shown = mint_secret(self.ground.entropy), mint_user_code(self.ground.entropy)
        at = self.ground.now()
        device = Device(
            tenant=self.ground.tenant,
            digest=minted.digest,
            user_digest=self._user_digest(shown),
            client=ask.client.id,
            scopes=scopes,
            resources=tuple(each.uri for each in chosen),
            asked_from=asked_from,
            made_at=at,
            expires_at=at + DEVICE_LIFE,
            interval=DEVICE_INTERVAL,
            jkt=ask.key.jkt,
        )
        event = await self.ground.event(
            self.ground.as_client(ask.client.id), "device.asked", {"client": ask.client.id}
        )
        async with self.ground.database.begin() as connection:
            await see_once(
                self.once, connection, self.ground.tenant, (*ask.proved.once, *ask.key.once)
            )
            await self.store.insert(connection, self.ground.tenant, device)
            await outbox.record(connection, event)
        return StartedDevice(minted.text, shown)

    async def find(self, typed: str, *, peer: str) -> WaitingDevice:
        """The device behind a code. Raises `UnknownDeviceCode` or `TooManyCodes`.

        Wrong codes count against the address and against all, looks at a right one against
        the code; nothing sets a counter back (keycloak#51275)."""
        network = network_of(peer)
        async with self.ground.database.begin() as connection:
            await self._refuse_flood(connection, network)
            device = await self._find(connection, typed)
            if device is None:
                await self._count(connection, "address", network)
                await self._count(connection, "all", "")
        if device is None:
            raise UnknownDeviceCode
        client = await self.directory.find(device.client)
        if client is None:
            raise UnknownDeviceCode
        return WaitingDevice(device, client)

    async def decide(
        self, typed: str, authentication: Authentication, *, allows: bool, peer: str
    ) -> Client:
        """Let the device in, or not. For exactly one decision; raises as `find`."""
        waiting = await self.find(typed, peer=peer)
        kind = "device.approved" if allows else "device.denied"
        event = await self.ground.event(
            self.ground.as_person(authentication.person), kind, {"client": waiting.client.id}
        )
        grant = new_grant(
            self.ground,
            authentication,
            client=waiting.client.id,
            scopes=waiting.device.scopes,
            resources=waiting.device.resources,
            session="",  # the device is not the browser: signing out there ends nothing here
        )
        scopes = grant.scopes if allows else ()
        name = await self.callers.name(waiting.client, grant.person, scopes)
        async with self.ground.database.begin() as connection:
            if not await self.people.hold_active(connection, grant.person):
                raise UnknownDeviceCode  # deleted meanwhile: nothing of theirs is kept after that
            is_decided = await self.store.decide(
                connection,
                self.ground.tenant,
                waiting.device.digest,
                old=DeviceState.PENDING,
                new=DeviceState.APPROVED if allows else DeviceState.DENIED,
                grant=grant if allows else None,
            )
            if not is_decided:
                raise UnknownDeviceCode
            await self.callers.note(connection, name, grant.person)
            await outbox.record(connection, event)
        return waiting.client

    async def redeem(self, ask: TokenAsk) -> TokenAnswer:
        """Tokens once the person allowed it; until then what RFC 8628 §3.5 says."""
        digest = find_digest(ask.parameters.get("device_code"))
        event = await self.ground.event(
            self.ground.as_client(ask.client.id),
            "token.issued",
            {"client": ask.client.id, "grant_type": "device_code", "bound": bool(ask.key.jkt)},
        )
        tenant, at = self.ground.tenant, self.ground.now()
        used: _UsedDevice | None = None
        async with self.ground.database.begin() as connection:
            await see_once(self.once, connection, tenant, (*ask.proved.once, *ask.key.once))
            device = None
            if digest is not None:
                device = await self.store.find(connection, tenant, digest=digest)
            if device is None or device.client != ask.client.id:
                raise RequestRefused(Fault.INVALID_GRANT, "The device code is not known.")
            fault = _judge(device, at=at)
            if fault is None:
                used = await self._use(connection, device, ask)
                await outbox.record(connection, event)
            elif fault in (Fault.AUTHORIZATION_PENDING, Fault.SLOW_DOWN):
                slower = SLOWER if fault is Fault.SLOW_DOWN else 0
                await self.store.poll(
                    connection, tenant, device.digest, at=at, interval=device.interval + slower
                )
        if used is None:
            raise RequestRefused(fault or Fault.INVALID_GRANT)
        if not await self.people.is_active(used.grant.person):
            await self._end(used.grant)
            raise RequestRefused(Fault.INVALID_GRANT, "The person may not sign in any more.")
        return await self.issuer.answer(
            ask.client,
            used.grant,
            scopes=used.grant.scopes,
            resource=narrow_resource(ask.parameters.all("resource"), used.grant.resources),
            jkt=ask.key.jkt,
            refresh=used.refresh,
        )

    async def _use(
        self, connection: AsyncConnection, device: Device, ask: TokenAsk
    ) -> "_UsedDevice":
        """Use a device code up and keep what comes of it, in the caller's transaction."""
        tenant, grant = self.ground.tenant, self._bound(device, ask)
        if not await self.people.hold_active(connection, grant.person):
            raise RequestRefused(Fault.INVALID_GRANT, "The person may not sign in any more.")
        is_first = await self.store.decide(
            connection, tenant, device.digest, old=DeviceState.APPROVED, new=DeviceState.USED
        )
        if not is_first:
            raise RequestRefused(Fault.INVALID_GRANT, "The device code is used up.")
        await self.grants.insert_grant(connection, tenant, grant)
        refresh = self.issuer.first_refresh(ask.client, grant)
        if refresh is not None:
            await self.grants.insert_refresh(connection, tenant, refresh.token)
        return _UsedDevice(grant, refresh.text if refresh else "")

    async def _end(self, grant: Grant) -> None:
        async with self.ground.database.begin() as connection:
            at = self.ground.now()
            await self.grants.revoke(connection, self.ground.tenant, at, grant_id=grant.id)

    def _bound(self, device: Device, ask: TokenAsk) -> Grant:
        """The grant, bound to the key of the device's first request where it showed one."""
        assert device.grant is not None
        if device.jkt and device.jkt != ask.key.jkt:
            raise RequestRefused(Fault.INVALID_DPOP_PROOF, "The proof is by another key.")
        narrow_resource(ask.parameters.all("resource"), device.resources)
        return replace(device.grant, jkt=ask.key.jkt if ask.client.is_public else "")

    async def _find(self, connection: AsyncConnection, typed: str) -> Device | None:
        code = find_user_code(typed)
        if code is None:
            return None
        digest = self._user_digest(code)
        device = await self.store.find(connection, self.ground.tenant, user_digest=digest)
        if device is None or device.state is not DeviceState.PENDING:
            return None
        if self.ground.now() >= device.expires_at:
            return None
        looks = await self._count(connection, "code", code)
        return device if looks <= MOST_BY_CODE else None

    async def _refuse_flood(self, connection: AsyncConnection, network: str) -> None:
        for kind, name, most in (("address", network, MOST_BY_ADDRESS), ("all", "", MOST_AT_ALL)):
            digest = self._counter(kind, name)
            if await self.once.tries(connection, self.ground.tenant, digest) >= most:
                raise TooManyCodes(retry_after=int(WINDOW.total_seconds()))

    async def _count(self, connection: AsyncConnection, kind: str, name: str) -> int:
        until = self.ground.now() + 2 * WINDOW
        return await self.once.count(
            connection, self.ground.tenant, self._counter(kind, name), until
        )

    def _counter(self, kind: str, name: str) -> bytes:
        """A counter's digest, keyed: addresses of people are not kept."""
        span = str(int(self.ground.now().timestamp() // WINDOW.total_seconds()))
        plain = once_digest("device tries", kind, name, span)
        return hmac.digest(self.ground.secrets.tries, plain, hashlib.sha256)

    def _user_digest(self, code: str) -> bytes:
        """Keyed: 34 bits could be found by trying, in a copy of the table."""
        plain = once_digest("user code", find_user_code(code) or "")
        return hmac.digest(self.ground.secrets.tries, plain, hashlib.sha256)


def _judge(device: Device, *, at: datetime) -> Fault | None:
    """Why a device gets nothing yet; None where it gets its tokens."""
    if at >= device.expires_at:
        return Fault.EXPIRED_TOKEN
    if device.state is DeviceState.DENIED:
        return Fault.ACCESS_DENIED
    if device.state is DeviceState.USED:
        return Fault.INVALID_GRANT
    if device.state is DeviceState.APPROVED:
        return None
    early = device.polled_at is not None and at - device.polled_at < timedelta(
        seconds=device.interval
    )
    return Fault.SLOW_DOWN if early else Fault.AUTHORIZATION_PENDING
