"""The content of a file, protected: line by line, or as one text. No I/O, no awaiting.

All of a file has one map and one mint, so that each value has one token in it. Where one
line may not leave, none does; the error names its number and nothing of what it holds.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from curtilage.core.errors import CurtilageError
from curtilage.gateway.admitting import Admitted
from curtilage.gateway.billing import find_limit
from curtilage.gateway.engine import Engine
from curtilage.gateway.errors import HoldsTooMuch, PolicyRefused, ReplyElsewhere
from curtilage.gateway.files.holdings import size_of
from curtilage.gateway.files.maps import MOST_OF_MAP
from curtilage.gateway.hostility import stricter
from curtilage.gateway.records import Account
from curtilage.gateway.routes import Target
from curtilage.gateway.session import Session
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.body import Embedded, parse_strict
from curtilage.gateway.wire.errors import LineRefused, ReferenceRefused, UnexpectedShape
from curtilage.gateway.wire.file_protocols import ANY_LINE, EXAMPLE, LINES, TEXT_FILE
from curtilage.gateway.wire.openai_files import BATCH, MOST_FILES, TUNING
from curtilage.gateway.wire.protocols import OPENAI, RouteProtocol


@dataclass(slots=True)
class Tally:
    """What gathers while a file is gone through: for its record, its place, its price."""

    found: Counter[str] = field(default_factory=Counter)
    slots: int = 0
    bare: tuple[str, ...] = ()
    hostile: Counter[str] = field(default_factory=Counter)
    hostile_action: str = ""
    target: Target | None = None
    model: str = ""
    lines: int = 0
    longest: int = 0
    unlimited: int = 0
    files: dict[str, None] = field(default_factory=dict)


class ContentRewriter:
    """Protects the content of one file for one purpose of the provider's."""

    def __init__(
        self,
        engine: Engine,
        snapshot: Snapshot,
        admitted: Admitted,
        session: Session,
        purpose: str,
        *,
        dialect: str = OPENAI.name,
    ) -> None:
        self._engine, self._snapshot, self._admitted = engine, snapshot, admitted
        self._session, self._purpose, self._lines = session, purpose, LINES.get(dialect, {})
        self._mint = session.mint.afresh()
        self._number = self._counted = self._size = 0
        self.held = engine.hold(snapshot, admitted)
        self.tally = Tally()

    def take_lines(self, lines: list[bytes]) -> bytes:
        """Lines as they may leave. Empty ones are left out.

        Raises LineRefused, HoldsTooMuch, and ReplyElsewhere for lines of two upstreams."""
        written = [self._take_line(line) for line in lines]
        self._count_values()
        return b"".join(written)

    def take_text(self, raw: bytes) -> bytes:
        """A whole text as it may leave."""
        document: dict[str, Any] = {"content": raw.decode()}
        self._protect(TEXT_FILE, document)
        self._count_values()
        content: str | Embedded = document["content"]
        return (content.encode() if isinstance(content, Embedded) else content).encode()

    def _take_line(self, line: bytes) -> bytes:
        self._number += 1
        line = line.strip(b" \t\r\n")
        if not line:
            return b""
        try:
            document = parse_strict(line)
            written = self._protect(self._protocol_of(document), document)
        except PolicyRefused:  # it speaks of the caller and the place, of no line
            raise
        except CurtilageError as error:
            raise LineRefused(self._say(error), hint=error.advice) from None
        self.tally.lines += 1
        return written + b"\n"

    def _say(self, error: CurtilageError) -> str:
        return f"Line {self._number}: {error.detail or error.title}"

    def _protocol_of(self, document: Any) -> RouteProtocol:
        """How a line is read: as a request of its endpoint, an example, or anything."""
        if type(document) is not dict:
            raise UnexpectedShape("Expected a JSON object.")
        if self._purpose == TUNING:
            return EXAMPLE
        if self._purpose != BATCH:
            return ANY_LINE
        url = document.get("url")
        protocol = self._lines.get(url) if type(url) is str else None
        if protocol is None:
            raise UnexpectedShape(f"`url` is none of {', '.join(self._lines)}.")
        return protocol

    def _protect(self, protocol: RouteProtocol, document: Any) -> bytes:
        account, tally = Account(), self.tally
        inbound = self._engine.place(self._snapshot, self._admitted, protocol, document, account)
        if tally.target is None:
            tally.target, tally.model = inbound.target, inbound.facts.model
        elif tally.target.upstream != inbound.target.upstream:
            raise ReplyElsewhere("The requests of a file go to different upstreams.")
        elif tally.model != inbound.facts.model:  # one model has one price
            raise UnexpectedShape("The requests of a file name more than one model.")
        self._count_limit(protocol, document)
        try:
            outbound = self._engine.protect(
                self._snapshot, self._admitted, protocol, inbound, self._session,
                mint=self._mint, held=self.held,
            )  # fmt: skip
        finally:  # of what is refused too: the record says how far it got
            tally.found.update(account.found)
            tally.slots += account.slots or 0
            tally.bare = account.bare or tally.bare
            tally.hostile.update(account.hostile)
            tally.hostile_action = stricter(tally.hostile_action, account.hostile_action)
        if outbound.stored:  # an upload is not of the session that such ids were given to
            raise ReferenceRefused(hint="Leave out of the line what is named by an id alone.")
        tally.files.update(dict.fromkeys(outbound.files))
        if len(tally.files) > MOST_FILES:
            raise UnexpectedShape("The lines of a file name too many other files.")
        return outbound.body

    def _count_limit(self, protocol: RouteProtocol, document: Any) -> None:
        if self._purpose != BATCH or protocol.by_collection:
            return
        limit = find_limit(document["body"])
        self.tally.longest += limit or 0
        self.tally.unlimited += limit is None

    def _count_values(self) -> None:
        """Raise HoldsTooMuch once there are more values than a map may have."""
        self._size += sum(size_of(*new) for new in islice(self.held, self._counted, None))
        self._counted = len(self.held)
        if self._size > MOST_OF_MAP:
            raise HoldsTooMuch
