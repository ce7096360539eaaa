"""What several stores write alike: optional instants, lists, grants as JSON."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, TenantId
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.wire.kept_request import describe_claims, restore_claims


def insert_into(connection: AsyncConnection, table: Table) -> Any:
    """An insert that understands `on_conflict_…`, whichever database it is for."""
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    return kind.insert(table)


def write_optional(at: datetime | None) -> str | None:
    """An instant for a column that may hold none."""
    return None if at is None else encode_instant(at)


def read_optional(raw: str | None) -> datetime | None:
    """The instant of such a column."""
    return None if raw is None else parse_instant(raw)


def write_list(values: Iterable[str]) -> str:
    """Texts in order, as JSON."""
    return orjson.dumps(list(values)).decode()


def read_list(text: str) -> tuple[str, ...]:
    return tuple(orjson.loads(text))


def write_grant(grant: Grant) -> str:
    """A grant without the columns that are asked for: those stand beside it."""
    return orjson.dumps(
        {
            "id": grant.id,
            "client": grant.client,
            "person": grant.person,
            "session": grant.session,
            "scopes": grant.scopes,
            "resources": grant.resources,
            "auth_time": encode_instant(grant.auth_time),
            "acr": grant.acr,
            "amr": grant.amr,
            "made_at": encode_instant(grant.made_at),
            "expires_at": encode_instant(grant.expires_at),
            "claims": describe_claims(grant.claims),
            "jkt": grant.jkt,
            "details": grant.details,
        }
    ).decode()


def read_grant(tenant: str, text: str, revoked_at: str | None = None) -> Grant:
    """What `write_grant` wrote."""
    fields = orjson.loads(text)
    return Grant(
        id=fields["id"],
        tenant=TenantId(tenant),
        client=fields["client"],
        person=PrincipalId(fields["person"]),
        session=fields["session"],
        scopes=tuple(fields["scopes"]),
        resources=tuple(fields["resources"]),
        auth_time=parse_instant(fields["auth_time"]),
        acr=fields["acr"],
        amr=tuple(fields["amr"]),
        made_at=parse_instant(fields["made_at"]),
        expires_at=parse_instant(fields["expires_at"]),
        claims=restore_claims(fields["claims"]),
        jkt=fields["jkt"],
        details=tuple(fields["details"]),
        revoked_at=read_optional(revoked_at),
    )
