"""Connects a worker to its providers, and to the control process for its paths."""

import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
        provider = self._provider(settings)
        if not settings.aws_region:
            return provider
        check_signer("upstreams.*.aws_region")
        return Signing(provider, settings.base_url, settings.aws_region, self.environment)

    def _provider(self, settings: UpstreamSettings) -> Provider:
        way = Way(
            settings.proxy,
            self.environment.get(settings.proxy_auth_env, "") if settings.proxy_auth_env else "",
            settings.ca_file,
            settings.client_cert,
            settings.client_key,
        )
        return Provider(settings.base_url, connect_timeout=self.connect_timeout, way=way)

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
