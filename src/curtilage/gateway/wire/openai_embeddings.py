"""OpenAI Embeddings: text in, vectors out.

Tokens in place of values are deterministic for one scope, so vectors of the
same text agree between indexing and asking. There is nothing to restore.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, Usage, read_count, read_request
from curtilage.gateway.wire.fields import (
    IDENTITY,
    MODEL,
    SCALAR,
    TEXT,
    FieldMap,
    Object,
    many,
    one_of,
    unscannable,
)
from curtilage.shield.held import Held

EMBEDDINGS = FieldMap(
    Object(
        {
            "model": MODEL,
            "input": many(TEXT),
            "dimensions": SCALAR,
            "encoding_format": one_of("float", "base64"),
            "user": IDENTITY,
        }
    )
)


def prepare_embeddings(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """The facts of a request. Token arrays are text that nobody here can read."""
    model = read_request(document)
    given = document.get("input")
    if type(given) is list:
        for item in given:
            if type(item) is not str and not (is_token_array(item) and "token_arrays" in allowed):
                raise _refusal(item)
    elif type(given) is not str:
        raise UnexpectedShape("`input` is missing or neither a string nor an array of strings.")
    return RequestFacts(model=model)


def is_token_array(item: Any) -> bool:
    return type(item) is int or (type(item) is list and all(type(one) is int for one in item))


def _refusal(item: Any) -> Exception:
    if is_token_array(item):
        return unscannable(
            "token_arrays",
            "`input` holds token ids, which cannot be scanned; send the text itself.",
        )
    return UnexpectedShape("`input` holds something else than strings.")


def restore_embeddings(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Nothing is restored: vectors hold no text."""
    return ReplyStats(usage=read_embeddings_usage(document))


def read_embeddings_usage(document: Any) -> Usage:
    usage = document.get("usage") if type(document) is dict else None
    return Usage(prompt=read_count(usage, "prompt_tokens"), completion=0)
