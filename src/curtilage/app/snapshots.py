"""Turns what the control process says into the snapshot of a worker."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from curtilage.app.link_data import encode_budgets, encode_group, parse_budgets, parse_group
from curtilage.app.settings import Settings, reread_settings
from curtilage.app.standing_data import parse_book, parse_caller_budgets
from curtilage.consent.combine import Earlier, Lineage
from curtilage.consent.corrections import Correction, Corrections, Verdict
from curtilage.consent.models import Policy
from curtilage.consent.versions import PastPolicy
from curtilage.consent.wire import parse_policy
from curtilage.core.clock import encode_instant, parse_instant
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey, TenantId
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.gateway.prices import PriceTable
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.settings import UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.models import ApiKey, KeyTable


@dataclass(frozen=True, slots=True)
class SnapshotBuilder:
    """Builds snapshots from plain data, with the environment read at start-up.

    `vocabulary` is everything that is looked for, as `category:TYPE`."""

    settings: Settings
    environment: Mapping[str, str]
    vocabulary: frozenset[str] = frozenset()

    def build(self, raw: Mapping[str, Any]) -> Snapshot:
        settings = reread_settings(self.settings, raw["configuration"])
        past = tuple(parse_past(each) for each in raw["past"])
        lineage = _trace(raw["policy"]["name"], raw["policy"]["text"], past, self.vocabulary)
        return Snapshot(
            generation=raw["generation"],
            tenant=TenantId(raw["tenant"]),
            keys=KeyTable(parse_key(key) for key in raw["keys"]),
            policy=lineage.newest,
            routes=RouteTable(
                settings.routes, settings.upstreams, keeper=settings.gateway.conversations
            ),
            settings=settings.gateway,
            upstreams=settings.upstreams,
            credentials=self._credentials(settings.upstreams),
            lineage=lineage if past else None,
            corrections=parse_corrections(raw["corrections"]),
            shadow=_read(**raw["shadow"]) if raw["shadow"] else None,
            prices=PriceTable(settings.prices),
            canaries=CanaryKey(bytes.fromhex(raw["canaries"])) if raw["canaries"] else None,
            tokens=parse_book(raw["tokens"], parse_caller_budgets(raw["caller_budgets"])),
        )

    def _credentials(self, upstreams: Mapping[str, UpstreamSettings]) -> dict[str, str]:
        return {
            name: self.environment[upstream.api_key_env]
            for name, upstream in upstreams.items()
            if upstream.api_key_env and self.environment.get(upstream.api_key_env)
        }


def renew_tokens(snapshot: Snapshot, raw: Mapping[str, Any]) -> Snapshot:
    """The same, with what tokens stand on now."""
    budgets = snapshot.tokens.budgets if snapshot.tokens else CallerBudgets()
    return replace(snapshot, tokens=parse_book(raw["tokens"], budgets))


@lru_cache(maxsize=2)  # a new key makes a new snapshot, and mostly no new policy
def _trace(
    name: str, text: str, past: tuple[PastPolicy, ...], vocabulary: frozenset[str]
) -> Lineage:
    """The policies, read. Pure but for what a `Lineage` keeps for itself."""
    earlier = [Earlier(_read(each.name, each.text), each.until) for each in past]
    return Lineage(_read(name, text), earlier, vocabulary)


@lru_cache(maxsize=64)
def _read(name: str, text: str) -> Policy:
    return parse_policy(text.encode(), name)


def encode_past(past: PastPolicy) -> dict[str, Any]:
    return {"name": past.name, "text": past.text, "until": encode_instant(past.until)}


def parse_past(raw: Mapping[str, Any]) -> PastPolicy:
    return PastPolicy(raw["name"], raw["text"], parse_instant(raw["until"]))


def encode_corrections(corrections: Corrections) -> dict[str, Any]:
    """For the worker, with the key: it hashes what it finds."""
    return {
        "key": corrections.key.hex(),
        "over": sorted(corrections.over),
        "entries": [
            {
                "id": each.id,
                "verdict": each.verdict.value,
                "qualified": each.qualified,
                "digest": each.digest.hex(),
                "shape": [each.words, each.length],
                "made_at": encode_instant(each.made_at),
                "ends_at": encode_instant(each.ends_at),
            }
            for each in corrections.entries
        ],
    }


def parse_corrections(raw: Mapping[str, Any]) -> Corrections | None:
    """None where nothing was said. Who said it and why stays behind."""
    entries = [
        Correction(
            id=each["id"],
            verdict=Verdict(each["verdict"]),
            qualified=each["qualified"],
            digest=bytes.fromhex(each["digest"]),
            words=each["shape"][0],
            length=each["shape"][1],
            reason="",
            author=PrincipalId(""),
            made_at=parse_instant(each["made_at"]),
            ends_at=parse_instant(each["ends_at"]),
        )
        for each in raw["entries"]
    ]
    key, over = bytes.fromhex(raw["key"]), frozenset(raw["over"])
    return Corrections(key, entries, over) if entries else None


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
