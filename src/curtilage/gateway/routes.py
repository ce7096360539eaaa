"""Which upstream serves a model name. Pure; patterns are compiled once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate

from curtilage.gateway.errors import UnknownModel, WrongProtocol
from curtilage.gateway.settings import RouteSettings, UpstreamSettings

LONGEST_NAME = 256  # of a model; names go into records, which have a size, and none is near it


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the upstream's name and label, and the model it knows."""

    upstream: str
    protocol: str
    destination: str
    model: str
    pattern: str


class RouteTable:
    """An ordered list of patterns; the first that matches wins."""

    def __init__(
        self,
        routes: Sequence[RouteSettings],
        upstreams: Mapping[str, UpstreamSettings],
        *,
        keeper: str = "openai",
    ) -> None:
        self._upstreams = upstreams
        self._keeper = keeper
        self._routes = [(re.compile(translate(route.model)), route) for route in routes]

    def resolve(self, model: str, protocol: str) -> Target:
        """The target of `model` for a caller who speaks `protocol`.

        Raises UnknownModel when no pattern matches, WrongProtocol when the
        upstream speaks another protocol: we do not convert, because converting
        loses parts (tool results, signatures) that nobody then protects.
        """
        for pattern, route in self._routes if len(model) <= LONGEST_NAME else ():
            if pattern.match(model):
                return self._target(route, model, protocol)
        raise UnknownModel

    def find_keeper(self, protocol: str) -> Target:
        """Where a conversation is kept that names no model yet. Raises as `resolve`."""
        if self._keeper not in self._upstreams:
            raise UnknownModel
        return self._target(RouteSettings("", self._keeper), "", protocol)

    def _target(self, route: RouteSettings, model: str, protocol: str) -> Target:
        upstream = self._upstreams[route.upstream]
        if upstream.protocol not in (protocol, "mirror"):
            raise WrongProtocol
        return Target(
            upstream=route.upstream,
            protocol=upstream.protocol,
            destination=upstream.destination,
            model=route.rename or model,
            pattern=route.model,
        )

    def patterns(self, protocol: str) -> list[tuple[str, str]]:
        """(pattern, upstream) for the models that a speaker of `protocol` may name."""
        return [
            (route.model, route.upstream)
            for _, route in self._routes
            if self._upstreams[route.upstream].protocol in (protocol, "mirror")
        ]
