"""Turns what the control process says into the snapshot of a worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from curtilage.app.portions import encode_budgets, encode_group, parse_budgets, parse_group
from curtilage.app.settings import Settings, reread_settings
from curtilage.consent.wire import parse_policy
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.gateway.prices import PriceTable
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.models import ApiKey, KeyTable


@dataclass(frozen=True, slots=True)
class SnapshotBuilder:
    """Builds snapshots from plain data, with the environment read at start-up."""

    settings: Settings
    environment: Mapping[str, str]

    def build(self, raw: Mapping[str, Any]) -> Snapshot:
        settings = reread_settings(self.settings, raw["configuration"])
        return Snapshot(
            generation=raw["generation"],
            tenant=TenantId(raw["tenant"]),
            keys=KeyTable(parse_key(key) for key in raw["keys"]),
            policy=parse_policy(raw["policy"]["text"].encode(), raw["policy"]["name"]),
            routes=RouteTable(
                settings.routes, settings.upstreams, keeper=settings.gateway.conversations
            ),
            settings=settings.gateway,
            upstreams=settings.upstreams,
            credentials=self._credentials(settings.upstreams),
            prices=PriceTable(settings.prices),
        )

    def _credentials(self, upstreams: Mapping[str, UpstreamSettings]) -> dict[str, str]:
        return {
            name: self.environment[upstream.api_key_env]
            for name, upstream in upstreams.items()
            if upstream.api_key_env and self.environment.get(upstream.api_key_env)
        }


def encode_key(key: ApiKey) -> dict[str, Any]:
    """A key as plain data for the link. Its digest, never the key: nobody has that."""
    return {
        "id": key.id,
        "tenant": key.tenant,
        "principal": key.principal,
        "name": key.name,
        "digest": key.digest.hex(),
        "created_at": encode_instant(key.created_at),
        "kind": key.kind.value,
        "purposes": sorted(key.purposes),
        "rights": sorted(key.rights),
        "models": sorted(key.models),
        "expires_at": encode_instant(key.expires_at) if key.expires_at else None,
        "revoked_at": encode_instant(key.revoked_at) if key.revoked_at else None,
        "requests_per_minute": key.requests_per_minute,
        "tokens_per_minute": key.tokens_per_minute,
        "budgets": encode_budgets(key.budgets),
        "group": encode_group(key.group),
    }


def parse_key(raw: Mapping[str, Any]) -> ApiKey:
    return ApiKey(
        id=raw["id"],
        tenant=TenantId(raw["tenant"]),
        principal=PrincipalId(raw["principal"]),
        name=raw["name"],
        digest=bytes.fromhex(raw["digest"]),
        created_at=parse_instant(raw["created_at"]),
        kind=PrincipalKind(raw["kind"]),
        purposes=frozenset(PurposeKey(purpose) for purpose in raw["purposes"]),
        rights=frozenset(raw["rights"]),
        models=frozenset(raw["models"]),
        expires_at=parse_instant(raw["expires_at"]) if raw["expires_at"] else None,
        revoked_at=parse_instant(raw["revoked_at"]) if raw["revoked_at"] else None,
        requests_per_minute=raw["requests_per_minute"],
        tokens_per_minute=raw["tokens_per_minute"],
        budgets=parse_budgets(raw["budgets"]),
        group=parse_group(raw["group"]),
    )
