"""What holds raw values: found where they are, opened as they are, and gone with their keys."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from curtilage.app.foundation import OPERATOR, Foundation, open_foundation
from curtilage.app.maps import TextMap
from curtilage.app.opening import SealedParts
from curtilage.app.originals import PersonRecordSealer, StoredOriginals
from curtilage.app.settings import read_settings
from curtilage.app.texts import Place, Texts, find_map
from curtilage.app.tools import make_tools
from curtilage.core.models import Event, PrincipalId, Sealed, SubjectId
from curtilage.detect.scanner import Scanner
from curtilage.identity.people.models import Person, Profile
from curtilage.identity.reveal.errors import UnknownValue, ValueErased, ValueWithheld
from curtilage.identity.reveal.models import Opened, Target, ValueKind
from curtilage.identity.reveal.ports import Originals
from curtilage.ledger.models import Record
from tests.unit.detect.engines import fast

ADDRESS = "ada@orchard.example"


@dataclass
class OneRecord:
    """A ledger with one record, and its sealed part beside it."""

    event: Event | None = None
    box: bytes | None = None

    def find(self, id: str) -> Record | None:
        if self.event is None or id != self.event.id:
            return None
        return Record(b"", "w", 0, b"", self.event.at, self.event)

    def get(self, id: str) -> Record:
        found = self.find(id)
        assert found is not None
        return found

    def read_box(self, record: Record) -> bytes | None:
        return self.box


@dataclass
class Installed:
    """An installation, and what is asked of it."""

    foundation: Foundation
    ledger: OneRecord = field(default_factory=OneRecord)

    @property
    def originals(self) -> Originals:
        parts = SealedParts(self.foundation, self.ledger, lambda _: ())  # type: ignore[arg-type]
        return StoredOriginals(self.foundation, parts)

    async def add(self, address: str = ADDRESS) -> Person:
        register = self.foundation.identity.people.register
        profile = Profile("Ada", address, register.clock.now() if address else None)
        person = await register.prepare(self.foundation.tenant, profile)
        async with self.foundation.database.begin() as connection:
            await register.insert(connection, person, profile)
        return person

    async def protect(self, scope: str) -> str:
        """The token of Ada's address in a scope."""
        texts = Texts(self.foundation, lambda: Scanner(fast()))
        left = await texts.protect(f"Mail {ADDRESS}", Place(scope))
        assert ADDRESS not in left.text
        return left.text.removeprefix("Mail ")

    async def seal(self, person: PrincipalId, plain: bytes) -> Target:
        """A record of a request, as the ledger keeps it; asked for as that person's."""
        foundation = self.foundation
        sealer = PersonRecordSealer(foundation.vault, foundation.entropy, foundation.tenant)
        id = foundation.ids.new()
        sealed = await sealer(person, plain, id)
        kept = Sealed(sealed.commitment, b"")
        self.ledger.event = Event(
            id,
            foundation.clock.now(),
            "reveal.asked",
            foundation.tenant,
            subject="s-1",
            sealed=kept,
        )
        self.ledger.box = sealed.box
        return Target(ValueKind.RECORD, id, person)

    async def destroy(self, person: Person) -> None:
        await self.foundation.vault.destroy_person(
            self.foundation.tenant, SubjectId(person.id), principal=person.id
        )


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Installed]:
    flags = {"server.data_dir": tmp_path / "data", "server.key_dir": tmp_path / "keys"}
    tools = make_tools()
    async with open_foundation(
        read_settings(None, {}, flags), clock=tools.clock, ids=tools.ids, entropy=tools.entropy
    ) as foundation:
        yield Installed(foundation)


def of(person: Person) -> Target:
    return Target(ValueKind.ADDRESS, person.id)


async def test_an_address_is_found_under_the_name_that_records_have_for_them(
    place: Installed,
) -> None:
    ada = await place.add()
    found = await place.originals.find(of(ada))
    vault = place.foundation.vault
    expected = await vault.subject_pseudonym(place.foundation.tenant, SubjectId(ada.id))
    assert (found.subject, found.person) == (expected, ada.id)
    assert await place.originals.open(of(ada)) == Opened((("Address", ADDRESS),))
    nobody = await place.add("")
    for target in (of(nobody), Target(ValueKind.ADDRESS, "nobody")):
        with pytest.raises(UnknownValue):
            await place.originals.find(target)


async def test_with_the_key_of_a_person_their_address_is_gone(place: Installed) -> None:
    ada = await place.add()
    await place.destroy(ada)
    for work in (place.originals.find(of(ada)), place.originals.open(of(ada))):
        with pytest.raises(ValueErased):
            await work


async def test_a_token_is_opened_in_its_own_scope_alone(place: Installed) -> None:
    token = await place.protect("case 7")
    other = await place.protect("case 8")
    target = Target(ValueKind.TOKEN, token, "case 7")
    assert (await place.originals.find(target)).person is None
    assert await place.originals.open(target) == Opened((("Value", ADDRESS),))
    for reference, within in ((token, "case 8"), (other, "case 7"), (token, ""), (ADDRESS, "case 7"),
                              (token[:-1], "case 7"), (token, "case 9")):  # fmt: skip
        with pytest.raises(UnknownValue):
            await place.originals.find(Target(ValueKind.TOKEN, reference, within))


async def test_a_scope_whose_keys_are_gone_opens_no_more(place: Installed) -> None:
    token = await place.protect("case 7")
    _, id = await find_map(place.foundation, "case 7")
    assert await place.foundation.vault.has_scope(
        TextMap(id).scope(place.foundation.tenant, OPERATOR)
    )
    await place.foundation.vault.destroy_principal(place.foundation.tenant, OPERATOR)
    with pytest.raises(ValueErased):
        await place.originals.find(Target(ValueKind.TOKEN, token, "case 7"))


async def test_what_the_policy_withholds_stays_a_token_here_too(place: Installed) -> None:
    token = await place.protect("case 7")
    target = Target(ValueKind.TOKEN, token, "case 7")
    policy = place.foundation.in_force()
    strict = replace(policy, restore=replace(policy.restore, never=frozenset({"EMAIL_ADDRESS"})))
    stricter = Installed(replace(place.foundation, in_force=lambda: strict))
    assert (await place.originals.find(target)) is not None
    for work in (stricter.originals.find(target), stricter.originals.open(target)):
        with pytest.raises(ValueWithheld):
            await work


async def test_a_sealed_part_opens_for_whom_it_is_about(place: Installed) -> None:
    ada = await place.add()
    target = await place.seal(ada.id, b'{"reason":"Ticket 4711","v":1}')
    assert (await place.originals.find(target)).subject == "s-1"
    opened = await place.originals.open(target)
    assert dict(opened.lines) == {"reason": "Ticket 4711", "v": "1"}
    unnamed = Target(ValueKind.RECORD, target.reference)
    for wrong in (unnamed, Target(ValueKind.RECORD, "no such", ada.id)):
        with pytest.raises(UnknownValue):
            await place.originals.find(wrong)


async def test_a_sealed_part_is_erased_with_its_key(place: Installed) -> None:
    ada = await place.add()
    target = await place.seal(ada.id, b'{"reason":"Ticket 4711"}')
    await place.destroy(ada)
    with pytest.raises(ValueErased):
        await place.originals.open(target)
    with pytest.raises(UnknownValue):  # as if nobody had been named: the same from outside
        await place.originals.find(target)


async def test_a_record_with_nothing_sealed_is_none_to_ask_for(place: Installed) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    place.ledger.event = Event("e-1", at, "policy.activated", place.foundation.tenant)
    with pytest.raises(UnknownValue):
        await place.originals.find(Target(ValueKind.RECORD, "e-1"))
