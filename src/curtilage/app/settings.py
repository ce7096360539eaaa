"""The whole configuration: one TOML file, then variables, then flags."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from curtilage.core.db.postgres import is_postgres
from curtilage.core.errors import SetupError
from curtilage.core.settings import (
    Source,
    parse_sources,
    read_section,
    read_sources,
    refuse_unknown,
    section_keys,
)
from curtilage.core.shared.address import MEMORY, STORE, is_address
from curtilage.detect.settings import DetectSettings
from curtilage.gateway.door import Proxies
from curtilage.gateway.prices import PriceSettings, read_prices
from curtilage.gateway.settings import (
    GatewaySettings,
    RouteSettings,
    UpstreamSettings,
    read_gateway,
    read_routes,
    read_upstreams,
)
from curtilage.identity.providers.configuration import read_providers
from curtilage.identity.providers.settings import SECTION as PROVIDERS
from curtilage.identity.providers.settings import ProviderSettings
from curtilage.identity.reveal.settings import ConsoleSettings
from curtilage.identity.settings import IdentitySettings
from curtilage.ledger.settings import IN_STORE, LOGS, LedgerSettings
from curtilage.vault.settings import VaultSettings

MODES = ("production", "dev")
SERVERS = ("granian", "uvicorn")
OPEN_PREFIXES = ("upstreams.", "routes", "prices", "identity.providers.")
SECTIONS = (
    "server",
    "store",
    "identity",
    "console",
    "gateway",
    "detect",
    "ledger",
    "vault",
    "telemetry",
)

# Read anew for each use, so a changed file is taken over at once; `upstreams`, `routes` and
# `prices` are too. Every other setting is read once at the start: a change to it is refused by its name.
TAKEN_OVER = frozenset(
    {
        "gateway.conversations",
        "gateway.default_purpose",
        "gateway.policy",
        "gateway.shadow_policy",
        "gateway.max_body_bytes",
        "gateway.note_to_model",
        "gateway.max_reply_bytes",
        "gateway.read_timeout",
        "gateway.total_timeout",
        "gateway.retries",
    }
)


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where the service listens and keeps things."""

    # the address to listen on; `0.0.0.0`: on all of this machine's
    host: str = "127.0.0.1"
    port: int = 8787  # the port to listen on, shared by all workers
    # gateway processes, 1 to 64: about one for each core, beside the control process
    workers: int = 1
    data_dir: Path = Path(".curtilage")  # database, ledger and compiled patterns; made if missing
    # root key, key table and anchors; made if missing; beside data_dir, neither in the other
    key_dir: Path = Path(".curtilage-keys")
    # the address at which people reach it, for links and `Host`; http://localhost and the port
    # unless given
    public_url: str = ""
    # names that a request may carry in `Host`, beside that of public_url and loopback
    allowed_hosts: tuple[str, ...] = ()
    # sites whose pages may call from a browser, as `https://app.orchard.example`
    allowed_origins: tuple[str, ...] = ()
    # addresses or networks (`10.0.0.0/8`) of proxies in front, whose `X-Forwarded-For` is believed
    trusted_proxies: tuple[str, ...] = ()
    # PEM file of the certificate and its chain: TLS on the port; together with tls_key
    tls_cert: Path | None = None
    tls_key: Path | None = None  # PEM file of its key, without a passphrase
    # the HTTP server: `granian`, or `uvicorn` with the extra of that name
    http: str = "granian"
    mode: str = "production"  # or `dev`: adds the page `/console/_kit`, for who builds pages
    metrics_public: bool = False  # whether `/metrics` answers other machines too


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """Where state is kept: `sqlite` under data_dir, or a `postgresql://` address."""

    # `sqlite`, or `postgresql://user@host/name` with the extra `postgres`; a password may stand
    # in the variable `CURTILAGE__STORE__URL` instead of the file
    url: str = field(default="sqlite", repr=False)
    # where limits a minute are counted and changes announced: `store`, in the database; or
    # `redis://`, `rediss://` (TLS) or `valkey://host:port/0`, with the extra `redis`; or `memory`,
    # for one worker alone
    shared: str = field(default="store", repr=False)


@dataclass(frozen=True, slots=True)
class TelemetrySettings:
    """Traces of calls, without content; needs the extra `otel`."""

    # of an OTLP collector, as `https://collector.example/v1/traces`; no traces unless given
    endpoint: str = ""
    sample: float = 1.0  # the part of calls that is traced, 0 to 1
    trust_callers: bool = False  # go on with the trace that a caller names in `traceparent`


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that was configured, and where each value came from."""

    server: ServerSettings
    store: StoreSettings
    identity: IdentitySettings
    console: ConsoleSettings
    gateway: GatewaySettings
    detect: DetectSettings
    ledger: LedgerSettings
    vault: VaultSettings
    telemetry: TelemetrySettings
    upstreams: Mapping[str, UpstreamSettings]
    routes: tuple[RouteSettings, ...]
    prices: tuple[PriceSettings, ...]
    providers: Mapping[str, ProviderSettings]
    policy_dir: Path | None
    sources: Mapping[str, Source] = field(repr=False)
    file: str = ""
    folder: Path | None = None  # where the file lies: what its paths are meant from

    @property
    def public_url(self) -> str:
        scheme = "https" if self.server.tls_cert else "http"
        return self.server.public_url or f"{scheme}://localhost:{self.server.port}"


def read_settings(
    path: Path | None,
    env: Mapping[str, str],
    flags: Mapping[str, Any],
    *,
    folder: Path | None = None,
) -> Settings:
    """Read and check all of it. Raises a SetupError that names the setting.

    Paths in the file are meant from `folder`, unless given the one that it is in."""
    folder = folder or (path.parent if path else None)
    return build_settings(read_sources(path, env, flags, folder), path.name if path else "", folder)


def build_settings(
    sources: Mapping[str, Source], file: str, folder: Path | None = None
) -> Settings:
    """The settings from their sources; `file` is the name of the configuration file."""
    known = (
        section_keys(ServerSettings, "server")
        | section_keys(StoreSettings, "store")
        | section_keys(IdentitySettings, "identity")
        | section_keys(ConsoleSettings, "console")
        | section_keys(GatewaySettings, "gateway")
        | section_keys(DetectSettings, "detect")
        | section_keys(LedgerSettings, "ledger")
        | section_keys(VaultSettings, "vault")
        | section_keys(TelemetrySettings, "telemetry")
        | {"policy.dir"}
    )
    refuse_unknown(sources, known, OPEN_PREFIXES)
    server = _check_server(read_section(ServerSettings, "server", sources))
    store = _check_store(read_section(StoreSettings, "store", sources), server)
    ledger = _check_ledger(read_section(LedgerSettings, "ledger", sources))
    vault = _check_vault(read_section(VaultSettings, "vault", sources))
    _check_nodes(store, ledger, vault)
    upstreams = read_upstreams(sources)
    policy_dir = sources.get("policy.dir")
    return Settings(
        server=server,
        store=store,
        identity=read_section(IdentitySettings, "identity", sources),
        console=read_section(ConsoleSettings, "console", sources),
        gateway=read_gateway(sources, upstreams),
        detect=read_section(DetectSettings, "detect", sources),
        ledger=ledger,
        vault=vault,
        telemetry=_check_telemetry(read_section(TelemetrySettings, "telemetry", sources)),
        upstreams=upstreams,
        routes=read_routes(sources, upstreams),
        prices=read_prices(sources),
        providers=read_providers(sources),
        policy_dir=_read_folder(policy_dir),
        sources=sources,
        file=file,
        folder=folder,
    )


def _read_folder(source: Source | None) -> Path | None:
    if source is None:
        return None
    if not isinstance(source.value, str | Path) or not str(source.value):
        raise SetupError("The setting policy.dir does not have the right type; expected a path.")
    return source.place(Path(source.value))


def reread_settings(settings: Settings, text: str | None) -> Settings:
    """The settings after the file's text changed; variables and flags stay as they were.

    Raises a SetupError for a bad file, and for a change that needs a restart.
    """
    if text is None:
        return settings
    fixed = {
        name: source
        for name, source in settings.sources.items()
        if source.origin not in ("default", settings.file)
    }
    file, folder = settings.file, settings.folder
    reread = build_settings({**parse_sources(text, file, folder), **fixed}, file, folder)
    before = {**list_values(settings), PROVIDERS: settings.providers}
    _refuse_fixed(before, {**list_values(reread), PROVIDERS: reread.providers})
    return reread


def list_values(settings: Settings) -> dict[str, Any]:
    """The value of every setting with a fixed name, by its dotted name."""
    found = {
        f"{name}.{item.name}": getattr(getattr(settings, name), item.name)
        for name in SECTIONS
        for item in fields(getattr(settings, name))
    }
    return {**found, "policy.dir": settings.policy_dir}


def _refuse_fixed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    for name, value in before.items():
        if name not in TAKEN_OVER and after[name] != value:
            raise SetupError(
                f"A change of the setting {name} needs a restart; nothing was taken over.",
                hint="Restart the service, or put the old value back.",
            )


def _check_server(server: ServerSettings) -> ServerSettings:
    if not 0 <= server.port <= 65535:
        raise SetupError("The setting server.port must be between 0 and 65535.")
    if not 1 <= server.workers <= 64:
        raise SetupError("The setting server.workers must be between 1 and 64.")
    if (server.tls_cert is None) != (server.tls_key is None):
        raise SetupError("The settings server.tls_cert and server.tls_key go together.")
    try:
        Proxies(server.trusted_proxies)
    except ValueError:
        raise SetupError(
            "The setting server.trusted_proxies must hold addresses or networks, such as 10.0.0.0/8."
        ) from None
    if server.mode not in MODES:
        raise SetupError(f"The setting server.mode must be one of {', '.join(MODES)}.")
    if server.http not in SERVERS:
        raise SetupError(f"The setting server.http must be one of {', '.join(SERVERS)}.")
    if server.key_dir.resolve() == server.data_dir.resolve():
        raise SetupError(
            "The settings server.data_dir and server.key_dir name the same folder.",
            hint="Keep keys apart: a backup of the data must not hold what opens it.",
        )
    return server


def _check_telemetry(telemetry: TelemetrySettings) -> TelemetrySettings:
    if telemetry.endpoint and not telemetry.endpoint.startswith(("http://", "https://")):
        raise SetupError("The setting telemetry.endpoint must begin with https:// or http://.")
    if not 0 <= telemetry.sample <= 1:
        raise SetupError("The setting telemetry.sample must be between 0 and 1.")
    return telemetry


def _check_store(store: StoreSettings, server: ServerSettings) -> StoreSettings:
    if store.url != "sqlite" and not is_postgres(store.url):
        raise SetupError("The setting store.url must be `sqlite` or begin with postgresql://.")
    if store.shared not in (MEMORY, STORE) and not is_address(store.shared):
        raise SetupError(
            "The setting store.shared must be `store`, `memory`, or begin with redis://, "
            "rediss:// or valkey://."
        )
    if is_address(store.shared) and store.url == "sqlite":
        raise SetupError(
            "The setting store.shared names a server for several nodes, and store.url is `sqlite`.",
            hint="Nodes that share counters share a database: give store.url a postgresql:// address.",
        )
    if store.shared == MEMORY and server.workers > 1:
        raise SetupError("The setting store.shared may be `memory` with one worker only.")
    return store


def _check_vault(vault: VaultSettings) -> VaultSettings:
    if vault.is_shared and not is_postgres(vault.url):
        raise SetupError("The setting vault.url must be `sqlite` or begin with postgresql://.")
    return vault


def _check_nodes(store: StoreSettings, ledger: LedgerSettings, vault: VaultSettings) -> None:
    """Nodes that share keys share everything: what one keeps for itself the others contradict."""
    if not vault.is_shared:
        return
    if ledger.log != IN_STORE:
        raise SetupError(
            "The setting ledger.log is `files`, and nodes share the keys of vault.url.",
            hint="Nodes with the same keys have one ledger: set ledger.log to `store`.",
        )
    if store.shared == MEMORY:
        raise SetupError(
            "The setting store.shared is `memory`, and nodes share the keys of vault.url.",
            hint="Each node would grant the whole of a limit: set store.shared to `store`, or to a "
            "redis:// address.",
        )


def _check_ledger(ledger: LedgerSettings) -> LedgerSettings:
    if ledger.log not in LOGS:
        raise SetupError(f"The setting ledger.log must be one of {', '.join(LOGS)}.")
    if ledger.url and not is_postgres(ledger.url):
        raise SetupError("The setting ledger.url must begin with postgresql://.")
    if not 1 <= ledger.witness_seconds <= 86_400:
        raise SetupError("The setting ledger.witness_seconds must be between 1 and 86400.")
    if not 1 <= ledger.timestamp_seconds <= 604_800:
        raise SetupError("The setting ledger.timestamp_seconds must be between 1 and 604800.")
    if ledger.timestamp_url and not ledger.timestamp_url.startswith(("http://", "https://")):
        raise SetupError("The setting ledger.timestamp_url must begin with https:// or http://.")
    if ledger.keep_days is not None and not 1 <= ledger.keep_days <= 36_500:
        raise SetupError("The setting ledger.keep_days must be between 1 and 36500.")
    return ledger
