"""OpenAI Completions, whole and streamed: a text goes in, texts come back.

Facts: the `openai` package 3.54, `types/completion_create_params.py`, and what
compatible servers, which serve this most, add. Each choice is one logical stream.
"""

from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import BrokenStream, UnexpectedShape
from curtilage.gateway.wire.facts import (
    ReplyStats,
    RequestFacts,
    read_flag,
    read_limit,
    read_request,
)
from curtilage.gateway.wire.fields import (
    ASKED,
    FREE,
    IDENTITY,
    MODEL,
    SCALAR,
    SEED,
    TEXT,
    FieldMap,
    Object,
    an,
    many,
    token_ids,
    unscannable,
)
from curtilage.gateway.wire.openai_chat import inject_usage
from curtilage.gateway.wire.openai_embeddings import is_token_array
from curtilage.gateway.wire.openai_reply import read_chat_usage
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.gateway.wire.rewriting import FrameRewriter
from curtilage.gateway.wire.sse import Frame, encode_data
from curtilage.gateway.wire.stream_json import read_frame, write_frame
from curtilage.shield.held import Held, Sink
from curtilage.shield.restore import Form, StreamRestorer

MAX_CHOICES = 2048  # 128 for each of many prompts
MAX_PROMPTS = 2048  # OpenAI's own limit

COMPLETIONS = FieldMap(
    Object(
        {
            "model": MODEL,
            "prompt": many(ASKED),
            "suffix": ASKED,
            "stop": many(TEXT),
            "user": IDENTITY,
            "seed": SEED,
            "stream_options": an({"include_usage": SCALAR, "include_obfuscation": SCALAR}),
            "logit_bias": token_ids(SCALAR),
            "guided_json": FREE,
            **dict.fromkeys(
                (
                    "best_of", "echo", "frequency_penalty", "logprobs", "max_tokens", "n",
                    "presence_penalty", "stream", "temperature", "top_p",
                ),
                SCALAR,
            ),
        }
    )
)  # fmt: skip


def prepare_completions(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a request, and `include_usage` asked for.

    Token arrays are text that nobody here can read: only the policy lets them pass."""
    model = read_request(document)
    prompts = _count_prompts(document.get("prompt"), allowed)
    stream = read_flag(document, "stream")
    return RequestFacts(
        model=model,
        stream=stream,
        n=(read_limit(document, "n") or 1) * prompts,
        include_usage_injected=stream and inject_usage(document),
        logprobs=bool(read_limit(document, "logprobs")),
    )


def _count_prompts(prompt: Any, allowed: Collection[str]) -> int:
    """How many texts are to be continued."""
    if prompt is None or type(prompt) is str:
        return 1
    if type(prompt) is not list or not prompt or len(prompt) > MAX_PROMPTS:
        raise UnexpectedShape("`prompt` is neither a string nor a list of up to 2,048.")
    if all(type(each) is str for each in prompt):
        return len(prompt)
    if not is_token_array(prompt) and not all(is_token_array(each) for each in prompt):
        raise UnexpectedShape("`prompt` holds something else than strings.")
    if "token_arrays" not in allowed:
        raise unscannable(
            "token_arrays",
            "`prompt` holds token ids, which cannot be scanned; send the text itself.",
        )
    return 1 if is_token_array(prompt) else len(prompt)


def restore_completions(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore a reply in place. `logprobs` name other text than is there then, and are nulled."""
    stats = ReplyStats(usage=read_chat_usage(document))
    choices = document.get("choices") if type(document) is dict else None
    restorer = ReplyRestorer(held, stats, outbound_tools)
    for choice in choices if type(choices) is list else ():
        if type(choice) is not dict:
            continue
        stats.finished(choice.get("finish_reason"))
        restorer.changed = False
        restorer.text(choice, "text")
        if restorer.changed and choice.get("logprobs") is not None:
            choice["logprobs"] = None
            stats.logprobs_withheld = True
    stats.complete = bool(stats.finish)
    return stats


class CompletionsRewriter(FrameRewriter):
    """Restores a stream of Completions. Raises BrokenStream for more choices than there are."""

    def __init__(
        self, held: Held, facts: RequestFacts, outbound_tools: Collection[str] = ()
    ) -> None:
        super().__init__(held, facts, outbound_tools)
        self.stats.logprobs_withheld = facts.logprobs and len(held) > 0
        self._texts: dict[int, StreamRestorer] = {}
        self._finished: set[int] = set()
        self._shape: dict[str, Any] = {}

    def _is_whole(self) -> bool:
        return self._done or len(self._finished) >= max(self._facts.n, len(self._texts), 1)

    def _take(self, frame: Frame, out: list[bytes]) -> None:
        data = frame.data
        document = read_frame(data) if data is not None else None
        if data is None or type(document) is not dict:
            if data is not None and data.strip() == b"[DONE]":
                self._done = True
                self._flush_all(out)
            elif data is not None and data.lstrip()[:1] == b"{":
                self._stop_restoring(out)
            out.append(frame.raw)
            return
        self._reply.changed = False
        if document.get("error"):
            self.stats.failed = True
            self._flush_all(out)
            self._reply.value(document, "error", sink=Sink.TEXT)
        choices = document.get("choices")
        if type(document.get("usage")) is dict:
            self.stats.usage = read_chat_usage(document)
            if not choices and self._facts.include_usage_injected:
                return
        changed = self._reply.changed
        for choice in choices if type(choices) is list else ():
            self._shape = document
            changed = (type(choice) is dict and self._take_choice(choice)) or changed
        out.append(frame.rewrite(write_frame(document, data)) if changed else frame.raw)

    def _take_choice(self, choice: dict[str, Any]) -> bool:
        """Restore a piece of a choice; what is held back at its end goes with the last."""
        index = choice.get("index", 0)
        if type(index) is not int:  # JavaScript takes `1.0` for 1
            raise BrokenStream("The provider counts choices with something that is no number.")
        came = choice.get("text")
        ready = came if type(came) is str else ""
        if ready or index in self._texts:
            ready = self._open(index).feed(ready)
        if choice.get("finish_reason") is not None:
            self.stats.finished(choice["finish_reason"])
            self._finished.add(index)
            if index in self._texts:
                ready += self._texts[index].close()
        changed = ready != (came if type(came) is str else "")
        if changed:
            choice["text"] = ready
        if self.stats.logprobs_withheld and choice.get("logprobs") is not None:
            choice["logprobs"] = None
            changed = True
        return changed

    def _open(self, index: int) -> StreamRestorer:
        restorer = self._texts.get(index)
        if restorer is None:
            if len(self._texts) >= MAX_CHOICES:
                raise BrokenStream("The provider sent more choices than a reply has.")
            restorer = StreamRestorer(self._held, sink=Sink.TEXT, form=Form.TEXT)
            self._texts[index] = restorer
            self._opened.append(restorer)
        return restorer

    def _flush_all(self, out: list[bytes]) -> None:
        for index, restorer in self._texts.items():
            rest = restorer.close()
            if rest:
                choice = {"index": index, "text": rest, "logprobs": None, "finish_reason": None}
                document = {**self._shape, "choices": [choice]}
                document.pop("usage", None)
                out.append(encode_data(write_frame(document, b"")))
