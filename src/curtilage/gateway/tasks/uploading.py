"""An upload: its content gone through by its purpose, and kept by the provider.

Memory holds a slice of lines and the map of values, whatever the size of the file.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import IO, Any

from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import BilledCall
from curtilage.gateway.errors import UploadTooLarge
from curtilage.gateway.exchange.call import Admission, Call, Ready
from curtilage.gateway.exchange.modeltask import bill_of
from curtilage.gateway.exchange.passing import Passing
from curtilage.gateway.files.content import ContentRewriter
from curtilage.gateway.request import Inbound
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.tasks.formbody import SLICE, FormBody
from curtilage.gateway.upstream_calls import Outgoing
from curtilage.gateway.wire.errors import LineRefused, MalformedForm, MediaTooLarge
from curtilage.gateway.wire.facts import ReplyStats
from curtilage.gateway.wire.fields import unscannable
from curtilage.gateway.wire.json_lines import AS_IT_IS, OWN_LINES, OWN_TEXT
from curtilage.gateway.wire.media import clean_bytes, find_kind
from curtilage.gateway.wire.openai_files import BATCH, TUNING

OF_LINES = frozenset((BATCH, TUNING, "evals"))
TEXTS = frozenset((".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".log"))
_OPAQUE = (("image/", "images"), ("audio/", "audio"), ("video/", "video"))


class UploadTask:
    """A form with a file, which is the caller's from then on."""

    __slots__ = ("_body", "_call", "_owner", "_purpose", "_read_as", "_rewriter", "keeps")

    _owner: Session
    _purpose: str
    _read_as: str
    _rewriter: ContentRewriter

    def __init__(self, call: Call) -> None:
        self._call = call
        self._body = FormBody(call)
        self.keeps = True

    async def read(self, snapshot: Snapshot, admitted: Admitted) -> bytes:
        return await self._body.read(snapshot, admitted)

    async def prepare(self, admission: Admission, raw: bytes) -> Passing:
        """Go through the content, then through what is said of it."""
        del raw  # it is on disk
        snapshot, admitted, call = admission.snapshot, admission.admitted, self._call
        engine, sessions, account = (
            call.services.engine,
            call.services.sessions,
            call.record.account,
        )
        self._owner = await sessions.get(admitted.owner)
        fields = self._body.fields
        self._purpose = _read_purpose(fields, call.protocol.request_map.root.fields)
        minting = await sessions.get(admitted.collection)
        self._rewriter = ContentRewriter(
            engine, replace(snapshot, shadow=None), admitted, minting, self._purpose,
            dialect=call.protocol.dialect.name,
        )  # fmt: skip
        inbound = engine.place(snapshot, admitted, call.protocol, fields, account)
        self._read_as = await self._rewrite(snapshot)
        self._place_by_content(inbound)
        protect = partial(engine.protect, snapshot, admitted, call.protocol, inbound, minting)
        outbound = await call.services.aside.scan(0, protect)
        tally = self._rewriter.tally
        engine.decide_for(
            snapshot, admitted, call.protocol, inbound, tally.found, slots=tally.slots
        )
        named = replace(outbound, files=tuple(tally.files))
        await call.services.holdings.hold_named(self._owner, inbound, named, call.maps)
        await self._body.assemble(fields)
        return Passing(call, self, Ready(admission, inbound, outbound))

    def _place_by_content(self, inbound: Inbound) -> None:
        """It goes to where the requests in it are for, and nowhere else."""
        tally, account = self._rewriter.tally, inbound.account
        if tally.target is not None and tally.model:
            inbound.target = tally.target
            inbound.facts = replace(inbound.facts, model=tally.model)
        inbound.target = replace(inbound.target, others=())
        account.upstream, account.destination = inbound.target.upstream, inbound.target.destination

    async def _rewrite(self, snapshot: Snapshot) -> str:
        """Write what may leave of the content; how that is read back.

        What was found so far is in the record, also of a content that is refused."""
        try:
            return await self._rewrite_by_purpose(snapshot)
        finally:
            tally, account = self._rewriter.tally, self._call.record.account
            account.found, account.slots = dict(tally.found), tally.slots
            account.bare = tally.bare
            account.hostile, account.hostile_action = dict(tally.hostile), tally.hostile_action

    async def _rewrite_by_purpose(self, snapshot: Snapshot) -> str:
        longest = snapshot.settings.max_body_bytes
        if self._purpose in OF_LINES:
            await self._rewrite_lines(longest)
            return OWN_LINES
        if self._body.name.suffix.lower() in TEXTS:
            await self._rewrite_text(longest)
            return OWN_TEXT
        await self._pass_blob(snapshot)
        return AS_IT_IS

    async def _rewrite_lines(self, longest: int) -> None:
        file, rewriter = self._body.raw.rewind(), self._rewriter
        while lines := _take_slice(file, longest):
            work = partial(rewriter.take_lines, lines)
            written = await self._call.services.aside.scan(sum(map(len, lines)), work)
            self._body.ready.write(written)
        if not rewriter.tally.lines:
            raise MalformedForm("The file has no line.")

    async def _rewrite_text(self, longest: int) -> None:
        if self._body.raw.size > longest:
            raise UploadTooLarge
        text = self._body.raw.rewind().read()
        try:
            text.decode()
        except UnicodeDecodeError:
            raise MalformedForm("The file is no text in UTF-8, as its name says.") from None
        work = partial(self._rewriter.take_text, text)
        self._body.ready.write(await self._call.services.aside.scan(len(text), work))

    async def _pass_blob(self, snapshot: Snapshot) -> None:
        """What no scan of text can judge leaves where the policy says so; of a picture, what
        is beside the picture does not."""
        raw, longest = self._body.raw, snapshot.settings.max_media_bytes
        known = find_kind(raw.rewind().read(16))  # not what it is said to be
        kind = next((word for start, word in _OPAQUE if known.startswith(start)), "files")
        if kind not in snapshot.policy.allowed_opaque:
            raise unscannable(kind)
        if kind != "images" or snapshot.policy.observe:
            await self._body.pass_file()
            return
        if raw.size > longest:
            raise MediaTooLarge
        work = partial(clean_bytes, raw.rewind().read(), self._body.media_type)
        self._body.ready.write(await self._call.services.aside.run(raw.size, work))

    def make_bill(self, ready: Ready) -> BilledCall:
        """To keep a file costs no tokens."""
        return replace(bill_of(self._call, ready), of_kept=True)

    def make_outgoing(self, ready: Ready) -> Outgoing:
        return self._body.make_outgoing(ready)

    async def keep(self, ready: Ready, stats: ReplyStats) -> None:
        """Note whose the file is, before its id is known: with what a batch of it may cost,
        and its map."""
        self.keeps = False
        if not stats.reply_id:
            return
        holdings, tally = self._call.services.holdings, self._rewriter.tally
        map = await holdings.keep_map(self._owner, self._rewriter.held)
        kind = self._call.protocol.holding
        file = replace(
            holdings.describe(stats.reply_id, kind, ready.inbound, ready.outbound),
            read_as=self._read_as, map=map, purpose=self._purpose, lines=tally.lines,
            size=self._body.ready.size, longest=tally.longest, unlimited=tally.unlimited,
        )  # fmt: skip
        await holdings.keep(self._owner, file)

    async def forget(self, ready: Ready) -> None:
        """What was made is not gone."""

    def close(self) -> None:
        self._body.close()


def _read_purpose(fields: Mapping[str, Any], known: Mapping[str, object]) -> str:
    """What an upload is for, where it says so. Raises MalformedForm for other fields."""
    if fields.keys() - known.keys() or ("purpose" in known and "purpose" not in fields):
        expected = ", ".join(f"`{name}`" for name in known if name != "filename")
        raise MalformedForm(f"Expected the field `file`, and of others {expected}.")
    return str(fields.get("purpose", ""))


def _take_slice(file: IO[bytes], longest: int) -> list[bytes]:
    """The next lines, some SLICE of them. Raises LineRefused for one beyond `longest`."""
    lines, size = [], 0
    while size < SLICE and (line := file.readline(longest + 1)):
        if len(line) > longest:
            raise LineRefused("A line is longer than a request may be.")
        lines.append(line)
        size += len(line)
    return lines
