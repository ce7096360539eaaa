"""All that calls need, made once per worker."""

from dataclasses import dataclass, field

from curtilage.core.clock import Clock
from curtilage.gateway.aside import Aside
from curtilage.gateway.engine import Engine
from curtilage.gateway.files.holdings import Holdings
from curtilage.gateway.files.maps import MapRoom
from curtilage.gateway.files.spool import Spools
from curtilage.gateway.ports import Budgets, Limits, SnapshotSource
from curtilage.gateway.proofs import UseProof, use_none
from curtilage.gateway.pulse import Pulse
from curtilage.gateway.recall import Recall
from curtilage.gateway.recording import Registrar
from curtilage.gateway.rejections import Rejections
from curtilage.gateway.replycache import ReplyCache
from curtilage.gateway.sessioncache import Sessions
from curtilage.gateway.storedids import StoredIds
from curtilage.gateway.upstream_calls import UpstreamCalls
from curtilage.gateway.uses import KeyUses


@dataclass(frozen=True, slots=True)
class Services:
    """What the calls of one worker share."""

    engine: Engine
    snapshots: SnapshotSource
    sessions: Sessions
    limits: Limits
    budgets: Budgets
    registrar: Registrar
    upstream_calls: UpstreamCalls
    pulse: Pulse
    rejections: Rejections
    clock: Clock
    recall: Recall
    holdings: Holdings
    stored_ids: StoredIds
    cache: ReplyCache
    maps: MapRoom = field(default_factory=MapRoom)
    spools: Spools = field(default_factory=Spools)
    aside: Aside = field(default_factory=Aside)
    use_proof: UseProof = use_none
    uses: KeyUses = field(default_factory=KeyUses)
