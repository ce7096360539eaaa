"""An upload: its content gone through by its purpose, and kept by the provider.

Memory holds a slice of lines and the map of values, whatever the size of the file.
"""

from dataclasses import replace
from functools import partial
from typing import IO, Any

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.engine import Inbound, Outbound, Session
from curtilage.gateway.errors import UploadTooLarge
from curtilage.gateway.files.forming import SLICE, FormExchange
from curtilage.gateway.files.holdings import Holding
from curtilage.gateway.files.rewriting import ContentRewriter
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.errors import LineRefused, MalformedForm, MediaTooLarge
from curtilage.gateway.wire.fields import unscannable
from curtilage.gateway.wire.json_lines import AS_IT_IS, OWN_LINES, OWN_TEXT
from curtilage.gateway.wire.media import clean_bytes, find_kind
from curtilage.gateway.wire.openai_files import BATCH, TUNING

OF_LINES = frozenset((BATCH, TUNING, "evals"))
TEXTS = frozenset((".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log"))
FIELDS = frozenset(("purpose", "expires_after[anchor]", "expires_after[seconds]"))


_WORDS = (("image/", "images"), ("audio/", "audio"), ("video/", "video"))


class UploadExchange(FormExchange):
    """The state of one upload."""

    __slots__ = ("_read_as", "_rewriter")

    _read_as: str
    _rewriter: ContentRewriter

    async def _make(
        self, snapshot: Snapshot, admitted: Admitted, session: Session, raw: bytes
    ) -> None:
        """Go through the content, then through what is said of it."""
        del session, raw  # a file has the scope of its collection, and its bytes are on disk
        fields = self._check_fields()
        line, account = self._line, self._record.account
        minting = await line.sessions.get(admitted.collection)
        rewriter = self._rewriter = ContentRewriter(
            line.engine, replace(snapshot, shadow=None), admitted, minting, self._purpose
        )
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
        await self._take_files(admitted, inbound, replace(outbound, files=tuple(tally.files)))
        self._inbound, self._outbound = inbound, outbound
        await line.aside.run(self._ready.size, partial(self._assemble, fields))

    @property
    def _purpose(self) -> str:
        return self._form.fields["purpose"]

    def _check_fields(self) -> dict[str, Any]:
        """The fields of an upload, and none that nobody here reads."""
        fields = self._fields()
        if "purpose" not in fields or fields.keys() - FIELDS - {"filename"}:
            raise MalformedForm("Expected the fields `purpose` and `file`, and no other.")
        return fields

    async def _rewrite(self, snapshot: Snapshot, rewriter: ContentRewriter) -> str:
        """Write what may leave of the content; the form in which it is read back."""
        longest = snapshot.settings.max_body_bytes
        if self._purpose in OF_LINES:
            await self._rewrite_lines(rewriter, longest)
            return OWN_LINES
        if self._name.suffix.lower() not in TEXTS:
            await self._pass_blob(snapshot)
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

    async def _pass_blob(self, snapshot: Snapshot) -> None:
        """What no scan of text can judge leaves where the policy says so; of a picture, what
        is beside the picture does not."""
        declared, longest = self._form.media_type, snapshot.settings.max_media_bytes
        known = find_kind(self._raw.rewind().read(16))  # not what it is said to be
        kind = next((word for start, word in _WORDS if known.startswith(start)), "files")
        if kind not in snapshot.policy.allowed_opaque:
            raise unscannable(kind)
        if kind == "images" and not snapshot.policy.observe:
            if self._raw.size > longest:
                raise MediaTooLarge
            work = partial(clean_bytes, self._raw.rewind().read(), declared)
            self._ready.write(await self._line.aside.run(self._raw.size, work))
        else:
            self._copy(self._raw, self._ready)

    def _make_bill(self, inbound: Inbound, outbound: Outbound) -> BilledCall:
        """To keep a file costs no tokens."""
        return replace(super()._make_bill(inbound, outbound), of_kept=True)

    async def _describe(self, id: str) -> Holding:
        """The file, with what a batch of it may cost, and its map."""
        tally = self._rewriter.tally
        map = await self._line.holdings.keep_map(self._owner, self._rewriter.held)
        return replace(
            await super()._describe(id), form=self._read_as, map=map, purpose=self._purpose,
            lines=tally.lines, size=self._ready.size, longest=tally.longest,
            unlimited=tally.unlimited,
        )  # fmt: skip


def _take_slice(file: IO[bytes], longest: int) -> list[bytes]:
    """The next lines, some SLICE of them. Raises LineRefused for one beyond `longest`."""
    lines, size = [], 0
    while size < SLICE and (line := file.readline(longest + 1)):
        if len(line) > longest:
            raise LineRefused("A line is longer than a request may be.")
        lines.append(line)
        size += len(line)
    return lines
