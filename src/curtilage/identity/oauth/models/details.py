"""Rich authorization requests (RFC 9396): kinds of permission finer than a scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from curtilage.core.canonical import Json


class FieldKind(StrEnum):
    """What a field of a permission holds."""

    TEXT = "text"
    TEXTS = "texts"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class DetailType:
    """A kind of permission that can be asked for, such as to run one tool.

    `words` says it to people, with `{field}` where a value stands. Every field in it is
    required; a field that is not known is refused, because it may narrow what is meant.
    """

    name: str
    words: str
    fields: Mapping[str, FieldKind] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Detail:
    """One permission, as canonical JSON so that two can be compared, and in words."""

    text: str
    words: str


Permission = Mapping[str, Json]
