"""A call whose body is a form: taken to disk, its fields protected, written anew, sent.

The body waits in a nameless file until all of it is there, because the fields that say how
its file is to be read may come last. What may leave is written to such a file too and sent
from there, so that memory holds none of it, and what a killed worker leaves behind nobody
can open.
"""

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.calling import Outgoing
from curtilage.gateway.engine import Inbound, Outbound, Session
from curtilage.gateway.errors import UploadTooLarge
from curtilage.gateway.exchange import PLAIN
from curtilage.gateway.files.forms import Form, FormReader, encode_head, encode_tail, read_boundary
from curtilage.gateway.files.holding import HoldingExchange
from curtilage.gateway.files.spool import Spool
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.errors import MalformedForm, MalformedMedia, UnreadableEncoding
from curtilage.gateway.wire.fields import unscannable
from curtilage.gateway.wire.media import find_kind, may_be_sound

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


class FormExchange(HoldingExchange):
    """The state of one such call. `_raw` is the file that came, then what is sent."""

    __slots__ = ("_boundary", "_form", "_raw", "_ready")

    _form: Form
    _raw: Spool
    _ready: Spool
    _boundary: str

    async def run(self) -> None:
        self._raw = self._line.spools.take()
        try:
            self._ready = self._line.spools.take()
            try:
                await super().run()
            finally:
                self._ready.close()
        finally:
            self._raw.close()

    async def _read(self, snapshot: Snapshot) -> bytes:
        """Take the form in, its file to disk. Nothing of it counts as tokens of a call."""
        admitted, settings = self._admitted, snapshot.settings
        assert admitted is not None
        if admitted.headers.encoding not in PLAIN:
            raise UnreadableEncoding("A form is sent as it is.")
        reader = FormReader(read_boundary(_content_type(self._scope)), self._raw.write)
        while (piece := await self._caller.read_piece(settings)) is not None:
            self._record.bytes_in += len(piece)
            if self._record.bytes_in > settings.max_upload_bytes:
                raise UploadTooLarge
            reader.feed(piece)
        self._form = reader.close()
        if self._form.file_field != "file":
            raise MalformedForm("Expected a file in the field `file`.")
        return b""

    async def _make(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Sound with fields beside it: what is said of it is protected, itself is not read."""
        del raw  # it is on disk
        if "audio" not in snapshot.policy.allowed_opaque:
            raise unscannable("audio")
        if not may_be_sound(find_kind(self._raw.rewind().read(16))):
            raise MalformedMedia("The file is no sound.")
        engine, account = self._line.engine, self._record.account
        fields = self._fields()
        inbound = engine.place(snapshot, admitted, self._protocol, fields, account, session=session)
        inbound.target = replace(inbound.target, others=())
        self._outbound = engine.protect(snapshot, admitted, self._protocol, inbound, session)
        self._inbound, self._holding = inbound, None
        self._copy(self._raw, self._ready)
        await self._line.aside.run(self._ready.size, partial(self._assemble, fields))

    def _fields(self) -> dict[str, Any]:
        """What is said in the form and of its file. An ending that says what a file is, is
        kept apart: a name that is protected would take it along."""
        name = self._name.stem if self._ending else self._form.filename
        return {**self._form.fields, **self._form.lists, "filename": name}

    @property
    def _ending(self) -> str:
        """How the file's name ends, where that is one of the endings that are known."""
        ending = self._name.suffix
        return ending if ending.lower() in ENDINGS else ""

    @property
    def _name(self) -> PurePosixPath:
        return PurePosixPath(self._form.filename)

    @staticmethod
    def _copy(source: Spool, sink: Spool) -> None:
        file = source.rewind()
        while piece := file.read(SLICE):
            sink.write(piece)

    def _assemble(self, fields: dict[str, Any]) -> None:
        """Write the form anew in place of what came, which is then on no disk any more."""
        boundary = self._boundary = f"curtilage-{self._line.registrar.ids.new()}"
        named = {name: value for name, value in fields.items() if name != "filename"}
        form = replace(self._form, filename=f"{fields['filename']}{self._ending}")
        self._raw.clear()
        self._raw.write(encode_head(boundary, named, form))
        self._copy(self._ready, self._raw)
        self._raw.write(encode_tail(boundary))

    def _make_outgoing(self, inbound: Inbound, outbound: Outbound) -> Outgoing:
        kind = f"multipart/form-data; boundary={self._boundary}"
        outgoing = super()._make_outgoing(inbound, outbound)
        return replace(outgoing, body=self._raw.view(), content_type=kind, document=None)


def _content_type(scope: ASGIScope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"content-type"), b"")
