"""What the data plane knows at one instant: immutable, built off the path."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.consent.models import Policy
from curtilage.core.models import TenantId
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.settings import GatewaySettings, UpstreamSettings
from curtilage.identity.models import KeyTable


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Keys, policy and routes of one generation."""

    generation: str
    tenant: TenantId
    keys: KeyTable
    policy: Policy
    routes: RouteTable
    settings: GatewaySettings
    upstreams: Mapping[str, UpstreamSettings]
    credentials: Mapping[str, str] = field(repr=False)
