"""What is known of one call on its way. Plain values; what is done with them is beside."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.caller import Caller
from curtilage.gateway.exchange.services import Services
from curtilage.gateway.files.maps import Borrowed
from curtilage.gateway.ports import UpstreamReply
from curtilage.gateway.recording import Recording, Who
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.kept_query import KeptQuery
from curtilage.gateway.wire.protocols import RouteProtocol

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Path:
    """What the path of a call says: which operation, of what, and by which model."""

    protocol: RouteProtocol
    kept_id: str = ""
    model: str = ""


@dataclass(slots=True)
class Call:
    """One call. What has no value yet has not been found out: it may end before that."""

    services: Services
    path: Path
    scope: ASGIScope
    record: Recording
    caller: Caller
    query: KeptQuery = field(default_factory=KeptQuery)
    snapshot: Snapshot | None = None
    admitted: Admitted | None = None
    session: Session | None = None
    reply: UpstreamReply | None = None
    tokens_reserved: int = 0
    maps: Borrowed = field(init=False)

    def __post_init__(self) -> None:
        self.maps = self.services.maps.borrow()

    @property
    def protocol(self) -> RouteProtocol:
        return self.path.protocol

    def who(self, snapshot: Snapshot, admitted: Admitted) -> Who:
        """The caller, as the records tell it."""
        client: Sequence[str] | None = self.scope.get("client")
        return Who(snapshot.tenant, admitted, self.session, client[0] if client else "")

    def log_bug(self, what: str) -> None:
        """The place of a bug, and of no value: the log's form leaves messages out."""
        extra = {"event": "bug", "request_id": self.record.request_id}
        log.error(what, extra=extra, exc_info=True)  # noqa: LOG014 -- handlers call it


@dataclass(frozen=True, slots=True)
class Admission:
    """Whose call it is: by what it is judged, who asks, and with which keys."""

    snapshot: Snapshot
    admitted: Admitted
    session: Session


@dataclass(frozen=True, slots=True)
class Ready:
    """A call that may leave: whose it is, what came, and what goes out in its place."""

    admission: Admission
    inbound: Inbound
    outbound: Outbound

    @property
    def snapshot(self) -> Snapshot:
        return self.admission.snapshot

    @property
    def admitted(self) -> Admitted:
        return self.admission.admitted

    @property
    def session(self) -> Session:
        return self.admission.session
