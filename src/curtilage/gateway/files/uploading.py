"""An upload: taken to disk, gone through, rewritten, and sent.

The body waits in a nameless file until all of it is there, because its purpose, which says
how it is to be read, may come last. What may leave is written to another such file and sent
from there. So memory holds a slice of lines and the map of values, whatever the size; and
what a killed worker leaves behind, nobody can open.
"""

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import IO

from curtilage.gateway.asgi import ASGIScope
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.calling import Outgoing
from curtilage.gateway.engine import Admitted, Inbound, Outbound, Session
from curtilage.gateway.errors import UploadTooLarge
from curtilage.gateway.exchange import PLAIN
from curtilage.gateway.files.forms import Form, FormReader, encode_head, encode_tail, read_boundary
from curtilage.gateway.files.holding import HoldingExchange
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.files.rewriting import ContentRewriter
from curtilage.gateway.files.spool import Spool
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.errors import LineRefused, MalformedForm, UnreadableEncoding
from curtilage.gateway.wire.fields import unscannable
from curtilage.gateway.wire.json_lines import AS_IT_IS, OWN_LINES, OWN_TEXT
from curtilage.gateway.wire.openai_files import BATCH, TUNING

SLICE = 512 * 1024  # bytes of lines that are gone through before others have their turn
OF_LINES = frozenset((BATCH, TUNING, "evals"))
TEXTS = frozenset((".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log"))
FIELDS = frozenset(("purpose", "expires_after[anchor]", "expires_after[seconds]"))


class UploadExchange(HoldingExchange):
    """The state of one upload."""

    __slots__ = ("_boundary", "_form", "_raw", "_read_as", "_ready", "_rewriter")

    _form: Form
    _raw: Spool
    _ready: Spool
    _boundary: str
    _read_as: str
    _rewriter: ContentRewriter | None

    async def run(self) -> None:
        self._rewriter = None
        self._raw, self._ready = self._line.spools.take(), self._line.spools.take()
        try:
            await super().run()
        finally:
            self._raw.close()
            self._ready.close()

    async def _read(self, snapshot: Snapshot) -> bytes:
        """Take the form in, its file to disk. Nothing of it counts as tokens of a call."""
        admitted, settings = self._admitted, snapshot.settings
        assert admitted is not None
        if admitted.headers.encoding not in PLAIN:
            raise UnreadableEncoding("An upload is sent as it is.")
        reader = FormReader(read_boundary(_content_type(self._scope)), self._raw.write)
        while (piece := await self._caller.read_piece(settings)) is not None:
            self._record.bytes_in += len(piece)
            if self._record.bytes_in > settings.max_upload_bytes:
                raise UploadTooLarge
            reader.feed(piece)
        self._form = _check(reader.close())
        return b""

    async def _make(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Go through the content, then through what is said of it."""
        del session, raw  # a file has the scope of its collection, and its bytes are on disk
        line, account = self._line, self._record.account
        minting = await line.sessions.get(admitted.collection)
        rewriter = self._rewriter = ContentRewriter(
            line.engine, replace(snapshot, shadow=None), admitted, minting, self._purpose
        )
        fields: dict[str, str] = {**self._form.fields, "filename": self._name.stem}
        inbound = line.engine.place(snapshot, admitted, self._protocol, fields, account)
        try:
            self._read_as = await self._rewrite(snapshot, rewriter)
        finally:
            tally = rewriter.tally
            account.found, account.slots = dict(tally.found), tally.slots
            account.bare = tally.bare
        if tally.target is not None and tally.model:
            inbound.target = tally.target
            inbound.facts = replace(inbound.facts, model=tally.model)
        inbound.target = replace(inbound.target, others=())
        account.upstream, account.destination = inbound.target.upstream, inbound.target.destination
        outbound = line.engine.protect(snapshot, admitted, self._protocol, inbound, minting)
        line.engine.decide_for(
            snapshot, admitted, self._protocol, inbound, tally.found, slots=tally.slots
        )
        self._inbound, self._outbound = inbound, outbound
        await line.aside.run(self._ready.size, partial(self._assemble, fields))

    @property
    def _purpose(self) -> str:
        return self._form.fields["purpose"]

    @property
    def _name(self) -> PurePosixPath:
        return PurePosixPath(self._form.filename)

    async def _rewrite(self, snapshot: Snapshot, rewriter: ContentRewriter) -> str:
        """Write what may leave of the content; the form in which it is read back."""
        longest = snapshot.settings.max_body_bytes
        if self._purpose in OF_LINES:
            await self._rewrite_lines(rewriter, longest)
            return OWN_LINES
        if self._name.suffix.lower() not in TEXTS:
            self._pass_blob(snapshot)
            return AS_IT_IS
        if self._raw.size > longest:
            raise UploadTooLarge
        text = self._raw.rewind().read()
        try:
            text.decode()
        except UnicodeDecodeError:
            raise MalformedForm("The file is no text in UTF-8, as its name says.") from None
        self._ready.write(await self._line.aside.run(len(text), partial(rewriter.take_text, text)))
        return OWN_TEXT

    async def _rewrite_lines(self, rewriter: ContentRewriter, longest: int) -> None:
        file = self._raw.rewind()
        while lines := _take_slice(file, longest):
            work = partial(rewriter.take_lines, lines)
            self._ready.write(await self._line.aside.run(sum(map(len, lines)), work))
        if not rewriter.tally.lines:
            raise MalformedForm("The file has no line.")

    def _pass_blob(self, snapshot: Snapshot) -> None:
        """What no scan of text can judge leaves as it is, where the policy says so."""
        kind = "images" if self._form.media_type.startswith("image/") else "files"
        if kind not in snapshot.policy.allowed_opaque:
            raise unscannable(kind)
        file = self._raw.rewind()
        while piece := file.read(SLICE):
            self._ready.write(piece)

    def _assemble(self, fields: dict[str, str]) -> None:
        """Write the form anew in place of what came, which is then on no disk any more."""
        boundary = self._boundary = f"curtilage-{self._line.registrar.ids.new()}"
        stem = fields.pop("filename")
        form = replace(self._form, filename=f"{stem}{self._name.suffix}")
        self._raw.clear()
        self._raw.write(encode_head(boundary, dict(fields), form))
        file = self._ready.rewind()
        while piece := file.read(SLICE):
            self._raw.write(piece)
        self._raw.write(encode_tail(boundary))

    def _make_outgoing(self, inbound: Inbound, outbound: Outbound) -> Outgoing:
        outgoing = super()._make_outgoing(inbound, outbound)
        kind = f"multipart/form-data; boundary={self._boundary}"
        return replace(outgoing, body=self._raw.view(), content_type=kind)

    def _make_bill(self, inbound: Inbound, outbound: Outbound) -> BilledCall:
        """To keep a file costs no tokens."""
        return replace(super()._make_bill(inbound, outbound), of_kept=True)

    async def _describe(self, id: str) -> Holding:
        """The file, with what a batch of it may cost, and its map."""
        assert self._rewriter is not None
        tally = self._rewriter.tally
        map = await self._line.holdings.keep_map(self._owner, self._rewriter.held)
        return replace(
            await super()._describe(id), form=self._read_as, map=map, purpose=self._purpose,
            lines=tally.lines, size=self._ready.size, longest=tally.longest,
            unlimited=tally.unlimited,
        )  # fmt: skip


def _content_type(scope: ASGIScope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"content-type"), b"")


def _check(form: Form) -> Form:
    """A form that has what an upload needs, and nothing that nobody here reads."""
    if form.file_field != "file" or "purpose" not in form.fields:
        raise MalformedForm("Expected the fields `purpose` and `file`.")
    if form.lists or set(form.fields) - FIELDS:
        raise MalformedForm("The form has a field that an upload does not.")
    return form


def _take_slice(file: IO[bytes], longest: int) -> list[bytes]:
    """The next lines, some SLICE of them. Raises LineRefused for one beyond `longest`."""
    lines, size = [], 0
    while size < SLICE and (line := file.readline(longest + 1)):
        if len(line) > longest:
            raise LineRefused("A line is longer than a request may be.")
        lines.append(line)
        size += len(line)
    return lines
