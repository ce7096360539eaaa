"""Signing in and out."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete

from curtilage.identity.people.errors import SignInRefused, TooManyAttempts
from curtilage.identity.people.models import Authenticator
from curtilage.identity.people.rules import SESSION_IDLE, SESSION_LIMIT
from curtilage.identity.people.service.sign_in import find_passphrase
from curtilage.identity.people.store.tables import PERSON
from curtilage.identity.people.views import Arrival
from curtilage.identity.ports import Passphrases
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


async def sign_in(
    house: House,
    *,
    name: str = "Grace",
    passphrase: str = PASSPHRASE,
    address: str = HOME,
    previous: str = "",
) -> str:
    arrival = Arrival(address, AGENT, previous)
    session = await house.people.sign_ins.sign_in(
        TENANT, name=name, passphrase=passphrase, arrival=arrival
    )
    return session.secret


async def test_a_session_begins_with_the_right_passphrase_and_says_who_it_is(
    house: House,
) -> None:
    await house.enrol("Grace Hopper")
    secret = await sign_in(house, name="grace HOPPER")
    live = await house.people.sessions.read(TENANT, secret)
    assert live is not None
    assert live.name == "Grace Hopper"
    assert "apikeys:manage" in live.principal.rights
    assert live.principal.authenticated_at == house.clock.now()
    assert live.principal.assurance == 1
    started = (await house.events())[-1]
    assert started.kind == "session.started"
    assert started.actor == await house.pseudonyms.pseudonym(TENANT, live.principal.id)
    assert started.facts == {
        "session": live.id, "assurance": 1, "methods": ["pwd"], "new_device": True,
    }  # fmt: skip


async def test_the_secret_is_kept_nowhere_and_lasts_no_longer_than_its_limit(
    house: House,
) -> None:
    await house.enrol()
    session = await house.people.sign_ins.sign_in(
        TENANT, name="Grace", passphrase=PASSPHRASE, arrival=Arrival(HOME)
    )
    assert session.expires_at == house.clock.now() + SESSION_LIMIT
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    for secret in (session.secret, PASSPHRASE, HOME):
        assert secret.encode() not in stored


async def test_a_session_ends_after_half_an_hour_without_a_page(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house)
    for _ in range(3):
        house.clock.advance(SESSION_IDLE - timedelta(seconds=1))
        assert await house.people.sessions.read(TENANT, secret) is not None
    house.clock.advance(SESSION_IDLE)
    assert await house.people.sessions.read(TENANT, secret) is None


async def test_a_session_ends_after_its_limit_however_busy(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house)
    for _ in range(47):
        house.clock.advance(timedelta(minutes=15))
        assert await house.people.sessions.read(TENANT, secret) is not None
    house.clock.advance(timedelta(minutes=15))
    assert await house.people.sessions.read(TENANT, secret) is None


async def test_signing_in_always_makes_a_new_secret_and_ends_the_one_before(house: House) -> None:
    await house.enrol()
    first = await sign_in(house)
    second = await sign_in(house, previous=first)
    assert first != second
    assert await house.people.sessions.read(TENANT, first) is None
    assert await house.people.sessions.read(TENANT, second) is not None


@pytest.mark.parametrize("secret", ["", "x" * 43, "é", "x" * 10_000])
async def test_a_made_up_secret_is_nobody(house: House, secret: str) -> None:
    await house.enrol()
    await sign_in(house)
    assert await house.people.sessions.read(TENANT, secret) is None


WRONG = [
    {"passphrase": "lantern gravel otter vowels"},
    {"passphrase": PASSPHRASE.upper()},
    {"passphrase": ""},
    {"passphrase": "x" * 5000},
    {"passphrase": "\ud800"},
    {"name": "Nobody"},
    {"name": ""},
    {"name": "<b>"},
    {"name": "x" * 5000},
    {"name": "Nobody", "passphrase": ""},
]


async def test_every_wrong_attempt_is_refused_in_the_same_words_and_recorded_alike(
    house: House,
) -> None:
    await house.enrol()
    refusals, shapes = set(), set()
    for number, claim in enumerate(WRONG):
        with pytest.raises(SignInRefused) as refused:
            await sign_in(house, address=f"192.0.2.{number}", **claim)
        refusals.add((str(refused.value), refused.value.advice, refused.value.status))
        event = (await house.events())[-1]
        shapes.add((event.kind, event.actor, event.subject, tuple(sorted(event.facts))))
    assert len(refusals) == 1
    assert len(shapes) == 1
    assert shapes.pop() == ("session.failed", "", "", ("address", "how", "name"))


class Counting:
    """The real hashing, with a list of what it was asked."""

    def __init__(self, real: Passphrases) -> None:
        self._real = real
        self.asked: list[str] = []

    async def hash(self, passphrase: bytes) -> str:
        self.asked.append("hash")
        return await self._real.hash(passphrase)

    async def matches(self, kept: str | None, passphrase: bytes) -> bool:
        self.asked.append("matches")
        return await self._real.matches(kept, passphrase)

    def is_outdated(self, kept: str) -> bool:
        return self._real.is_outdated(kept)


async def test_every_wrong_attempt_takes_the_same_way(house: House) -> None:
    """Whether the name exists must not show in time: each does one slow hash and one write."""
    await house.enrol()
    counting = Counting(house.people.passphrases)
    sign_ins = replace(house.people.sign_ins, passphrases=counting)
    before = house.pseudonyms.calls
    for number, claim in enumerate(WRONG):
        events = len(await house.events())
        counting.asked.clear()
        with pytest.raises(SignInRefused):
            await sign_ins.sign_in(
                TENANT,
                arrival=Arrival(f"192.0.2.{number}"),
                **{"name": "Grace", "passphrase": PASSPHRASE, **claim},
            )
        assert counting.asked == ["matches"]
        assert len(await house.events()) == events + 1
    assert house.pseudonyms.calls == before


async def test_what_was_tried_is_neither_recorded_nor_stored(house: House) -> None:
    await house.enrol()
    with pytest.raises(SignInRefused):
        await sign_in(house, name="Planted Person", passphrase="planted passphrase 77")
    stored = b"".join(path.read_bytes() for path in house.data_dir.rglob("*") if path.is_file())
    for value in ("Planted", "planted", HOME):
        assert value.encode() not in stored


async def fail(house: House, times: int, **claim: str) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            await sign_in(house, **{"passphrase": "wrong", **claim})


@pytest.mark.parametrize("name", ["Grace", "Nobody"])
async def test_after_several_failures_even_the_right_passphrase_waits(
    house: House, name: str
) -> None:
    await house.enrol()
    await fail(house, 5, name=name)
    with pytest.raises(TooManyAttempts) as waiting:
        await sign_in(house, name=name)
    assert waiting.value.retry_after == 1
    house.clock.advance(1)
    if name == "Grace":
        assert await sign_in(house, name=name)
    else:
        await fail(house, 1, name=name)


async def test_attempts_that_had_to_wait_do_not_make_the_wait_longer(house: House) -> None:
    await house.enrol()
    await fail(house, 5)
    for _ in range(50):
        with pytest.raises(TooManyAttempts):
            await sign_in(house)
    house.clock.advance(1)
    assert await sign_in(house)


async def test_many_guesses_at_once_gain_nothing(house: House) -> None:
    await house.enrol()
    outcomes = await asyncio.gather(
        *(sign_in(house, passphrase=f"guess {n}") for n in range(20)), return_exceptions=True
    )
    assert sum(isinstance(each, SignInRefused) for each in outcomes) == 5
    assert sum(isinstance(each, TooManyAttempts) for each in outcomes) == 15


async def test_guesses_from_elsewhere_do_not_keep_the_owner_out(house: House) -> None:
    await house.enrol()
    await sign_in(house)
    for _ in range(14):
        await fail(house, 1, address=ELSEWHERE)
        house.clock.advance(timedelta(minutes=6))
    await fail(house, 1, address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        await sign_in(house, address=ELSEWHERE)
    assert await sign_in(house, address=HOME)


async def test_an_address_that_tries_many_names_waits(house: House) -> None:
    await house.enrol()
    for number in range(20):
        await fail(house, 1, name=f"name-{number}", address=ELSEWHERE)
    with pytest.raises(TooManyAttempts):
        await sign_in(house, address=ELSEWHERE)
    assert await sign_in(house, address=HOME)


async def test_an_ipv6_neighbour_counts_as_the_same_address(house: House) -> None:
    await house.enrol()
    for number in range(20):
        await fail(house, 1, name=f"name-{number}", address=f"2001:db8::{number:x}")
    with pytest.raises(TooManyAttempts):
        await sign_in(house, address="2001:db8::ffff")
    assert await sign_in(house, address="2001:db8:0:1::1")


async def test_signing_in_forgets_the_failures_of_the_name(house: House) -> None:
    await house.enrol()
    await fail(house, 4)
    await sign_in(house)
    await fail(house, 4)
    assert await sign_in(house)


async def test_a_hash_of_other_costs_is_renewed_when_its_owner_signs_in(house: House) -> None:
    await house.enrol()
    cheap = PasswordHasher(2, 16, 1).hash(PASSPHRASE)
    store = house.people.register.authenticators
    async with house.database.begin() as connection:
        kept = await passphrase_of(house, "grace")
        await store.replace_material(connection, TENANT, kept.id, cheap.encode())
    await sign_in(house)
    assert b"m=8,t=1,p=1" in (await passphrase_of(house, "grace")).material
    assert await sign_in(house)


async def passphrase_of(house: House, name: str) -> Authenticator:
    found = await house.people.register.find(TENANT, name)
    assert found is not None
    async with house.database.read() as connection:
        held = await house.people.register.authenticators.load(connection, TENANT, found[0].id)
    kept = find_passphrase(held)
    assert kept is not None
    return kept


async def test_a_session_whose_person_is_gone_is_nobody(house: House) -> None:
    await house.enrol()
    secret = await sign_in(house)
    async with house.database.begin() as connection:
        await connection.execute(delete(PERSON))
    assert await house.people.sessions.read(TENANT, secret) is None


async def test_where_the_address_is_not_known_all_of_them_count_as_one(house: House) -> None:
    await house.enrol()
    for number in range(20):
        await fail(house, 1, name=f"name-{number}", address="" if number % 2 else "unix:")
    with pytest.raises(TooManyAttempts):
        await sign_in(house, address="")
