"""OpenAI's files, batches and fine-tuning jobs: which strings of a request are text.

Facts: the `openai` package 3.54, `types/file_create_params.py`,
`types/batch_create_params.py`, `types/fine_tuning/job_create_params.py`, and OpenAI's
guides to batches and to fine-tuning for the lines of their files. A line of a batch is a
request of one of the endpoints below, read by that endpoint's own map.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import ReplyStats, RequestFacts, read_request
from curtilage.gateway.wire.fields import (
    FREE,
    MAYBE_JSON,
    MODEL,
    NAME,
    SCALAR,
    SEED,
    TEXT,
    Author,
    FieldMap,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_of,
)
from curtilage.gateway.wire.openai_chat import CHAT
from curtilage.gateway.wire.responses_request import KEPT_ID
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Held, Sink

BATCH, TUNING = "batch", "fine-tune"
PURPOSES = ("assistants", BATCH, TUNING, "vision", "user_data", "evals")
MOST_FILES = 1000  # that one file or job names

_SECONDS = Node(Leaf.STRUCTURE, re.compile(r"[0-9]{1,8}\Z").match, note="seconds")
# Only ids that this service saw come back to this caller get so far: `gateway.files`.
_OWN = Node(Leaf.STRUCTURE, KEPT_ID, note="an id that the provider gave this caller")

UPLOAD = FieldMap(
    Object(
        {
            "purpose": one_of(*PURPOSES),
            "filename": TEXT,
            "expires_after[anchor]": one_of("created_at"),
            "expires_after[seconds]": _SECONDS,
        }
    )
)
TEXT_FILE = FieldMap(Object({"content": MAYBE_JSON}), Author.DOCUMENT)
BATCHES = FieldMap(
    Object(
        {
            "input_file_id": _OWN,
            "endpoint": Node(
                Leaf.STRUCTURE, re.compile(r"(?:/[a-z0-9_]{1,16}){1,4}\Z").match, note="path"
            ),
            "completion_window": one_of("24h"),
            "metadata": FREE,
            "output_expires_after": an({"anchor": one_of("created_at"), "seconds": SCALAR}),
        }
    )
)
_NUMBER = Node(Leaf.STRUCTURE, frozenset(("auto",)).__contains__, note="number, or auto")
_TUNED = an(
    {
        "hyperparameters": an(
            dict.fromkeys(
                (
                    "n_epochs", "batch_size", "learning_rate_multiplier", "beta", "compute_multiplier",
                    "eval_interval", "eval_samples",
                ),
                _NUMBER,
            )
        )
    }
)  # fmt: skip
JOBS = FieldMap(
    Object(
        {
            "model": MODEL,
            "training_file": _OWN,
            "validation_file": _OWN,
            "hyperparameters": an(
                dict.fromkeys(("n_epochs", "batch_size", "learning_rate_multiplier"), _NUMBER)
            ),
            "method": an(
                {
                    "type": one_of("supervised", "dpo", "reinforcement"),
                    "supervised": _TUNED,
                    "dpo": _TUNED,
                }
            ),
            "suffix": TEXT,
            "seed": SEED,
            "metadata": FREE,
            # The provider would connect there itself.
            "integrations": many(an({"type": NAME}, needs="remote_urls")),
        }
    )
)

_CHAT = CHAT.root.fields
_EXAMPLE = {
    name: _CHAT[name]
    for name in ("messages", "tools", "functions", "parallel_tool_calls", "response_format")
}
EXAMPLES = FieldMap(
    Object(
        {
            **_EXAMPLE,
            "input": an(_EXAMPLE),
            "preferred_output": _CHAT["messages"],
            "non_preferred_output": _CHAT["messages"],
            "prompt": TEXT,
            "completion": TEXT,
        }
    )
)
"""One line of a file to tune a model with, in any of the published formats."""
ANY_LINE = FieldMap(Object(), Author.DOCUMENT)


def prepare_upload(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """An upload names no model. Raises UnexpectedShape."""
    if type(document) is not dict or document.get("purpose") not in PURPOSES:
        raise UnexpectedShape(f"`purpose` is none of {', '.join(PURPOSES)}.")
    return RequestFacts(model="", stored=True)


_ELSEWHERE = ("input_blob", "output_folder")  # Azure would read and write in other stores


def prepare_batch(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a new batch; its model is that of its file.

    Raises UnexpectedShape, also for one whose requests or results lie in another store:
    nobody here has seen the first or could restore the second."""
    if type(document) is dict and any(name in document for name in _ELSEWHERE):
        raise UnexpectedShape("A batch in a store of blobs is not served; upload its file.")
    return RequestFacts(model=read_request(document), stored=True)


def prepare_job(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a new fine-tuning job. Raises UnexpectedShape."""
    method = document.get("method") if type(document) is dict else None
    if type(method) is dict and method.get("type") == "reinforcement":
        raise UnexpectedShape("Reinforcement runs a grader at the provider, which is not served.")
    return RequestFacts(model=read_request(document), stored=True)


def prepare_nothing(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """For what holds text alone."""
    if type(document) is not dict:
        raise UnexpectedShape("The line is not a JSON object.")
    return RequestFacts(model="")


def files_of_batch(document: Any) -> tuple[str, ...]:
    """The file that a new batch goes through. Raises UnexpectedShape."""
    return (_read_id(document, "input_file_id"),)


def files_of_job(document: Any) -> tuple[str, ...]:
    """The files that a fine-tuning job learns from. Raises UnexpectedShape."""
    needed = _read_id(document, "training_file")
    if document.get("validation_file") is None:
        return (needed,)
    return needed, _read_id(document, "validation_file")


def _read_id(document: Any, name: str) -> str:
    id = document.get(name) if type(document) is dict else None
    if type(id) is not str or not KEPT_ID(id):
        raise UnexpectedShape(f"`{name}` is missing, or is no id as the provider gives them.")
    return id


_OWN_WORDS = ("filename", "user_provided_suffix", "status_details")
_NAMED_FILES = ("output_file_id", "error_file_id")


def restore_object(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore what a file, a batch or a job says of itself, and note which files it names."""
    stats = ReplyStats()
    if type(document) is not dict:
        return stats
    restorer = ReplyRestorer(held, stats, outbound_tools)
    for name in _OWN_WORDS:
        restorer.text(document, name)
    for name in ("metadata", "error", "errors", "data"):
        if type(document.get(name)) in (dict, list):
            restorer.value(document, name, sink=Sink.TEXT)
    if type(document.get("id")) is str and KEPT_ID(document["id"]):
        stats.reply_id = document["id"]
    stats.names = tuple(_read_names(document))
    return stats


def _read_names(document: Mapping[str, Any]) -> Iterator[str]:
    results = document.get("result_files")
    listed = results[:MOST_FILES] if type(results) is list else []
    for id in (*(document.get(name) for name in _NAMED_FILES), *listed):
        if type(id) is str and KEPT_ID(id):
            yield id
