"""The operations on files and on what is made of them, and the protocols of their lines.

A line of a batch is read as a live call of its endpoint: the same map, the same facts,
with what stands around it. Each entry of `LINES` is such a protocol.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from curtilage.gateway.errors import QueryRefused
from curtilage.gateway.wire import (
    anthropic_batches,
    anthropic_files,
    azure,
    openai_files,
    openai_media,
)
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.fields import TEXT, FieldMap, Node, Object, one_of
from curtilage.gateway.wire.json_lines import RESTORED, FileRewriter
from curtilage.gateway.wire.protocols import (
    ANTHROPIC,
    AZURE,
    OPENAI,
    PROTOCOLS,
    Dialect,
    Query,
    RouteProtocol,
    TaskKind,
)
from curtilage.gateway.wire.responses_reply import restore_nothing

FILE, BATCH, JOB, MESSAGE_BATCH = "file", "batch", "job", "message_batch"
"""What a caller may hold at a provider."""

LISTED = Query(
    re.compile(
        rb"(?:(?:after|after_id|before_id|page|limit|order|purpose|beta)=[A-Za-z0-9_-]{0,256}(?:&|\Z))*\Z"
    ).match,
    "after, limit, order and purpose",
)
_PAGED = frozenset(("after", "limit"))


@dataclass(frozen=True, slots=True)
class Listed:
    """Which part of a list is asked for: behind the id `after`, or before that of `before`."""

    after: str = ""
    before: str = ""
    limit: int = 0
    order: str = "desc"
    purpose: str = ""


def read_listed(query: bytes) -> Listed:
    """The question in a query that `LISTED` takes. Raises QueryRefused."""
    said = dict(pair.partition("=")[::2] for pair in query.decode("ascii").split("&") if pair)
    limit = said.get("limit") or "0"
    if not limit.isdecimal() or len(limit) > 6 or said.get("order", "desc") not in _ORDERS:
        raise QueryRefused
    after = said.get("after") or said.get("after_id") or said.get("page") or ""
    before = said.get("before_id", "")
    if after and before:
        raise QueryRefused
    return Listed(after, before, int(limit), said.get("order", "desc"), said.get("purpose", ""))


_ORDERS = ("asc", "desc")


def _no_frame(error: BaseException, request_id: str) -> bytes:
    """A file has no place for an error: one whose rest does not come is cut, so that nobody
    takes it for whole."""
    return b""


def _line_of(known: RouteProtocol, url: str) -> RouteProtocol:
    """The protocol of one line of a batch for an endpoint, which is `known` live."""

    def prepare(document: Any, allowed: Collection[str] = ()) -> RequestFacts:
        body = document.get("body") if type(document) is dict else None
        if document.get("method") != "POST" or type(body) is not dict:
            raise UnexpectedShape("Expected an object with `method` POST and a `body`.")
        facts = known.prepare(body, allowed)
        if facts.stream or facts.continues:
            raise UnexpectedShape("A request of a batch neither streams nor goes on from another.")
        return facts

    def name_model(document: Any, model: str) -> None:
        document["body"]["model"] = model

    def add_note(document: Any) -> None:
        assert known.add_note is not None
        known.add_note(document["body"])

    return replace(
        known,
        kind=f"{known.dialect.name}.batch.{known.kind.rpartition('.')[2]}",
        request_map=FieldMap(
            Object(
                {
                    "custom_id": TEXT,
                    "method": one_of("POST"),
                    "url": one_of(url),
                    "body": Node(object=known.request_map.root),
                }
            ),
            known.request_map.author,
        ),
        prepare=prepare,
        name_model=name_model,
        add_note=add_note if known.add_note else None,
    )


def _lines_of_openai() -> Iterator[tuple[str, RouteProtocol]]:
    for known in PROTOCOLS.values():
        if known.path in RESTORED and not known.of_kept and known.dialect.name == OPENAI.name:
            yield known.path, _line_of(known, known.path)


def _lines_of_azure() -> Iterator[tuple[str, RouteProtocol]]:
    """Azure's guides name an endpoint without a version, or as OpenAI's do."""
    for name in azure.SERVED:
        known = PROTOCOLS[f"azure.v1.{name}"]
        path = known.path.removeprefix("/openai/v1")
        for url in (path, f"/v1{path}"):
            yield url, _line_of(known, url)


LINES: Mapping[str, Mapping[str, RouteProtocol]] = {
    OPENAI.name: dict(_lines_of_openai()),
    AZURE.name: dict(_lines_of_azure()),
}
"""By whose file it is, and the endpoint that a line names."""


def _of_text(kind: str, request_map: FieldMap) -> RouteProtocol:
    return RouteProtocol(
        kind=f"openai.files.{kind}",
        dialect=OPENAI,
        path="",
        request_map=request_map,
        prepare=openai_files.prepare_nothing,
        restore_reply=restore_nothing,
        by_collection=True,
    )


EXAMPLE = _of_text("example", openai_files.EXAMPLES)
ANY_LINE = _of_text("line", openai_files.ANY_LINE)
TEXT_FILE = _of_text("text", openai_files.TEXT_FILE)


def _family(dialect: Dialect, name: str, path: str, holding: str, **more: Any) -> list[Any]:
    """To make one of a kind, to list them, and to read one."""
    shared: Mapping[str, Any] = {
        "dialect": dialect,
        "request_map": FieldMap(Object()),
        "prepare": openai_files.prepare_nothing,
        "restore_reply": openai_files.restore_object,
        "holding": holding,
    }
    of_kept = {**shared, "of_kept": True, "task": TaskKind.ACT}
    return [
        RouteProtocol(kind=name, path=path, **{**shared, "task": TaskKind.MAKE, **more}),
        RouteProtocol(
            kind=f"{name}.list",
            path=path,
            **{**shared, "method": "GET", "task": TaskKind.LIST, "takes": LISTED},
        ),
        RouteProtocol(kind=f"{name}.read", path=f"{path}/{{id}}", method="GET", **of_kept),
    ]


def _of_held(made: RouteProtocol, name: str, rest: str, **more: Any) -> RouteProtocol:
    """One more operation on what a caller holds, beside the reading of it."""
    path = f"{made.path}{rest}"
    return replace(made, kind=f"{made.kind.rpartition('.')[0]}.{name}", path=path, **more)


_FILES = _family(
    OPENAI,
    "openai.files",
    "/v1/files",
    FILE,
    request_map=openai_files.UPLOAD,
    prepare=openai_files.prepare_upload,
    task=TaskKind.UPLOAD,
    by_collection=True,
)
_BATCHES = _family(
    OPENAI,
    "openai.batches",
    "/v1/batches",
    BATCH,
    request_map=openai_files.BATCHES,
    prepare=openai_files.prepare_batch,
    refers=openai_files.files_of_batch,
)
_JOBS = _family(
    OPENAI,
    "openai.fine_tuning",
    "/v1/fine_tuning/jobs",
    JOB,
    request_map=openai_files.JOBS,
    prepare=openai_files.prepare_job,
    refers=openai_files.files_of_job,
)
_MESSAGE_BATCHES = _family(
    ANTHROPIC,
    "anthropic.batches",
    "/v1/messages/batches",
    MESSAGE_BATCH,
    request_map=anthropic_batches.BATCHES,
    prepare=anthropic_batches.prepare_batch,
    name_model=anthropic_batches.name_model,
    restore_reply=anthropic_batches.restore_batch,
)
_ACTS: Mapping[str, Any] = {"method": "POST"}
_DELETES: Mapping[str, Any] = {"method": "DELETE", "forgets": True}
_READS_FILE: Mapping[str, Any] = {"rewriter": FileRewriter, "streams_file": True}
_ANTHROPICS: Mapping[str, Any] = {
    "restore_reply": anthropic_batches.restore_batch,
    "query": frozenset(("beta",)),  # what the SDK sends for the same, with newer features
}

_OF_MEDIA = (
    RouteProtocol(
        kind="openai.speech",
        dialect=OPENAI,
        path="/v1/audio/speech",
        request_map=openai_media.SPEECH,
        prepare=openai_media.prepare_speech,
        restore_reply=restore_nothing,
    ),
    RouteProtocol(
        kind="openai.images",
        dialect=OPENAI,
        path="/v1/images/generations",
        request_map=openai_media.PICTURES,
        prepare=openai_media.prepare_picture,
        restore_reply=openai_media.restore_pictures,
    ),
    *(
        RouteProtocol(
            kind=f"openai.{name}",
            dialect=OPENAI,
            path=f"/v1/audio/{name}",
            request_map=openai_media.TRANSCRIPTS,
            prepare=openai_media.prepare_transcript,
            restore_reply=openai_media.restore_transcript,
            task=TaskKind.SOUND,
        )
        for name in ("transcriptions", "translations")
    ),
)

_READ_BATCH = replace(_MESSAGE_BATCHES[2], **_ANTHROPICS)

_OF_OPENAI = (
    *_FILES,
    _of_held(
        _FILES[2],
        "content",
        "/content",
        dialect=replace(OPENAI, error_frame=_no_frame),
        **_READS_FILE,
    ),
    _of_held(_FILES[2], "delete", "", **_DELETES),
    *_BATCHES,
    _of_held(_BATCHES[2], "cancel", "/cancel", **_ACTS),
    *_JOBS,
    *(_of_held(_JOBS[2], name, f"/{name}", **_ACTS) for name in ("cancel", "pause", "resume")),
    *(
        _of_held(_JOBS[2], name, f"/{name}", query=_PAGED, restore_reply=restore_nothing)
        for name in ("events", "checkpoints")
    ),
)


def _of_azure() -> Iterator[RouteProtocol]:
    """The same on Azure's paths, with its version in each query."""
    for known in _OF_OPENAI:
        asked = (
            (azure.LISTED, azure.LISTED_WORDS)
            if known.task is TaskKind.LIST
            else (azure.QUERY, azure.QUERY_WORDS)
        )
        for kind, base in (("azure", "/openai"), ("azure.v1", "/openai/v1")):
            yield replace(
                known,
                kind=known.kind.replace("openai", kind, 1),
                dialect=replace(AZURE, error_frame=known.dialect.error_frame),
                path=base + known.path.removeprefix("/v1"),
                takes=Query(*asked),
                query=frozenset((*known.query, azure.PARAMETER)),
            )


FILE_PROTOCOLS: Mapping[str, RouteProtocol] = {
    protocol.kind: protocol
    for protocol in (
        *_OF_OPENAI,
        *_of_azure(),
        *_MESSAGE_BATCHES[:2],
        _READ_BATCH,
        _of_held(_READ_BATCH, "cancel", "/cancel", **_ACTS),
        _of_held(_READ_BATCH, "delete", "", **_DELETES),
        _of_held(
            _READ_BATCH,
            "results",
            "/results",
            dialect=replace(ANTHROPIC, error_frame=_no_frame),
            **_READS_FILE,
        ),
        *_OF_MEDIA,
    )
}
"""Every operation on files, batches, fine-tuning jobs, sound and pictures, by its kind."""

_OF_ANTHROPIC = _family(
    ANTHROPIC,
    "anthropic.files",
    "/v1/files",
    FILE,
    request_map=anthropic_files.UPLOAD,
    prepare=anthropic_files.prepare_upload,
    task=TaskKind.UPLOAD,
    by_collection=True,
)
_READ_FILE = replace(_OF_ANTHROPIC[2], query=frozenset(("beta",)))

ANTHROPIC_FILES: Mapping[str, RouteProtocol] = {
    protocol.kind: protocol
    for protocol in (
        *_OF_ANTHROPIC[:2],
        _READ_FILE,
        _of_held(
            _READ_FILE,
            "content",
            "/content",
            dialect=replace(ANTHROPIC, error_frame=_no_frame),
            **_READS_FILE,
        ),
        _of_held(_READ_FILE, "delete", "", **_DELETES),
    )
}
"""Every operation on Anthropic's files, by its kind. Their paths and methods are OpenAI's."""
