"""Which operation a method and a path name. Pure; patterns are compiled once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from curtilage.gateway.errors import UnservedMethod, UnservedPath
from curtilage.gateway.wire.file_protocols import ANTHROPIC_FILES, FILE_PROTOCOLS
from curtilage.gateway.wire.protocols import PROTOCOLS, RouteProtocol

SERVED: Mapping[str, RouteProtocol] = {**PROTOCOLS, **FILE_PROTOCOLS}
"""Every operation that is served, by its kind."""

_PLAIN: Mapping[str, Mapping[str, RouteProtocol]] = {
    path: {one.method: one for one in SERVED.values() if one.path == path}
    for path in {one.path for one in SERVED.values()}
    if "{" not in path
}
_OF_KEPT: Mapping[tuple[str, str], RouteProtocol] = {
    (protocol.method, protocol.path): protocol for protocol in SERVED.values() if protocol.of_kept
}
_KEPT = re.compile(
    r"(/v1/(?:responses|conversations|files|batches|fine_tuning/jobs|messages/batches)/"
    r"|/openai/(?:v1/)?(?:files|batches|fine_tuning/jobs)/)([A-Za-z0-9_-]{1,256})(/[a-z_]+)?\Z"
)
_MODEL = r"([A-Za-z0-9][A-Za-z0-9._:-]{0,127})"  # no slash: a path must have one reading
# A model of AWS by its resource name; the kinds whose prompt lies there are not among them.
_ARN = (
    r"(arn:aws(?:-[a-z]{2,8}){0,3}:(?:bedrock|sagemaker):[a-z0-9-]{1,32}:(?:[0-9]{12})?"
    r":(?:foundation-model|inference-profile|application-inference-profile|provisioned-model"
    r"|custom-model|custom-model-deployment|imported-model|default-prompt-router|prompt-router"
    r"|endpoint)/[A-Za-z0-9][A-Za-z0-9._:-]{0,127})"
)


def _patterns(template: str) -> "Iterator[re.Pattern[str]]":
    """How a path may name its model; where AWS's do, by a resource name as well."""
    around = [re.escape(part) for part in template.split("{model}")]
    for model in (_MODEL, _ARN) if template.startswith("/model/") else (_MODEL,):
        yield re.compile(model.join(around) + r"\Z")


_BY_MODEL = tuple(
    (pattern, protocol)
    for protocol in SERVED.values()
    if "{model}" in protocol.path
    for pattern in _patterns(protocol.path)
)


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation, and what its path names: a reply that a provider keeps, or a model."""

    protocol: RouteProtocol
    kept_id: str = ""
    model: str = ""


def as_anthropics(operation: Operation) -> Operation:
    """The same of Anthropic's files, which have the paths and methods of OpenAI's."""
    kind = operation.protocol.kind.replace("openai", "anthropic", 1)
    return replace(operation, protocol=ANTHROPIC_FILES[kind])


def find_operation(method: str, path: str) -> Operation | None:
    """The operation on a model path; None where the path is none.

    Raises UnservedPath or UnservedMethod for what a provider keeps."""
    plain = _PLAIN.get(path)
    if plain is not None:
        if method not in plain:
            raise UnservedMethod(*sorted(plain))
        return Operation(plain[method])
    kept = _KEPT.match(path)
    if kept is not None:
        return Operation(_find_kept(method, kept), kept_id=kept.group(2))
    for pattern, named in _BY_MODEL:
        found = pattern.match(path)
        if found is not None:
            return Operation(named, model=found.group(1))
    return None


def _find_kept(method: str, path: "re.Match[str]") -> RouteProtocol:
    template = f"{path.group(1)}{{id}}{path.group(3) or ''}"
    protocol = _OF_KEPT.get((method, template))
    if protocol is not None:
        return protocol
    allowed = sorted(taken for taken, known in _OF_KEPT if known == template)
    raise UnservedMethod(*allowed) if allowed else UnservedPath
