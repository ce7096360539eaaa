"""What the engine needs to know of a request and of a reply, whatever the protocol."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.shield.restore import Restored, StreamRestorer

FINISHES = frozenset(
    (
        # OpenAI, and servers that speak its protocol
        "stop", "length", "tool_calls", "content_filter", "function_call", "error", "abort",
        "eos_token", "insufficient_system_resource",
        # Anthropic
        "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "compaction",
        "model_context_window_exceeded",
        # Gemini
        "STOP", "MAX_TOKENS", "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT",
        "SPII", "MALFORMED_FUNCTION_CALL", "OTHER", "FINISH_REASON_UNSPECIFIED", "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT", "IMAGE_OTHER", "NO_IMAGE", "IMAGE_RECITATION",
        "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE",
        "MALFORMED_RESPONSE", "ESCALATION", "PUP_LIMITED_DISABLED", "CONTINUATION", "MODEL_ARMOR",
        # Bedrock
        "guardrail_intervened", "content_filtered", "malformed_model_output", "malformed_tool_use",
        # Responses
        "completed", "incomplete", "failed", "cancelled", "queued", "in_progress",
        "max_output_tokens", "max_messages", "steered",
    )
)  # fmt: skip

MOST_GIVEN = 1024  # ids of one reply that are noted
LONGEST_ID = 512  # characters; real ones have some fifty


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """A request, in the few words that routing, budgets and replies need.

    `logprobs` were asked for: a restored reply cannot keep them. `continues` are
    ids of what the provider keeps and this request goes on from; `stored` says
    that it will keep this one too, and `adds_to` where else it puts it. `after` is the last event that the caller of a
    resumed stream has, -1 where it has none. `read_as` says how a file is to be read (`wire.json_lines`).
    `diagnosed`: the provider stores what it compares the next request with, by the reply's id.
    """

    model: str
    stream: bool = False
    n: int = 1
    include_usage_injected: bool = False
    logprobs: bool = False
    continues: tuple[str, ...] = ()
    stored: bool = False
    adds_to: tuple[str, ...] = ()
    after: int = -1
    read_as: str = ""
    diagnosed: bool = False


@dataclass(slots=True)
class Usage:
    """Tokens as the provider counted them; None where it did not say.

    `prompt` is all that went in, cached or not.
    """

    prompt: int | None = None
    completion: int | None = None
    cached: int | None = None
    cache_written: int | None = None
    reasoning: int | None = None


class Given:
    """Ids that a reply gives to what the provider stores. Each is told once.

    Of more than `MOST_GIVEN` the later ones are unknown afterwards, and refused when named."""

    __slots__ = ("_fresh", "_told")

    def __init__(self) -> None:
        self._fresh: dict[str, bool] = {}
        self._told: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self._fresh)

    def add(self, id: Any, *, is_stored: bool = True) -> None:
        """Take note of an id. One that nothing is stored under may be named all the same."""
        is_id = type(id) is str and 0 < len(id) <= LONGEST_ID
        if is_id and id not in self._told and len(self._told) < MOST_GIVEN:
            self._told.add(id)
            self._fresh[id] = is_stored

    def take(self) -> dict[str, bool]:
        """Those that came since the last time, each with whether anything is stored under it."""
        fresh, self._fresh = self._fresh, {}
        return fresh


@dataclass(slots=True)
class ReplyStats:
    """What happened to one reply. Counts and protocol words only.

    `withheld` tokens may not come back where they stood; `unknown` ones are not
    of this request; `mangled` ones nobody can read.
    `logprobs_withheld`: they were nulled, because after restoring they would
    name other text; the engine says so in `x-curtilage-logprobs: withheld`.
    `complete`: the reply ended as its protocol ends one. `reply_id` is what the
    provider calls a reply that it keeps, "" until it says so; `names` are files that it says
    belong to it. `rewritten`: it changed though nothing was restored in it. `given` are ids of
    what the provider stores beside a reply that it keeps.
    """

    restored: Counter[str] = field(default_factory=Counter)
    mangled: int = 0
    unknown: int = 0
    withheld: int = 0
    usage: Usage = field(default_factory=Usage)
    finish: list[str] = field(default_factory=list)
    logprobs_withheld: bool = False
    complete: bool = True
    failed: bool = False
    reply_id: str = ""
    names: tuple[str, ...] = ()
    rewritten: bool = False
    given: Given = field(default_factory=Given)

    def count(self, restored: Restored | StreamRestorer) -> None:
        """Add what happened to one text."""
        self.restored.update(restored.restored)
        self.mangled += restored.mangled
        self.unknown += restored.unknown
        self.withheld += restored.withheld

    def finished(self, reason: Any) -> None:
        """Note a finish reason: a word of the protocols, and `other` for all else.

        It goes into the record, and a provider could write anything there.
        """
        if type(reason) is not str:
            return
        word = reason if reason in FINISHES else "other"
        if word not in self.finish:
            self.finish.append(word)


def read_request(document: Any, *needed: str) -> str:
    """The model of a request that has the fields every request has."""
    if type(document) is not dict:
        raise UnexpectedShape("The body is not a JSON object.")
    model = document.get("model")
    if type(model) is not str or not model:
        raise UnexpectedShape("`model` is missing or not a string.")
    for key in needed:
        if type(document.get(key)) is not list:
            raise UnexpectedShape(f"`{key}` is missing or not an array.")
    return model


def read_flag(document: dict[str, Any], key: str) -> bool:
    """A boolean that may be absent or null; servers differ on anything else."""
    value = document.get(key)
    if value is None:
        return False
    if type(value) is not bool:
        raise UnexpectedShape(f"`{key}` is not true or false.")
    return value


def read_limit(document: dict[str, Any], key: str) -> int | None:
    """A count that may be absent or null."""
    value = document.get(key)
    if value is None:
        return None
    if type(value) is not int or value < 0:
        raise UnexpectedShape(f"`{key}` is not a count.")
    return value


def read_count(source: Any, key: str) -> int | None:
    """A count as a provider gives it; anything else is as if it were not said."""
    value = source.get(key) if type(source) is dict else None
    return value if type(value) is int and value >= 0 else None
