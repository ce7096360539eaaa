"""Anthropic's message batches: many requests in one body, each read as a live one.

Facts: the `anthropic` package 2.12, `types/messages/batch_create_params.py` and
`message_batch.py`. All requests of a batch name one model here, because a batch goes to
one place.
"""

import re
from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.anthropic_messages import MESSAGES, prepare_messages
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts
from curtilage.gateway.wire.fields import TEXT, FieldMap, Node, Object, an, many
from curtilage.shield.held import Held

BATCHES = FieldMap(
    Object(
        {"requests": many(an({"custom_id": TEXT, "params": Node(object=MESSAGES.root)}))},
    ),
    MESSAGES.author,
)
_ID = re.compile(r"[A-Za-z0-9_-]{1,256}\Z").match


def prepare_batch(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a new batch. Raises UnexpectedShape."""
    requests = document.get("requests") if type(document) is dict else None
    if type(requests) is not list or not requests:
        raise UnexpectedShape("`requests` is missing, empty or not an array.")
    models: set[str] = set()
    for request in requests:
        params = request.get("params") if type(request) is dict else None
        facts = prepare_messages(params, allowed)
        if facts.stream:
            raise UnexpectedShape("A request of a batch does not stream.")
        models.add(facts.model)
    if len(models) > 1:
        raise UnexpectedShape("The requests of a batch name several models; expected one.")
    return RequestFacts(model=models.pop(), n=len(requests), stored=True)


def name_model(document: Any, model: str) -> None:
    """Write what the provider calls the model, into each request."""
    for request in document["requests"]:
        request["params"]["model"] = model


def restore_batch(
    document: Any, _held: Held, _facts: RequestFacts, _outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Note what a batch is called, and say where its results are read: here, not there."""
    stats = ReplyStats()
    id = document.get("id") if type(document) is dict else None
    if type(id) is str and _ID(id):
        stats.reply_id = id
        if document.get("results_url"):
            document["results_url"] = f"/v1/messages/batches/{id}/results"
            stats.rewritten = True
    return stats
