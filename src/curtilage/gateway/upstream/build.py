"""Connects a worker to its providers, and to the control process for its paths."""

from dataclasses import dataclass
from pathlib import Path

from curtilage.gateway.adapters.mirror import Mirror
from curtilage.gateway.adapters.provider import Provider
from curtilage.gateway.adapters.relay import Relay
from curtilage.gateway.ports import Upstream
from curtilage.gateway.settings import UpstreamSettings


@dataclass(frozen=True, slots=True)
class Upstreams:
    """Connects to providers; the mirror is one for the whole worker."""

    mirror: Mirror
    connect_timeout: float

    def connect(self, settings: UpstreamSettings) -> Upstream:
        if settings.protocol == "mirror":
            return self.mirror
        return Provider(settings.base_url, connect_timeout=self.connect_timeout)


def build_upstreams(connect_timeout: float) -> Upstreams:
    return Upstreams(Mirror(), connect_timeout)


def build_relay(socket: Path) -> Relay:
    """Passes control paths on over this socket."""
    return Relay(socket)
