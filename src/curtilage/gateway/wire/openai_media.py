"""OpenAI's speech, transcriptions and pictures: text in, or text out.

Facts: the `openai` package 3.54, `types/audio/speech_create_params.py`,
`transcription_create_params.py`, `translation_create_params.py` and
`types/image_generate_params.py`. Sound and pictures that come back hold no text that
could be restored: what was a token is spoken or drawn as one.
"""

import re
from collections.abc import Collection
from typing import Any

from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import (
    ReplyStats,
    RequestFacts,
    Usage,
    read_count,
    read_limit,
    read_request,
)
from curtilage.gateway.wire.fields import (
    ASKED,
    IDENTITY,
    MODEL,
    NAME,
    NAMES,
    SCALAR,
    TEXT,
    FieldMap,
    Leaf,
    Node,
    Object,
    an,
    many,
    one_of,
)
from curtilage.gateway.wire.restoring import ReplyRestorer
from curtilage.shield.held import Held

_SIZE = Node(Leaf.STRUCTURE, re.compile(r"(?:auto|[0-9]{2,4}x[0-9]{2,4})\Z").match, note="size")
_NUMBER = Node(Leaf.STRUCTURE, re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,4})?\Z").match, note="number")
_LANGUAGE = Node(Leaf.STRUCTURE, re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?\Z").match, note="code")

SPEECH = FieldMap(
    Object(
        {
            "model": MODEL,
            "input": ASKED,
            "instructions": TEXT,
            "voice": Node(Leaf.STRUCTURE, NAME.fits, object=Object({"id": NAME}), note=NAME.note),
            "response_format": one_of("mp3", "opus", "aac", "flac", "wav", "pcm"),
            "speed": SCALAR,
            "stream_format": one_of("sse", "audio"),
        }
    )
)
PICTURES = FieldMap(
    Object(
        {
            "model": MODEL,
            "prompt": ASKED,
            "user": IDENTITY,
            "safety_identifier": IDENTITY,
            "size": _SIZE,
            "svg": an({"model": MODEL, "reasoning": an({"effort": NAME})}),
            **dict.fromkeys(
                (
                    "background", "complexity", "moderation", "output_format", "quality",
                    "response_format", "style",
                ),
                NAME,
            ),
            **dict.fromkeys(
                (
                    "frame_count", "frame_duration_ms", "n", "output_compression", "partial_images",
                    "stream",
                ),
                SCALAR,
            ),
        }
    )
)  # fmt: skip
TRANSCRIPTS = FieldMap(
    Object(
        {
            "model": MODEL,
            "filename": TEXT,
            "prompt": ASKED,
            "language": _LANGUAGE,
            "languages[]": many(_LANGUAGE),
            "response_format": NAME,
            "temperature": _NUMBER,
            "stream": one_of("true", "false"),
            "chunking_strategy": one_of("auto"),
            "chunking_strategy[type]": one_of("server_vad"),
            "chunking_strategy[prefix_padding_ms]": _NUMBER,
            "chunking_strategy[silence_duration_ms]": _NUMBER,
            "chunking_strategy[threshold]": _NUMBER,
            "include[]": NAMES,
            "timestamp_granularities[]": NAMES,
            "keywords[]": many(TEXT),
            "known_speaker_names[]": many(TEXT),
        }
    )
)
"""The fields of a form; its file is sound, for which the policy has a word of its own."""


def prepare_speech(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a text to be spoken. Raises UnexpectedShape."""
    model = read_request(document)
    if type(document.get("input")) is not str:
        raise UnexpectedShape("`input` is missing or not a string.")
    return RequestFacts(model=model)


def prepare_picture(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in a picture to be drawn. Raises UnexpectedShape."""
    model = read_request(document)
    if type(document.get("prompt")) is not str:
        raise UnexpectedShape("`prompt` is missing or not a string.")
    return RequestFacts(model=model, n=read_limit(document, "n") or 1)


def prepare_transcript(document: Any, _allowed: Collection[str] = ()) -> RequestFacts:
    """What the gateway relies on in sound to be read. Raises UnexpectedShape."""
    model = read_request(document)
    if document.get("stream") == "true":
        raise UnexpectedShape("Transcripts are served whole; leave `stream` out.")
    return RequestFacts(model=model)


def restore_pictures(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore what a model made of the prompt, beside each picture."""
    stats = ReplyStats(usage=_read_usage(document))
    restorer = ReplyRestorer(held, stats, outbound_tools)
    listed = document.get("data") if type(document) is dict else None
    for picture in listed if type(listed) is list else ():
        if type(picture) is dict:
            restorer.text(picture, "revised_prompt")
    return stats


def restore_transcript(
    document: Any, held: Held, _facts: RequestFacts, outbound_tools: Collection[str] = ()
) -> ReplyStats:
    """Restore what was written down of sound: the whole, its segments and its words."""
    stats = ReplyStats(usage=_read_usage(document))
    if type(document) is not dict:
        return stats
    restorer = ReplyRestorer(held, stats, outbound_tools)
    restorer.text(document, "text")
    for name, key in (("segments", "text"), ("words", "word")):
        listed = document.get(name)
        for piece in listed if type(listed) is list else ():
            if type(piece) is dict:
                restorer.text(piece, key)
    return stats


def _read_usage(document: Any) -> Usage:
    usage = document.get("usage") if type(document) is dict else None
    return Usage(read_count(usage, "input_tokens"), read_count(usage, "output_tokens"))
