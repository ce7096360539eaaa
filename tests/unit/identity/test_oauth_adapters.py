"""The authorization server over the accounts of people, and the addresses of clients."""

import orjson
import pytest

from curtilage.core.authority import Authority
from curtilage.core.errors import TamperError
from curtilage.core.models import PrincipalId
from curtilage.identity.errors import AnswerUnreadable
from curtilage.identity.fetching import Answer
from curtilage.identity.oauth.adapters.accounts import (
    AccountPeople,
    AccountSessions,
    ServiceSealer,
)
from curtilage.identity.oauth.adapters.clients import ClientNotifier, FetchedKeys
from curtilage.identity.people.models import Profile, Proof, ProofKind
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.jwk import encode_jwk
from tests.builders import TENANT
from tests.fakes import FixedClock
from tests.fakes.clock import START
from tests.identity_house import ADMIN, PASSPHRASE, House
from tests.signed_tokens import EC_KEY


class Answers:
    """Answers whatever is called with the same."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.called = answer, list[tuple[str, str, bytes]]()

    async def get(self, url: str, *, headers: object = ()) -> Answer:
        return await self.call("GET", url)

    async def call(
        self, method: str, url: str, *, headers: object = (), body: bytes = b""
    ) -> Answer:
        self.called.append((method, url, body))
        return self.answer


async def test_a_session_says_who_and_how_surely(house: House) -> None:
    await house.enrol()
    begun = await house.people.desk.sign_in(
        name="Grace", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
    )
    sessions = AccountSessions(TENANT, house.people.sessions)
    found = await sessions.find(begun.secret)
    assert found is not None
    assert (found.assurance, found.acr, found.amr) == (1, "aal1", ("pwd",))
    assert found.at == house.clock.now()
    assert await sessions.find("made up") is None
    await sessions.end(begun.secret)
    assert await sessions.find(begun.secret) is None


async def test_only_a_confirmed_address_is_told(house: House) -> None:
    register = house.people.register
    people = AccountPeople(TENANT, register, Authority(), house.people.sessions.sessions)
    for profile, told in (
        (Profile("Ada", "ada@orchard.example", START), "ada@orchard.example"),
        (Profile("Bob", "bob@orchard.example"), ""),
    ):
        person = await register.prepare(TENANT, profile)
        async with house.database.begin() as connection:
            await register.insert(connection, person, profile)
        claims = await people.load_claims(person.id)
        assert (claims.name, claims.email, claims.email_verified) == (
            profile.name, told, bool(told),
        )  # fmt: skip
        assert await people.is_active(person.id)
    nobody = PrincipalId("nobody")
    assert not await people.is_active(nobody)
    assert (await people.load_claims(nobody)).name == ""


async def test_what_is_sealed_opens_in_its_context_alone(house: House) -> None:
    sealer = ServiceSealer(house.people.register.boxes)
    sealed = await sealer.seal(b"key", "one")
    assert await sealer.open(sealed, "one") == b"key"
    with pytest.raises(TamperError):
        await sealer.open(sealed, "two")


async def test_word_of_a_session_that_ended_is_posted() -> None:
    calls = Answers(Answer(204, "", b""))
    assert await ClientNotifier(calls).post("https://app.example/out", b"logout_token=x") == 204
    assert calls.called == [("POST", "https://app.example/out", b"logout_token=x")]


@pytest.mark.complaint(30)
async def test_key_sets_are_kept_a_while_and_then_read_anew() -> None:
    body = orjson.dumps({"keys": [dict(encode_jwk(EC_KEY.public))]})
    calls, clock = Answers(Answer(200, "application/json", body)), FixedClock()
    keys = FetchedKeys(calls, clock)
    for _ in range(3):
        assert len((await keys.load("https://app.example/keys")).keys) == 1
    assert len(calls.called) == 1
    clock.advance(301)
    await keys.load("https://app.example/keys")
    assert len(calls.called) == 2


async def test_what_is_no_key_set_is_refused_and_not_kept() -> None:
    calls = Answers(Answer(404, "", b""))
    keys = FetchedKeys(calls, FixedClock())
    with pytest.raises(AnswerUnreadable):
        await keys.load("https://app.example/keys")
    calls.answer = Answer(200, "text/html", b"<html>")
    with pytest.raises(UnacceptableJwk):
        await keys.load("https://app.example/keys")
    assert len(calls.called) == 2


async def test_who_is_there_is_held_and_nobody_else(house: House) -> None:
    grace, ben = await house.add_person("Grace"), await house.add_person("Ben")
    people = AccountPeople(
        TENANT, house.people.register, Authority(), house.people.sessions.sessions
    )
    await house.people.people.disable(ADMIN, ben.id)
    async with house.database.begin() as connection:
        held = [
            await people.hold_active(connection, each)
            for each in (grace.id, ben.id, PrincipalId("made up"))
        ]
    assert held == [True, False, False]


async def test_a_session_is_held_while_it_goes_on_and_by_its_owner_alone(house: House) -> None:
    grace, ben = await house.add_person("Grace"), await house.add_person("Ben")
    sessions = house.people.sessions
    people = AccountPeople(TENANT, house.people.register, Authority(), sessions.sessions)
    begun = await sessions.start(grace, Proof(ProofKind.PASSPHRASE, house.clock.now()), Arrival())
    found = await sessions.find(TENANT, begun.secret)
    assert found is not None

    async def is_held(person: PrincipalId) -> bool:
        async with house.database.begin() as connection:
            return await people.hold_session(connection, person, found.id)

    assert await is_held(grace.id)
    assert not await is_held(ben.id)
    await sessions.endings.sign_out(TENANT, begun.secret)
    assert not await is_held(grace.id)
