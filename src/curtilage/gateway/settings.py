"""The gateway's part of the settings: `[gateway]`, `[upstreams.*]`, `[[routes]]`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from curtilage.core.errors import SetupError
from curtilage.core.settings import Source, read_section, section_keys

PROTOCOLS = ("openai", "anthropic", "azure", "gemini", "bedrock", "mirror")
MIRRORED = ("openai", "anthropic", "azure")  # what the mirror answers; of others it has no shape
VERSIONS = ("1.1", "2")  # of HTTP
LONGEST_CACHED = 24 * 60 * 60  # seconds; what a model said yesterday is no answer of today
_PATH = re.compile(r"/[A-Za-z0-9._~/-]*")
_REGION = re.compile(r"[a-z]{2,8}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}")
_PLAIN = re.compile(r"[!-~]+")  # printable ASCII without the space


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """How model calls are taken and passed on. Times are in seconds, sizes in bytes."""

    default_purpose: str = "assist"  # of a request, and of a new key, that names none
    # what decides: `strict`, `balanced`, `observe`, or the name of a file in policy.dir
    policy: str = "balanced"
    # the upstream that is asked for `/v1/conversations`, whose requests name no model
    conversations: str = "openai"
    # the name of a second policy that decides each call too, for comparison; applied to none
    shadow_policy: str = ""
    # a changed policy comes into force only once somebody else than its author approves it
    policy_approval: bool = False
    # ask the model, at the front of each prompt, to copy tokens as they are
    note_to_model: bool = True
    # the largest body of a request, counted after decompression; above it 413
    max_body_bytes: int = 16 * 1024 * 1024
    # the largest file that may be uploaded, as it comes; the default is what OpenAI takes of a batch
    max_upload_bytes: int = 200 * 1024 * 1024
    # the largest file that is read back from a provider; a longer one is cut off
    max_download_bytes: int = 1024 * 1024 * 1024
    # the largest picture, sound or file inside a request; above it 413
    max_media_bytes: int = 12 * 1024 * 1024
    # the largest reply, streamed or whole; a longer one ends with an error
    max_reply_bytes: int = 64 * 1024 * 1024
    max_concurrent: int = 512  # the most calls under way in one worker; one more gets 503
    # for a caller to send the whole body of its request; after it 408
    read_timeout: float = 30.0
    connect_timeout: float = 5.0  # for a connection to the provider, with TLS
    # between two bytes: for a model to think, and for a caller to read
    idle_timeout: float = 600.0
    total_timeout: float = 3600.0  # for one call, to its last byte; 0: as long as it takes
    # the most sealed replies that one worker keeps, for routes with `cache`
    cache_bytes: int = 64 * 1024 * 1024
    # a silent stream gets a sign of life so often; common load balancers cut silence at 60 s
    keepalive_after: float = 15.0
    # how often a call is tried anew where nothing of it can have reached the provider, 0 to 5
    retries: int = 2
    # for calls under way to end when the service is told to stop; then they are cut off
    drain_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class UpstreamSettings:
    """One provider, under a name of yours. Times are in seconds."""

    # what it speaks: `openai` (and all that speak like it), `anthropic`, `azure`, `gemini`,
    # `bedrock`, or `mirror`; nothing is translated between them
    protocol: str
    # its address as its SDK has it: with `/v1` for openai, `/openai` for azure, without a path else
    base_url: str = ""
    # the name of the variable that holds its key, never the key itself; none: no key is sent
    api_key_env: str = ""
    # what rules of a policy call it, as `eu` or `local`; fail-over stays within one
    destination: str = "external"
    max_concurrent: int = 0  # the most calls at once from one worker; 0: as many as come
    # how long a call waits for a place among them; then the next upstream is asked, or it gets 503
    max_wait: float = 1.0
    breaker_failures: int = 10  # so many in a row, and it is left alone for a while; 0: never
    # how long it is left alone; up to eight times that if it stays away
    breaker_rest: float = 5.0
    # `http://host:port` of a proxy that takes CONNECT; one that the environment names is not used
    proxy: str = ""
    proxy_auth_env: str = ""  # the name of the variable that holds `user:password` for the proxy
    # PEM file of authorities that are trusted for it, instead of the system's
    ca_file: Path | None = None
    # PEM file of a certificate to show, where it asks who we are; together with client_key
    client_cert: Path | None = None
    client_key: Path | None = None  # PEM file of its key, without a passphrase
    # or `2`, with the extra `http2`: many calls over one connection, where it offers that in TLS
    http: str = "1.1"
    # for bedrock, in place of a key: sign each request for this region, as `eu-west-1`, with
    # `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` (extra `bedrock`)
    aws_region: str = ""
    # a path after base_url, as `/models`, that is asked for regularly to see how it is
    health_path: str = ""
    health_every: float = 15.0  # between two such questions of one worker


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """Which upstream serves the models that a pattern (`gpt-*`) matches, or which ones do.

    Several are tried in their order; with `weights`, each conversation begins with one of them.
    """

    model: str  # a name or a pattern; the first route that matches serves
    upstream: str = ""  # the NAME of the upstream that serves; or several:
    # what the provider calls the model, where that is another name; for several a table by NAME
    rename: str | Mapping[str, str] = ""
    # NAMEs in the order in which they are tried; of one protocol and one destination
    upstreams: tuple[str, ...] = ()
    # one for each of `upstreams`: of four conversations, `[3, 1]` begins three with the first
    weights: tuple[int, ...] = ()
    # seconds, a day at most, for which a reply answers the same request again; 0: never
    cache: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """The upstreams that serve, in the order they are tried."""
        return self.upstreams or (self.upstream,)

    def renamed(self, model: str, upstream: str) -> str:
        """What `upstream` calls the model."""
        if isinstance(self.rename, str):
            return self.rename or model
        return self.rename.get(upstream) or model


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
    RouteSettings("dall-e-*", "openai"),
    RouteSettings("tts-*", "openai"),
    RouteSettings("whisper-*", "openai"),
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
        "max_upload_bytes",
        "max_media_bytes",
        "max_download_bytes",
        "max_reply_bytes",
        "max_concurrent",
        "cache_bytes",
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
        for key in fields(base):
            merged.setdefault(f"{prefix}.{key.name}", Source(getattr(base, key.name), "default"))
    upstream = read_section(UpstreamSettings, prefix, merged)
    if upstream.protocol not in PROTOCOLS:
        raise SetupError(f"The setting {prefix}.protocol must be one of {', '.join(PROTOCOLS)}.")
    _check_numbers(upstream, prefix)
    if upstream.protocol != "mirror":
        _check_address(upstream.base_url, f"{prefix}.base_url")
        _check_way(upstream, prefix)
        _check_region(upstream, prefix)
        _check_version(upstream, prefix)
    return upstream


def _check_version(upstream: UpstreamSettings, prefix: str) -> None:
    if upstream.http not in VERSIONS:
        raise SetupError(f'The setting {prefix}.http must be "1.1" or "2".')
    if upstream.http == "2" and urlsplit(upstream.base_url).scheme != "https":
        raise SetupError(
            f'The setting {prefix}.http = "2" needs a base_url that begins with https://.',
            hint="HTTP/2 is agreed upon in TLS; without it, leave the setting out.",
        )


def _check_region(upstream: UpstreamSettings, prefix: str) -> None:
    """What signs for AWS: it takes the place of a key."""
    if not upstream.aws_region:
        return
    if upstream.protocol != "bedrock" or upstream.api_key_env:
        raise SetupError(
            f"The setting {prefix}.aws_region is for the protocol bedrock, without api_key_env."
        )
    if not _REGION.fullmatch(upstream.aws_region):
        raise SetupError(f"The setting {prefix}.aws_region must be a region such as eu-west-1.")


def _check_way(upstream: UpstreamSettings, prefix: str) -> None:
    """The proxy, and the files of TLS."""
    if upstream.proxy:
        _check_address(upstream.proxy, f"{prefix}.proxy")
        if urlsplit(upstream.proxy).scheme != "http" or urlsplit(upstream.proxy).path.strip("/"):
            raise SetupError(f"The setting {prefix}.proxy must be http://, a host and a port.")
    if (upstream.client_cert is None) != (upstream.client_key is None):
        raise SetupError(f"The settings {prefix}.client_cert and {prefix}.client_key go together.")
    for name in ("ca_file", "client_cert", "client_key"):
        file = getattr(upstream, name)
        if file is not None and not file.is_file():
            raise SetupError(f"The setting {prefix}.{name} names no file.")


def _check_numbers(upstream: UpstreamSettings, prefix: str) -> None:
    for name in ("max_concurrent", "max_wait", "breaker_failures"):
        if getattr(upstream, name) < 0:
            raise SetupError(f"The setting {prefix}.{name} must not be below zero.")
    for name in ("breaker_rest", "health_every"):
        if getattr(upstream, name) <= 0:
            raise SetupError(f"The setting {prefix}.{name} must be above zero.")
    if upstream.health_path and not _PATH.fullmatch(upstream.health_path):
        raise SetupError(f"The setting {prefix}.health_path must be a path such as /models.")


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
        _check_route(route, f"routes[{index}]", upstreams)
    return given + BUILT_IN_ROUTES


def _check_route(
    route: RouteSettings, setting: str, upstreams: Mapping[str, UpstreamSettings]
) -> None:
    """Fail-over changes who answers, never what was decided: one label, one protocol."""
    if not set(route.names) <= set(upstreams):
        field = "upstreams" if route.upstreams else "upstream"
        raise SetupError(f"The setting {setting}.{field} names no configured upstream.")
    serving = [upstreams[name] for name in route.names]
    if len({(one.protocol, one.destination) for one in serving}) > 1:
        raise SetupError(
            f"The setting {setting}.upstreams must hold upstreams of one protocol and one "
            "destination.",
            hint="A policy decided for one destination; give the others a route of their own.",
        )
    if isinstance(route.rename, Mapping) and not set(route.rename) <= set(route.names):
        raise SetupError(f"The setting {setting}.rename names an upstream that does not serve it.")


def _read_route(raw: Any, index: int) -> RouteSettings:
    setting = f"routes[{index}]"
    known = {"model", "upstream", "rename", "upstreams", "weights", "cache"}
    if not isinstance(raw, Mapping) or not set(raw) <= known or "model" not in raw:
        raise SetupError(
            f"The setting {setting} must have model and upstream (or upstreams), and may have "
            "rename, weights and cache."
        )
    if ("upstream" in raw) == ("upstreams" in raw):
        raise SetupError(f"The setting {setting} must have upstream or upstreams, one of the two.")
    rename = raw.get("rename", "")
    names = rename.values() if isinstance(rename, Mapping) else [rename] if "rename" in raw else []
    texts = [raw["model"], raw.get("upstream", "x"), *names]
    if not all(isinstance(value, str) and value for value in texts):
        raise SetupError(f"The setting {setting} must hold only non-empty strings.")
    upstreams = _read_several(raw, setting) if "upstreams" in raw else ()
    weights = _read_weights(raw["weights"], upstreams, setting) if "weights" in raw else ()
    cache = _read_cache(raw.get("cache", 0), setting)
    return RouteSettings(raw["model"], raw.get("upstream", ""), rename, upstreams, weights, cache)


def _read_several(raw: Mapping[str, Any], setting: str) -> tuple[str, ...]:
    names = raw["upstreams"]
    is_list = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not is_list or not names or len(set(names)) != len(names):
        raise SetupError(f"The setting {setting}.upstreams must be a list of different names.")
    return tuple(names)


def _read_cache(raw: Any, setting: str) -> int:
    if type(raw) is not int or not 0 <= raw <= LONGEST_CACHED:
        raise SetupError(
            f"The setting {setting}.cache must be a whole number of seconds, at most {LONGEST_CACHED}."
        )
    return raw


def _read_weights(raw: Any, upstreams: tuple[str, ...], setting: str) -> tuple[int, ...]:
    is_list = isinstance(raw, list | tuple) and all(type(weight) is int for weight in raw)
    if not is_list or len(raw) != len(upstreams) or not all(0 < one <= 1000 for one in raw):
        raise SetupError(
            f"The setting {setting}.weights must hold a whole number from 1 to 1000 for each of "
            "its upstreams."
        )
    return tuple(raw)
