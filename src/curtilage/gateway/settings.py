"""The gateway's part of the settings: `[gateway]`, `[upstreams.*]`, `[[routes]]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from curtilage.core.errors import SetupError
from curtilage.core.settings import Source, read_section, section_keys

PROTOCOLS = ("openai", "anthropic", "mirror")
_PLAIN = re.compile(r"[!-~]+")  # printable ASCII without the space


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How model calls are taken and passed on. Times are in seconds, sizes in bytes."""

    default_purpose: str = "assist"  # of a request, and of a key, that names none
    policy: str = "balanced"  # `strict`, `observe`, or the name of one in policy.dir
    conversations: str = "openai"  # the upstream that keeps what names no model: conversations
    shadow_policy: str = ""  # decides each call too, for comparison; applied to none
    policy_approval: bool = False  # a changed policy waits until a second administrator approves
    note_to_model: bool = True  # ask the model to copy tokens as they are, where it takes a prompt
    max_body_bytes: int = 16 * 1024 * 1024  # of a request, unfolded; above it 413
    max_reply_bytes: int = 64 * 1024 * 1024  # of a reply, streamed or whole; above it an error
    max_concurrent: int = 512  # calls under way in one worker; above it 503
    read_timeout: float = 30.0  # for a request's body, to its last byte; above it 408
    connect_timeout: float = 5.0  # to reach the provider
    idle_timeout: float = 600.0  # for a model to think, or a caller not to read, between two bytes
    total_timeout: float = 3600.0  # for one call, to its last byte
    keepalive_after: float = 15.0  # common load balancers cut silence at 60 s
    retries: int = 2  # before the first byte only
    drain_timeout: float = 30.0  # for calls under way when the service is told to stop


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """One provider. `destination` is the label that policies and fail-over know."""

    protocol: str  # `openai`, `anthropic` or `mirror`; nothing is converted between them
    base_url: str = ""  # as its SDK has it: with `/v1` for openai, without for anthropic
    api_key_env: str = ""  # the name of the variable that holds the key, never the key
    destination: str = "external"  # what rules of a policy call it, as `eu` or `local`


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """Which upstream serves the models that a pattern (`gpt-*`) matches."""

    model: str  # a name or a pattern; the first route that matches serves
    upstream: str  # the NAME of an upstream
    rename: str = ""  # what the provider calls the model


BUILT_IN_UPSTREAMS: Mapping[str, UpstreamSettings] = {
    "openai": UpstreamSettings("openai", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": UpstreamSettings("anthropic", "https://api.anthropic.com", "ANTHROPIC_API_KEY"),
    "mirror": UpstreamSettings("mirror", destination="mirror"),
}

BUILT_IN_ROUTES = (
    RouteSettings("gpt-*", "openai"),
    RouteSettings("chatgpt-*", "openai"),
    RouteSettings("codex-*", "openai"),
    RouteSettings("o[1-9]*", "openai"),
    RouteSettings("text-embedding-*", "openai"),
    RouteSettings("claude-*", "anthropic"),
    RouteSettings("mirror", "mirror"),
    RouteSettings("mirror-*", "mirror"),
)


def read_gateway(
    sources: Mapping[str, Source], upstreams: Mapping[str, UpstreamSettings] = BUILT_IN_UPSTREAMS
) -> GatewaySettings:
    settings = read_section(GatewaySettings, "gateway", sources)
    for name in (
        "max_body_bytes",
        "max_reply_bytes",
        "max_concurrent",
        "read_timeout",
        "connect_timeout",
        "idle_timeout",
    ):
        if getattr(settings, name) <= 0:
            raise SetupError(f"The setting gateway.{name} must be above zero.")
    if settings.conversations not in upstreams:
        raise SetupError("The setting gateway.conversations names no configured upstream.")
    if not 0 <= settings.retries <= 5:
        raise SetupError("The setting gateway.retries must be between 0 and 5.")
    return settings


def read_upstreams(sources: Mapping[str, Source]) -> dict[str, UpstreamSettings]:
    """The built-in upstreams, overridden and joined by those of the file."""
    names = {dotted.split(".")[1] for dotted in sources if dotted.startswith("upstreams.")}
    found = dict(BUILT_IN_UPSTREAMS)
    for name in sorted(names):
        found[name] = _read_upstream(name, sources)
    return found


def _read_upstream(name: str, sources: Mapping[str, Source]) -> UpstreamSettings:
    prefix = f"upstreams.{name}"
    known = section_keys(UpstreamSettings, prefix)
    for dotted in sources:
        if dotted.startswith(f"{prefix}.") and dotted not in known:
            raise SetupError(f"The setting {dotted} is not known.")
    base = BUILT_IN_UPSTREAMS.get(name)
    merged = dict(sources)
    if base is not None:
        for key in ("protocol", "base_url", "api_key_env", "destination"):
            merged.setdefault(f"{prefix}.{key}", Source(getattr(base, key), "default"))
    upstream = read_section(UpstreamSettings, prefix, merged)
    if upstream.protocol not in PROTOCOLS:
        raise SetupError(f"The setting {prefix}.protocol must be one of {', '.join(PROTOCOLS)}.")
    if upstream.protocol != "mirror":
        _check_address(upstream.base_url, f"{prefix}.base_url")
    return upstream


def _check_address(base_url: str, setting: str) -> None:
    """Refuse at the start what a call would stumble over."""
    if not base_url.startswith(("https://", "http://")):
        raise SetupError(f"The setting {setting} must begin with https:// (or http://).")
    try:
        address = urlsplit(base_url)
        is_whole = bool(address.hostname) and address.port != 0 and address.username is None
        is_bare = not (address.query or address.fragment)
    except ValueError:  # a port that is none, half an IPv6 address
        is_whole = is_bare = False
    if not (is_whole and is_bare and _PLAIN.fullmatch(base_url)):
        raise SetupError(
            f"The setting {setting} is no address that can be called; expected one like "
            "https://models.example:8443/v1, in ASCII, without spaces, `@`, `?` and `#`."
        )


def read_routes(
    sources: Mapping[str, Source], upstreams: Mapping[str, UpstreamSettings]
) -> tuple[RouteSettings, ...]:
    """The file's routes in their order, then the built-in ones."""
    source = sources.get("routes")
    if source is not None and not isinstance(source.value, list | tuple):
        raise SetupError("The setting routes must be a list of tables: [[routes]].")
    given = (
        tuple(_read_route(raw, index) for index, raw in enumerate(source.value)) if source else ()
    )
    for index, route in enumerate(given):
        if route.upstream not in upstreams:
            raise SetupError(f"The setting routes[{index}].upstream names no configured upstream.")
    return given + BUILT_IN_ROUTES


def _read_route(raw: Any, index: int) -> RouteSettings:
    fields = {"model", "upstream", "rename"}
    if (
        not isinstance(raw, Mapping)
        or not set(raw) <= fields
        or not {"model", "upstream"} <= set(raw)
    ):
        raise SetupError(
            f"The setting routes[{index}] must have model and upstream, and may have rename."
        )
    if not all(isinstance(value, str) and value for value in raw.values()):
        raise SetupError(f"The setting routes[{index}] must hold only non-empty strings.")
    return RouteSettings(**raw)
