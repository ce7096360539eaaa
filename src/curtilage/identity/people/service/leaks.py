"""Notices at sign-in that a passphrase has leaked since it was chosen.

Only a passphrase that was right is looked up, in the operator's own filter, so that nobody
learns by asking which ones are in it. What is found is written down with the passphrase,
recorded without any value, and told to its owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from curtilage.core.acts import Pseudonyms
from curtilage.core.clock import Clock
from curtilage.core.db import outbox
from curtilage.core.db.engine import Database
from curtilage.core.ids import Ids
from curtilage.core.models import Event, PrincipalKind
from curtilage.identity.breached import BreachFilter
from curtilage.identity.people.mails import write_leaked
from curtilage.identity.people.models import Authenticator, Flaw, Person
from curtilage.identity.people.service.notices import ChangeNotices
from curtilage.identity.people.service.register import Register


@dataclass(frozen=True, slots=True)
class LeakWatch:
    """`leaked` is None without a filter: then nothing is looked up."""

    database: Database
    register: Register
    notices: ChangeNotices
    pseudonyms: Pseudonyms
    clock: Clock
    ids: Ids
    leaked: BreachFilter | None = None

    async def look(
        self, person: Person, shown: Authenticator, raw: bytes, held: Sequence[Authenticator]
    ) -> Sequence[Authenticator]:
        """What they have, the passphrase that was shown marked where it has leaked."""
        if self.leaked is None or Flaw.LEAKED in shown.flaws or not self.leaked.holds(raw):
            return held
        marked = replace(shown, flaws=shown.flaws | {Flaw.LEAKED})
        event = await self._describe(person)
        async with self.database.begin() as connection:
            if await self.register.authenticators.set_flaws(
                connection, person.tenant, marked.id, marked.flaws
            ):
                await outbox.record(connection, event)
        self.notices.post(person.tenant, person.id, write_leaked)
        return [marked if each.id == marked.id else each for each in held]

    async def _describe(self, person: Person) -> Event:
        return Event(
            id=self.ids.new(),
            at=self.clock.now(),
            kind="passphrase.leaked",
            tenant=person.tenant,
            actor=await self.pseudonyms.pseudonym(person.tenant, person.id),
            actor_kind=PrincipalKind.PERSON.value,
            facts={},
        )
