"""The body of a call that is a form: taken to disk, and written anew from what may leave.

The body waits in a nameless file until all of it is there, because the fields that say how
its file is to be read may come last. What may leave is written to such a file too and sent
from there, so that memory holds none of it, and what a killed worker leaves behind nobody
can open.
"""

from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.errors import UploadTooLarge
from curtilage.gateway.exchange.call import Call, Ready
from curtilage.gateway.exchange.modeltask import PLAIN, outgoing_of
from curtilage.gateway.files.multipart import (
    Form,
    FormReader,
    encode_head,
    encode_tail,
    read_boundary,
)
from curtilage.gateway.files.spool import Spool
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.errors import MalformedForm, UnreadableEncoding

# Endings that providers read a file by. What stands behind another dot may be anything.
ENDINGS = frozenset(
    (
        ".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log", ".pdf", ".docx", ".xlsx", ".pptx", ".odt",
        ".html", ".xml", ".yaml", ".yml", ".py", ".js", ".ts", ".java", ".c", ".cpp", ".cs", ".go", ".rb", ".php",
        ".sh", ".css", ".tex", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp3", ".mp4", ".mpeg", ".mpga",
        ".m4a", ".wav", ".webm", ".ogg", ".flac", ".mov", ".zip", ".parquet",
    )
)  # fmt: skip
SLICE = 512 * 1024  # bytes that are gone through before others have their turn


class FormBody:
    """One such body. `raw` is the file that came, then what is sent; `ready` is what may
    leave of the file. Raises Busy where too many are under way."""

    def __init__(self, call: Call) -> None:
        self._call = call
        spools = call.services.spools
        with ExitStack() as taken:
            self.raw = taken.enter_context(closing(spools.take()))
            self.ready = taken.enter_context(closing(spools.take()))
            self._taken = taken.pop_all()
        self._boundary = f"curtilage-{call.services.registrar.ids.new()}"
        self._form = Form()

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        """Take the form in, its file to disk. Nothing of it counts as tokens of a call."""
        call, settings = self._call, snapshot.settings
        if admitted.headers.encoding not in PLAIN:
            raise UnreadableEncoding("A form is sent as it is.")
        reader = FormReader(read_boundary(_content_type(call.scope)), self.raw.write)
        while (piece := await call.caller.read_piece(settings)) is not None:
            call.record.bytes_in += len(piece)
            if call.record.bytes_in > settings.max_upload_bytes:
                raise UploadTooLarge
            reader.feed(piece)
        self._form = reader.close()
        if self._form.file_field != "file":
            raise MalformedForm("Expected a file in the field `file`.")
        return b""

    @property
    def fields(self) -> dict[str, Any]:
        """What is said in the form and of its file. An ending that says what a file is, is
        kept apart: a name that is protected would take it along."""
        name = self.name.stem if self._ending else self._form.filename
        return {**self._form.fields, **self._form.lists, "filename": name}

    @property
    def media_type(self) -> str:
        """What the file is said to be."""
        return self._form.media_type

    @property
    def name(self) -> PurePosixPath:
        return PurePosixPath(self._form.filename)

    @property
    def _ending(self) -> str:
        """How the file's name ends, where that is one of the endings that are known."""
        ending = self.name.suffix
        return ending if ending.lower() in ENDINGS else ""

    async def pass_file(self) -> None:
        """The file leaves as it came."""
        work = partial(_copy, self.raw, self.ready)
        await self._call.services.aside.run(self.raw.size, work)

    async def assemble(self, fields: dict[str, Any]) -> None:
        """Write the form anew in place of what came, which is then on no disk any more."""
        await self._call.services.aside.run(self.ready.size, partial(self._assemble, fields))

    def _assemble(self, fields: dict[str, Any]) -> None:
        named = {name: value for name, value in fields.items() if name != "filename"}
        form = replace(self._form, filename=f"{fields['filename']}{self._ending}")
        self.raw.clear()
        self.raw.write(encode_head(self._boundary, named, form))
        _copy(self.ready, self.raw)
        self.raw.write(encode_tail(self._boundary))

    def make_outgoing(self, ready: Ready) -> Outgoing:
        """The form as it was written anew."""
        kind = f"multipart/form-data; boundary={self._boundary}"
        outgoing = outgoing_of(self._call, ready)
        return replace(outgoing, body=self.raw.view(), content_type=kind, document=None)

    def close(self) -> None:
        self._taken.close()


def _copy(source: Spool, sink: Spool) -> None:
    file = source.rewind()
    while piece := file.read(SLICE):
        sink.write(piece)


def _content_type(scope: ASGIScope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"content-type"), b"")
