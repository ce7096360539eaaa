"""Puts together what an app needs to rely on an issuer."""

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network

from curtilage.core.clock import Clock, SystemClock
from curtilage.core.entropy import Entropy, SystemEntropy
from curtilage.identity.adapters.fetch import Fetcher
from curtilage.identity.fetching import Fetches
from curtilage.identity.oauth.settings import verify_issuer
from curtilage.identity.relying.bearer import BearerService
from curtilage.identity.relying.doors import Doors
from curtilage.identity.relying.errors import RelyingSetup
from curtilage.identity.relying.exchange import Exchange
from curtilage.identity.relying.flights import Flights
from curtilage.identity.relying.issuer import Issuer
from curtilage.identity.relying.ports import SessionStore
from curtilage.identity.relying.rules import is_base, is_loopback_host
from curtilage.identity.relying.service import RelyingService
from curtilage.identity.relying.sessions import Sessions
from curtilage.identity.relying.settings import RelyingSettings
from curtilage.identity.relying.store.file import FileSessions as FileSessions
from curtilage.identity.relying.store.memory import MemorySessions as MemorySessions
from curtilage.identity.relying.wire.kept import Boxes, derive_key

LOOPBACK = ("127.0.0.0/8", "::1/128")


def build_doors(
    issuer: str,
    client_id: str,
    client_secret: str | None,
    secret_key: str | Sequence[str],
    *,
    base_url: str | None = None,
    scope: str = "openid profile",
    resource: str | None = None,
    redirect_path: str = "/auth/callback",
    login_path: str = "/auth/login",
    logout_path: str = "/auth/logout",
    backchannel_path: str = "/auth/backchannel",
    after_logout: str = "/",
    cookie: str = "curtilage-app",
    life: timedelta = timedelta(hours=12),
    idle: timedelta = timedelta(hours=1),
    store: SessionStore | None = None,
    inside: Sequence[str] = (),
    fetcher: Fetches | None = None,
    clock: Clock | None = None,
    entropy: Entropy | None = None,
) -> Doors:
    """What `SessionMiddleware` stands on. Raises SetupErrors for what cannot work."""
    settings = RelyingSettings(
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret or "",
        secret_keys=(secret_key,) if isinstance(secret_key, str) else tuple(secret_key),
        base_url=base_url or "",
        scope=scope,
        resource=resource or "",
        redirect_path=redirect_path,
        login_path=login_path,
        logout_path=logout_path,
        backchannel_path=backchannel_path,
        after_logout=after_logout,
        cookie=cookie,
        life=life,
        idle=idle,
    )
    clock = clock or SystemClock()
    known = build_issuer(issuer, inside=inside, fetcher=fetcher, clock=clock)
    return _build_doors(
        settings, known, store or MemorySessions(), clock, entropy or SystemEntropy()
    )


def _build_doors(
    settings: RelyingSettings, known: Issuer, store: SessionStore, clock: Clock, entropy: Entropy
) -> Doors:
    boxes = Boxes([derive_key(each) for each in settings.secret_keys], entropy)
    exchange = Exchange(settings, known)
    sessions = Sessions(
        settings=settings,
        exchange=exchange,
        store=store,
        local=MemorySessions(),
        boxes=boxes,
        clock=clock,
        entropy=entropy,
        flights=Flights(),
    )
    service = RelyingService(settings, known, exchange, sessions, clock, entropy)
    return Doors(settings, service, sessions, boxes)


def build_bearer(
    issuer: str,
    audience: str,
    *,
    base_url: str | None = None,
    store: SessionStore | None = None,
    inside: Sequence[str] = (),
    fetcher: Fetches | None = None,
    clock: Clock | None = None,
) -> BearerService:
    """What `BearerMiddleware` stands on. Raises SetupErrors for what cannot work."""
    verify_issuer(issuer)
    if not audience or (base_url and not is_base(base_url)):
        raise RelyingSetup("An API needs its `audience`, and a base_url without slash at its end.")
    clock = clock or SystemClock()
    known = build_issuer(issuer, inside=inside, fetcher=fetcher, clock=clock)
    return BearerService(
        known, audience, base_url=base_url or "", seen=store or MemorySessions(), clock=clock
    )


def build_issuer(
    name: str, *, inside: Sequence[str], fetcher: Fetches | None, clock: Clock
) -> Issuer:
    """An issuer on this machine is called there; elsewhere no address inside is."""
    host = name.partition("://")[2].partition("/")[0]
    networks = _networks([*inside, *(LOOPBACK if is_loopback_host(host) else ())])
    return Issuer(name, fetcher or Fetcher(inside=networks), clock)


def _networks(named: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(each) for each in named)
    except ValueError:
        raise RelyingSetup("`inside` names networks, such as 10.0.0.0/8.") from None
