"""Which upstream serves a model name. Pure; patterns are compiled once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate

from curtilage.gateway.errors import UnknownModel, WrongProtocol
from curtilage.gateway.settings import MIRRORED, RouteSettings, UpstreamSettings

LONGEST_NAME = 256  # of a model; names go into records, which have a size, and none is near it


def is_pattern(name: str) -> bool:
    """Whether a name of a route stands for others (see fnmatch)."""
    return any(sign in name for sign in "*?[")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the upstream's name and label, and the model it knows.

    `others` may serve it too, in the order they are tried. `cache` is for how many
    seconds a reply answers the same request again.
    """

    upstream: str
    protocol: str
    destination: str
    model: str
    pattern: str
    weight: int = 0
    others: "tuple[Target, ...]" = ()
    cache: int = 0

    def in_order(self) -> "tuple[Target, ...]":
        """All that may serve, this one first."""
        return (replace(self, others=()), *self.others) if self.others else (self,)

    def find(self, upstream: str) -> "Target | None":
        """The one at `upstream` alone: what is kept there, nobody else has."""
        return next((one for one in self.in_order() if one.upstream == upstream), None)


def speaks(upstream: UpstreamSettings, protocol: str) -> bool:
    """Whether it answers a caller who speaks `protocol`."""
    if upstream.protocol == "mirror":
        return protocol in MIRRORED
    return upstream.protocol == protocol


def line_up(targets: Iterable[Target]) -> Target:
    """The first of `targets`, with the others behind it."""
    first, *others = targets
    return replace(first, others=tuple(others))


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
        """Where a conversation or a file is kept that names no model. Raises as `resolve`.

        The keeper speaks one protocol: for another it is the one upstream that does."""
        if self._keeper not in self._upstreams:
            raise UnknownModel
        keeper = self._keeper
        if self._upstreams[keeper].protocol not in (protocol, "mirror"):
            speakers = [name for name, one in self._upstreams.items() if one.protocol == protocol]
            keeper = speakers[0] if len(speakers) == 1 else keeper
        return self._target(RouteSettings("", keeper), "", protocol)

    def speaks(self, upstream: str, protocol: str) -> bool:
        """Whether what lies at an upstream can be asked for in `protocol`."""
        known = self._upstreams.get(upstream)
        return known is not None and known.protocol in (protocol, "mirror")

    def _target(self, route: RouteSettings, model: str, protocol: str) -> Target:
        if not speaks(self._upstreams[route.names[0]], protocol):
            raise WrongProtocol
        weights = route.weights or (0,) * len(route.names)
        return line_up(
            Target(
                upstream=name,
                protocol=self._upstreams[name].protocol,
                destination=self._upstreams[name].destination,
                model=route.renamed(model, name),
                pattern=route.model,
                weight=weight,
                cache=route.cache,
            )
            for name, weight in zip(route.names, weights, strict=True)
        )

    def names(self, protocol: str) -> list[str]:
        """Models by name, for a speaker of `protocol`: those that no pattern stands for."""
        patterns = dict(self.patterns(protocol))  # each once, however many routes it has
        return [name for name in patterns if not is_pattern(name)]

    def patterns(self, protocol: str) -> list[tuple[str, str]]:
        """(pattern, upstream) for the models that a speaker of `protocol` may name."""
        return [
            (route.model, route.names[0])
            for _, route in self._routes
            if speaks(self._upstreams[route.names[0]], protocol)
        ]
