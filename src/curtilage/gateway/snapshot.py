"""What the data plane knows at one instant: immutable, built off the path."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from curtilage.consent.models import Policy
from curtilage.core.models import TenantId
from curtilage.gateway.prices import PriceTable
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.settings import GatewaySettings, UpstreamSettings
from curtilage.identity.models import KeyTable

log = logging.getLogger(__name__)


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
    prices: PriceTable = field(default_factory=PriceTable)


@dataclass
class Crier:
    """Says aloud that a worker serves a policy which protects nothing, once for each policy."""

    _known: str = ""

    def take_over(self, policy: Policy) -> None:
        """Call it with the policy of each new snapshot."""
        known, self._known = self._known, policy.reference
        if policy.observe and known != policy.reference:
            extra = {"event": "policy-observes", "reason": policy.reference}
            log.warning(
                "The policy only observes: personal data and secrets leave as they are.",
                extra=extra,
            )
