"""The gateway's way of a model call inside an application: no service, no record.

The same field maps, policies, decisions and rewriters, under a key that is
drawn for the process and dies with it. What is missing on purpose: API keys,
budgets, the ledger, routing.
"""

from dataclasses import dataclass

from curtilage.app.cache_dir import make_user_cache
from curtilage.app.detection import make_engine
from curtilage.app.errors import NotProtectedHere
from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.entropy import Entropy
from curtilage.core.models import PrincipalId, PurposeKey, Scope, TenantId
from curtilage.core.settings import environment
from curtilage.detect.scanner import build_scanner
from curtilage.gateway.admitting import EPOCH_START, Admitted
from curtilage.gateway.engine import Engine
from curtilage.gateway.headers import CallerHeaders
from curtilage.gateway.records import Account
from curtilage.gateway.replying import restore_whole
from curtilage.gateway.request import Inbound, Outbound
from curtilage.gateway.routes import RouteTable
from curtilage.gateway.session import open_session
from curtilage.gateway.settings import GatewaySettings, RouteSettings, UpstreamSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol, StreamRewriter
from curtilage.identity.models import USUAL_RIGHTS, ApiKey, KeyTable
from curtilage.vault.models import LoadedScope

TENANT, APPLICATION = TenantId("process"), PrincipalId("application")
VERSION_PREFIX = "/v1"  # stands in the base URL of SDKs


@dataclass(frozen=True, slots=True)
class LocalCall:
    """One call that may leave, and the way back."""

    body: bytes
    _protocol: RouteProtocol
    _inbound: Inbound
    _outbound: Outbound

    def restore(self, raw: bytes, *, status: int) -> bytes:
        """A whole reply with its values."""
        return restore_whole(
            raw,
            status=status,
            protocol=self._protocol,
            inbound=self._inbound,
            outbound=self._outbound,
        )[0]

    def rewriter(self) -> StreamRewriter | None:
        """What restores a streamed reply; None where nothing streams."""
        make, outbound = self._protocol.rewriter, self._outbound
        if make is None:
            return None
        return make(outbound.held, self._inbound.facts, outbound.outbound_tools)


class LocalGateway:
    """Protects the calls of one application to the provider that `dialect` names."""

    def __init__(
        self,
        entropy: Entropy,
        *,
        dialect: str,
        policy: str,
        purpose: str,
        scope: str,
        names: bool = True,
    ) -> None:
        """Raises UnknownPolicy."""
        self._protocols = [each for each in PROTOCOLS.values() if each.dialect.name == dialect]
        self._snapshot = _snapshot(PolicyShelf().load(policy), dialect)
        self._engine = _engine(entropy.token_bytes(32), names=names)
        named = Scope(TENANT, APPLICATION, None, "session", scope)
        self._admitted = _admitted(named, PurposeKey(purpose))
        key = (0, entropy.token_bytes(32))
        self._session = open_session(LoadedScope(named, key, (), "", "", b""), entropy)

    def find(self, path: str) -> RouteProtocol | None:
        """The operation behind a path, wherever the provider's address puts it."""
        return next(
            (each for each in self._protocols if path.endswith(_place(each))),
            None,
        )

    def begin(self, path: str, raw: bytes) -> LocalCall:
        """What may leave of a call. Raises an InputError or DeniedError; then nothing may."""
        protocol = self.find(path)
        if protocol is None:
            raise NotProtectedHere
        inbound, outbound = self._engine.take_in(
            self._snapshot, self._admitted, protocol, raw, self._session, account=Account()
        )
        return LocalCall(outbound.body, protocol, inbound, outbound)

    def error(self, path: str, problem: Exception) -> tuple[int, bytes]:
        """A refusal in the shape that the provider's SDK expects."""
        protocol = self.find(path) or self._protocols[0]
        return protocol.error_body(problem, "")


def _place(protocol: RouteProtocol) -> str:
    return protocol.path.removeprefix(VERSION_PREFIX)


def _engine(cache_key: bytes, *, names: bool) -> Engine:
    """Compiled patterns are kept in the user's cache: compiling them takes seconds."""
    kept = make_user_cache(environment())
    return make_engine(build_scanner(kept, names=names), cache_key, cache_dir=kept)


def _snapshot(policy: Policy, dialect: str) -> Snapshot:
    upstreams = {"application": UpstreamSettings(dialect)}
    return Snapshot(
        generation="1",
        tenant=TENANT,
        keys=KeyTable(),
        policy=policy,
        routes=RouteTable((RouteSettings("*", "application"),), upstreams),
        settings=GatewaySettings(),
        upstreams=upstreams,
        credentials={},
    )


def _admitted(scope: Scope, purpose: PurposeKey) -> Admitted:
    key = ApiKey(
        id="process",
        tenant=TENANT,
        principal=APPLICATION,
        name="application",
        digest=b"",
        created_at=EPOCH_START,
        purposes=frozenset((purpose,)),
        rights=USUAL_RIGHTS,
    )
    headers = CallerHeaders(
        key="",
        credential=None,
        purpose=purpose,
        subject="",
        session="",
        collection="",
        forwarded=(),
        encoding="",
    )
    return Admitted(key, key.as_principal(), purpose, scope, headers)
