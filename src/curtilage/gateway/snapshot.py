"""What the data plane knows at one instant: immutable, built off the path."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from curtilage.consent.combine import Lineage
from curtilage.consent.corrections import Corrections, Dictionary
from curtilage.consent.models import Policy
from curtilage.core.models import TenantId
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.gateway.prices import PriceTable
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.settings import GatewaySettings, UpstreamSettings
from curtilage.identity.models import KeyTable
from curtilage.identity.token_callers import TokenBook

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Keys, policy and routes of one generation.

    `policy` is the one in force; a conversation that began under another is held
    to both, see `held_to`, which also finds the `dictionary` of the `corrections`
    that hold in it. `canaries` is there once one was minted.
    Without `tokens` no access token is taken. `shadow` is asked too, for comparison, and decides nothing.
    """

    generation: str
    tenant: TenantId
    keys: KeyTable
    policy: Policy
    routes: RouteTable
    settings: GatewaySettings
    upstreams: Mapping[str, UpstreamSettings]
    credentials: Mapping[str, str] = field(repr=False)
    prices: PriceTable = field(default_factory=PriceTable)
    lineage: Lineage | None = None
    shadow: Policy | None = None
    corrections: Corrections | None = None
    dictionary: Dictionary | None = None
    canaries: CanaryKey | None = None
    tokens: TokenBook | None = None

    def held_to(self, begun_at: datetime | None) -> "Snapshot":
        """This, with the policy and the corrections of a conversation which began then."""
        if self.lineage is None and self.corrections is None:
            return self
        policy = self.lineage.find_policy(begun_at) if self.lineage else self.policy
        dictionary = self.corrections.find_dictionary(begun_at) if self.corrections else None
        if policy is self.policy and dictionary is self.dictionary:
            return self
        return replace(self, policy=policy, lineage=None, dictionary=dictionary, corrections=None)


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
