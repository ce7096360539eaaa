"""Requests of devices: rows and back."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import TenantId
from curtilage.identity.oauth.models.grants import Device, DeviceState, Grant
from curtilage.identity.oauth.store.rows import (
    read_grant,
    read_list,
    read_optional,
    write_grant,
    write_list,
    write_optional,
)
from curtilage.identity.oauth.store.tables import DEVICE


class SqlDeviceStore:
    """Devices that wait for their person."""

    async def insert(self, connection: AsyncConnection, tenant: TenantId, device: Device) -> None:
        row = {
            "tenant": tenant,
            "digest": device.digest,
            "user_digest": device.user_digest,
            "client": device.client,
            "scopes": write_list(device.scopes),
            "resources": write_list(device.resources),
            "asked_from": device.asked_from[:64],
            "made_at": encode_instant(device.made_at),
            "expires_at": encode_instant(device.expires_at),
            "interval": device.interval,
            "state": device.state.value,
            "polled_at": write_optional(device.polled_at),
            "jkt": device.jkt,
            "grant_body": None if device.grant is None else write_grant(device.grant),
        }
        await connection.execute(insert(DEVICE).values(row))

    async def find(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        *,
        digest: bytes | None = None,
        user_digest: bytes | None = None,
    ) -> Device | None:
        """By either of its codes, held against others until the transaction ends."""
        column = DEVICE.c.digest if digest is not None else DEVICE.c.user_digest
        rows = await connection.execute(
            select(DEVICE)
            .where(
                DEVICE.c.tenant == tenant, column == (digest if digest is not None else user_digest)
            )
            .with_for_update()
        )
        row = rows.one_or_none()
        return None if row is None else _read(row)

    async def decide(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        old: DeviceState,
        new: DeviceState,
        grant: Grant | None = None,
    ) -> bool:
        """From one state to the next; True for exactly one caller."""
        values: dict[str, Any] = {"state": new.value}
        if grant is not None:
            values["grant_body"] = write_grant(grant)
        result = await connection.execute(
            update(DEVICE)
            .where(
                DEVICE.c.tenant == tenant, DEVICE.c.digest == digest, DEVICE.c.state == old.value
            )
            .values(values)
        )
        return result.rowcount == 1

    async def poll(
        self,
        connection: AsyncConnection,
        tenant: TenantId,
        digest: bytes,
        *,
        at: datetime,
        interval: int,
    ) -> None:
        await connection.execute(
            update(DEVICE)
            .where(DEVICE.c.tenant == tenant, DEVICE.c.digest == digest)
            .values(polled_at=encode_instant(at), interval=interval)
        )


def _read(row: Any) -> Device:
    return Device(
        tenant=TenantId(row.tenant),
        digest=bytes(row.digest),
        user_digest=bytes(row.user_digest),
        client=row.client,
        scopes=read_list(row.scopes),
        resources=read_list(row.resources),
        asked_from=row.asked_from,
        made_at=parse_instant(row.made_at),
        expires_at=parse_instant(row.expires_at),
        interval=row.interval,
        state=DeviceState(row.state),
        polled_at=read_optional(row.polled_at),
        jkt=row.jkt,
        grant=None if row.grant_body is None else read_grant(row.tenant, row.grant_body),
    )
