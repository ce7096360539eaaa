"""What a page is, before the shell renders it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A template with what it shows.

    `template` is `<slice>/<file>`; a file whose name begins with `_` is a
    fragment and is rendered without the shell. `context` holds plain data.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
