"""Opens the sealed part of a record, for a reason, and writes that down before it is seen.

Whoever can read the root key of this machine could open it anyway; here it is at
least written down. The console, where that is not so, asks a second person (`identity.reveal`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from curtilage.app.errors import NotOpened, ReasonUnfit
from curtilage.app.foundation import Foundation
from curtilage.core.db import outbox
from curtilage.core.models import Event, Finding, Principal, PrincipalId, Sealed, SubjectId
from curtilage.ledger.models import Record
from curtilage.ledger.read import LedgerReader
from curtilage.vault.errors import KeyDestroyed, UnknownKey
from curtilage.vault.models import OwnerKind
from curtilage.vault.seal import event_key_id, open_event_part

OPEN = "sealed:open"  # in no role; it is given for one act
LONGEST_REASON = 300
Owner = tuple[PrincipalId | SubjectId, OwnerKind]


@dataclass(frozen=True, slots=True)
class SealedParts:
    """The use case. `scan` finds what a reason must not hold: it stays in the ledger for good."""

    foundation: Foundation
    reader: LedgerReader
    scan: Callable[[str], Sequence[Finding]]

    async def open(
        self, actor: Principal, id: str, *, reason: str, subject: str = ""
    ) -> Mapping[str, str]:
        """What is sealed in a record. Raises RecordNotFound, NotOpened, ReasonUnfit."""
        self.foundation.authority.require(actor, OPEN, tenant=self.foundation.tenant)
        reason = reason.strip()
        self._refuse_unfit(reason)
        record, part = await self.read(id, subject=subject)
        await self._record(actor, record, reason)
        return part

    async def read(self, id: str, *, subject: str = "") -> tuple[Record, Mapping[str, str]]:
        """A record with what is sealed in it. Asks for no right and records nothing: whoever
        calls this does. Raises RecordNotFound, NotOpened."""
        record = self.reader.get(id)
        sealed = self._find_sealed(record)
        key = await self._find_key(sealed, subject)
        part = orjson.loads(open_event_part(key, sealed, record.event.id))
        return record, {name: str(value) for name, value in part.items()}

    def _refuse_unfit(self, reason: str) -> None:
        if not reason or len(reason) > LONGEST_REASON or not reason.isprintable():
            raise ReasonUnfit
        if self.scan(reason):
            raise ReasonUnfit("The reason holds personal data or a secret; expected none.")

    def _find_sealed(self, record: Record) -> Sealed:
        box = self.reader.read_box(record)
        if record.event.sealed is None or box is None:
            raise NotOpened("Nothing is sealed in this record, or it was removed.")
        return Sealed(record.event.sealed.commitment, box)

    async def _find_key(self, sealed: Sealed, subject: str) -> bytes:
        """The key among those of the holders of keys, or of the person who was named."""
        for owner, kind in await self._owners(subject):
            try:
                return await self.foundation.vault.load_event_key(
                    owner, kind, key_id=event_key_id(sealed)
                )
            except (UnknownKey, KeyDestroyed):
                continue
        raise NotOpened

    async def _owners(self, subject: str) -> Sequence[Owner]:
        if subject:  # of a reveal: the account of the person, or of whoever asked
            account = (PrincipalId(subject), OwnerKind.PRINCIPAL)
            return [(SubjectId(subject), OwnerKind.PERSON), account]
        table = await self.foundation.identity.keys.load_table(self.foundation.tenant)
        holders = dict.fromkeys(key.principal for key in table)
        return [(holder, OwnerKind.PRINCIPAL) for holder in holders]

    async def _record(self, actor: Principal, record: Record, reason: str) -> None:
        foundation = self.foundation
        pseudonym = await foundation.vault.actor_pseudonym(foundation.tenant, actor.id)
        event = Event(
            id=foundation.ids.new(),
            at=foundation.clock.now(),
            kind="sealed.opened",
            tenant=foundation.tenant,
            actor=pseudonym,
            actor_kind=actor.kind.value,
            subject=record.event.subject,
            facts={"record": record.event.id, "reason": reason},
        )
        async with foundation.database.begin() as connection:
            await outbox.record(connection, event)


def may_open(operator: Principal) -> Principal:
    """The operator of this machine, for the one act that was asked for by name."""
    return replace(operator, rights=operator.rights | {OPEN})
