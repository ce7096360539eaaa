"""The query of an operation on what a provider keeps. It could hold anything else.

Facts: the `openai` package 3.54, `types/responses/response_retrieve_params.py`,
`input_item_list_params.py` and `types/conversations/item_list_params.py`.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from curtilage.gateway.wire import azure
from curtilage.gateway.wire.responses_request import INCLUDED

_ITEM = re.compile(r"[a-z]{2,12}_(?!.*[0-9]{8})[a-z0-9]{1,96}\Z").match  # as providers name items
_NUMBER = re.compile(r"[0-9]{1,9}\Z").match
_FLAG = frozenset(("true", "false")).__contains__

READ = frozenset(("include", "include_obfuscation", "stream", "starting_after"))
LISTED = frozenset(("include", "after", "before", "limit", "order"))
_READS: Mapping[str, Callable[[str], object]] = {
    "include": frozenset(INCLUDED).__contains__,
    "include_obfuscation": _FLAG,
    "stream": _FLAG,
    "starting_after": _NUMBER,
    "after": _ITEM,
    "before": _ITEM,
    "limit": _NUMBER,
    "beta": frozenset(("true",)).__contains__,
    azure.PARAMETER: azure.is_version,
    "order": frozenset(("asc", "desc")).__contains__,
}


@dataclass(frozen=True, slots=True)
class KeptQuery:
    """What was asked. `forwarded` leaves out where a stream is to go on: that is counted here."""

    stream: bool = False
    after: int = -1
    forwarded: bytes = b""


def read_kept_query(raw: bytes, names: Collection[str]) -> KeptQuery | None:
    """What a query asks; None where it holds what is not one of `names`, or out of its shape."""
    if not raw:
        return KeptQuery()
    stream, after, kept = False, -1, []
    for pair in raw.decode("latin-1").split("&"):
        name, _, value = pair.partition("=")
        name = name.removesuffix("[]").removesuffix("%5B%5D").removesuffix("%5b%5d")
        if name not in names or not _READS[name](value):
            return None
        if name == "starting_after":
            after = int(value)
            continue
        stream = value == "true" if name == "stream" else stream
        kept.append(pair)
    return KeptQuery(stream, after, "&".join(kept).encode())
