"""The list of models, in either provider's shape. Built here, never passed through.

Both protocols serve it at `/v1/models`; a caller that sends `anthropic-version`
speaks the second.
"""

from collections.abc import Sequence
from typing import Any

_EPOCH = "1970-01-01T00:00:00Z"  # a route has no birthday; SDKs want a date


def list_openai_models(names: Sequence[str]) -> dict[str, Any]:
    """`GET /v1/models` as OpenAI answers."""
    return {"object": "list", "data": [describe_openai_model(name) for name in names]}


def describe_openai_model(name: str) -> dict[str, Any]:
    """`GET /v1/models/{id}` as OpenAI answers."""
    return {"id": name, "object": "model", "created": 0, "owned_by": "curtilage"}


def list_anthropic_models(names: Sequence[str]) -> dict[str, Any]:
    """`GET /v1/models` as Anthropic answers, on one page."""
    return {
        "data": [describe_anthropic_model(name) for name in names],
        "has_more": False,
        "first_id": names[0] if names else None,
        "last_id": names[-1] if names else None,
    }


def describe_anthropic_model(name: str) -> dict[str, Any]:
    """`GET /v1/models/{id}` as Anthropic answers."""
    return {"type": "model", "id": name, "display_name": name, "created_at": _EPOCH}
