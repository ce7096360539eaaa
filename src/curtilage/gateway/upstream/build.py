"""Connects a worker to its providers, and to the control process for its paths."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from curtilage.core.errors import SetupError
from curtilage.gateway.adapters.mirror import Mirror
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.adapters.relay import Relay
from curtilage.gateway.adapters.signing import Signing, check_signer
from curtilage.gateway.adapters.way import ProxyRefused, Way
from curtilage.gateway.ports import Upstream
from curtilage.gateway.settings import UpstreamSettings


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Connects to providers; the mirror is one for the whole worker."""

    mirror: Mirror
    connect_timeout: float
    environment: Mapping[str, str] = field(repr=False)

    def connect(self, settings: UpstreamSettings) -> Upstream:
        if settings.protocol == "mirror":
            return self.mirror
        provider = self._multiplexed(settings) if settings.http == "2" else self._provider(settings)
        if not settings.aws_region:
            return provider
        check_signer("upstreams.*.aws_region")
        return Signing(provider, settings.base_url, settings.aws_region, self.environment)

    def _provider(self, settings: UpstreamSettings) -> Provider:
        way = self._way(settings)
        return Provider(settings.base_url, connect_timeout=self.connect_timeout, way=way)

    def _multiplexed(self, settings: UpstreamSettings) -> Upstream:
        try:
            from curtilage.gateway.adapters.multiplexed import Multiplexed  # noqa: PLC0415  # an extra
        except ImportError:
            raise SetupError(
                'The setting upstreams.*.http = "2" needs h2.',
                hint="Install the extra `http2`: `python3 tools/setup.py extras`, or `pip install '.[http2]'`.",
            ) from None
        way = self._way(settings)
        return Multiplexed(settings.base_url, connect_timeout=self.connect_timeout, way=way)

    def _way(self, settings: UpstreamSettings) -> Way:
        return Way(
            settings.proxy,
            self.environment.get(settings.proxy_auth_env, "") if settings.proxy_auth_env else "",
            settings.ca_file,
            settings.client_cert,
            settings.client_key,
        )

    async def find_obstacle(self, settings: UpstreamSettings) -> str:
        """What keeps an upstream from being reached, in a word of ours; "" for nothing.

        A connection is opened and closed; nothing is said over it."""
        try:
            await self._provider(settings).reach()
        except socket.gaierror:
            return "name"
        except ssl.SSLError:
            return "tls"
        except ProxyRefused:
            return "proxy"
        except (OSError, UnicodeError):
            return "connect"
        return ""


def build_upstreams(connect_timeout: float, environment: Mapping[str, str]) -> Upstreams:
    return Upstreams(Mirror(), connect_timeout, environment)


def build_relay(socket: Path) -> Relay:
    """Passes control paths on over this socket."""
    return Relay(socket)
