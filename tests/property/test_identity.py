"""Keys, limits, names and passphrases, for anything."""

import asyncio
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from curtilage.core.errors import InputError
from curtilage.core.models import PrincipalId, TenantId
from curtilage.core.shared.memory import MemoryCounters
from curtilage.identity.errors import KeyRefused
from curtilage.identity.limits import MINUTE, REMEMBER, Ask, Bucket, LimitBook, Portion
from curtilage.identity.models import ApiKey
from curtilage.identity.passphrases import normalise_passphrase, verify_new_passphrase
from curtilage.identity.people.rules import parse_name, sign_in_name_of
from curtilage.identity.service.limits import LimitService
from curtilage.identity.wire.apikey import DIGITS, mint_api_key, parse_api_key
from curtilage.identity.worker_limits import WorkerLimits
from tests.fakes import FixedClock


@dataclass
class Given:
    """Entropy that gives what it was given."""

    raw: bytes

    def token_bytes(self, count: int) -> bytes:
        assert count == len(self.raw)
        return self.raw


keys = st.binary(min_size=32, max_size=32).map(lambda raw: mint_api_key(Given(raw)).text)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32))
def test_every_random_part_has_one_key_and_every_key_one_digest(one: bytes, other: bytes) -> None:
    first, second = mint_api_key(Given(one)), mint_api_key(Given(other))
    assert len(first.text) == 53
    assert parse_api_key(first.text) == first.digest
    assert (first.digest == second.digest) == (one == other)


def parses(text: str) -> bool:
    try:
        parse_api_key(text)
    except KeyRefused:
        return False
    return True


@given(keys, st.integers(4, 52), st.sampled_from(DIGITS))
def test_a_key_with_one_wrong_character_is_never_looked_up(key: str, at: int, digit: str) -> None:
    assert parses(key[:at] + digit + key[at + 1 :]) == (digit == key[at])


@given(keys, st.integers(4, 51))
def test_a_key_with_two_neighbours_exchanged_is_never_looked_up(key: str, at: int) -> None:
    exchanged = key[:at] + key[at + 1] + key[at] + key[at + 2 :]
    assert parses(exchanged) == (exchanged == key)


@given(st.text())
def test_nothing_but_a_key_is_a_key(text: str) -> None:
    assert not parses(text)


def most_in_a_minute(spent: list[tuple[float, int]]) -> int:
    """The most that any 60 seconds held, both ends counted in."""
    return max(
        (sum(amount for at, amount in spent if start <= at < start + MINUTE) for start, _ in spent),
        default=0,
    )


steps = st.lists(
    st.tuples(st.floats(0, 20, allow_nan=False), st.integers(1, 12)), min_size=1, max_size=60
)


@given(st.integers(1, 40), steps)
def test_no_minute_ever_holds_more_than_the_limit(
    limit: int, steps: list[tuple[float, int]]
) -> None:
    bucket, at, spent = Bucket(limit), 0.0, []
    for passed, amount in steps:
        at += passed
        if bucket.take(amount, at).granted:
            spent.append((at, amount))
    assert most_in_a_minute(spent) <= limit


@given(st.integers(1, 40), steps)
def test_what_is_told_to_wait_passes_after_it(limit: int, steps: list[tuple[float, int]]) -> None:
    bucket, at = Bucket(limit), 0.0
    for passed, amount in steps:
        at += passed
        grant = bucket.take(amount, at)
        if grant.granted:
            continue
        if amount > limit:
            assert grant.retry_after is None
            continue
        assert grant.retry_after is not None
        assert 1 <= grant.retry_after <= REMEMBER + 1
        at += grant.retry_after
        assert bucket.take(amount, at).granted == amount


@given(st.integers(1, 40), st.floats(0.01, 5))
def test_who_asks_without_pause_gets_nearly_all_of_it(limit: int, pause: float) -> None:
    bucket, granted = Bucket(limit), 0
    rounds = int(10 * REMEMBER / pause) if pause > 1 else 600
    asked_for = rounds * pause
    for number in range(rounds):
        granted += bucket.take(1, number * pause).granted
    most_asked = rounds
    assert granted >= min(most_asked, int(limit * (asked_for // (REMEMBER + 0.5 + pause))))


@dataclass
class Worker:
    """A worker whose spending is written down."""

    limits: WorkerLimits
    spent: list[tuple[float, int]] = field(default_factory=list)


moves = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.1, 0.4, 0.5, 1.0, 7.0, 29.0, 60.0]),
        st.integers(0, 2),
        st.integers(0, 5),
    ),
    max_size=80,
)


@given(st.integers(1, 40), st.integers(5, 60), moves)
def test_workers_together_never_pass_more_than_the_limits(
    rpm: int, tpm: int, moves: list[tuple[float, int, int]]
) -> None:
    clock, book = FixedClock(), LimitBook()
    requests: list[tuple[float, int]] = []
    tokens_spent: list[tuple[float, int]] = []

    async def ask(asked: Ask) -> Portion:
        return book.lease(asked, clock.monotonic(), requests_per_minute=rpm, tokens_per_minute=tpm)

    async def run() -> None:
        workers = [WorkerLimits(ask, clock) for _ in range(3)]
        for passed, number, tokens in moves:
            clock.advance(passed)
            wait = workers[number].take("k", tokens=tokens)
            if wait is None:
                wait = await workers[number].lease("k", tokens=tokens)
            if wait == 0:
                requests.append((clock.monotonic(), 1))
                tokens_spent.append((clock.monotonic(), tokens))

    asyncio.run(run())
    assert most_in_a_minute(requests) <= rpm
    assert most_in_a_minute(tokens_spent) <= tpm


@given(st.integers(1, 40), st.integers(5, 60), moves)
def test_two_nodes_over_one_store_never_pass_more_than_the_limits(
    rpm: int, tpm: int, moves: list[tuple[float, int, int]]
) -> None:
    """Each node has its own use case and workers; they share nothing but what the store keeps.

    Its clock is another than theirs, and the store's answer to one worker comes late."""
    clock, there = FixedClock(), 1_795_000_000.0
    counters = MemoryCounters(lambda: there + clock.monotonic())
    key = ApiKey(
        "k", TenantId("t"), PrincipalId("s"), "a", b"d" * 32, clock.now(),
        requests_per_minute=rpm, tokens_per_minute=tpm,
    )  # fmt: skip
    requests: list[tuple[float, int]] = []
    tokens_spent: list[tuple[float, int]] = []

    async def prompt(ask: Ask) -> Portion:
        return await LimitService(counters).lease(key, ask)

    async def late(ask: Ask) -> Portion:
        portion = await LimitService(counters).lease(key, ask)
        clock.advance(0.3)
        return portion

    async def run() -> None:
        workers = [WorkerLimits(ask, clock) for ask in (prompt, late, prompt)]
        for passed, number, tokens in moves:
            clock.advance(passed)
            wait = workers[number].take("k", tokens=tokens)
            if wait is None:
                wait = await workers[number].lease("k", tokens=tokens)
            if wait == 0:
                requests.append((clock.monotonic(), 1))
                tokens_spent.append((clock.monotonic(), tokens))

    asyncio.run(run())
    assert most_in_a_minute(requests) <= rpm
    assert most_in_a_minute(tokens_spent) <= tpm


@given(st.text())
def test_a_name_is_one_name_however_often_it_is_read(raw: str) -> None:
    try:
        name = parse_name(raw)
    except InputError:
        return
    assert parse_name(name) == name
    compared = sign_in_name_of(name)
    assert sign_in_name_of(compared) == compared


@given(st.text())
def test_an_accepted_passphrase_is_hashed_as_it_was_given(raw: str) -> None:
    try:
        encoded = verify_new_passphrase(raw, common=["something common"], context=["product"])
    except InputError:
        return
    assert encoded == normalise_passphrase(raw)
    assert len(raw) >= 8
