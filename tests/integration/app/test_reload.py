"""A changed configuration is taken over without a restart, or refused whole and recorded."""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import pytest

from tests.integration.processes import House, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
ROUTE = '\n[[routes]]\nmodel = "house-model"\nupstream = "mirror"\n'
BAD = {  # what is wrong, and what the refusal names
    "no TOML at all": ("[[[", "is not valid TOML"),
    "an unknown setting": ("[gateway.unknown]\nx = 1\n", "gateway.unknown"),
    "a wrong type": ("[gateway]\ndrain_timeout = true\n", "gateway.drain_timeout"),
    "a route to nowhere": ('[[routes]]\nmodel = "x"\nupstream = "nowhere"\n', "routes[1]"),
    "a policy that does not exist": ('[gateway]\npolicy = "no-such-policy"\n', "gateway.policy"),
    "a purpose that the policy does not know": (
        '[gateway]\ndefault_purpose = "sell"\n', "gateway.default_purpose",
    ),
}  # fmt: skip


@contextmanager
def written(house: House, text: str) -> Iterator[None]:
    """The file holds `text` inside the block, and what it held afterwards.

    Every such text has the new route, so its absence says that the old one is in force."""
    before = house.config.read_text()
    _replace(house, text)
    try:
        yield
    finally:
        _replace(house, before)
        eventually(lambda: _statuses(house) == {404})


def _replace(house: House, text: str) -> None:
    """As editors do: a new file in the place of the old one."""
    fresh = house.config.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(house.config)


def _count(house: House, kind: str) -> int:
    return sum(event.kind == kind for event in house.events())


def _call(house: House) -> httpx.Response:
    body = {"model": "house-model", "messages": [{"role": "user", "content": "Hello."}]}
    with house.client(house.one_key) as client:
        return client.post("/v1/chat/completions", json=body)


def _statuses(house: House) -> set[int]:
    """What both workers answer: who gets a connection is the kernel's choice."""
    return {_call(house).status_code for _ in range(12)}


def _taken_by_all(house: House) -> bool:
    return _statuses(house) == {200}


def test_a_new_route_is_served_without_a_restart(house: House) -> None:
    before = house.children()
    assert _call(house).status_code == 404
    with written(house, house.text + ROUTE):
        eventually(lambda: _taken_by_all(house))
        assert house.children() == before


def test_another_policy_is_in_force_without_a_restart(house: House) -> None:
    text = house.text.replace("[gateway]", '[gateway]\npolicy = "strict"')
    assert text != house.text
    with written(house, text + ROUTE):
        eventually(lambda: _taken_by_all(house))
        request_id = _call(house).headers["x-curtilage-request-id"]
        intent = house.events(request_id)[0]
        assert str(intent.decision["policy"]).startswith("strict")


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_whole_and_recorded(house: House, what: str) -> None:
    refused, (bad, named) = _count(house, "configuration.refused"), BAD[what]
    with written(house, _with(bad, house.text + ROUTE)):
        eventually(lambda: _count(house, "configuration.refused") > refused)
        assert _call(house).status_code == 404, "nothing of it was taken over"
        assert set(house.statuses_of(house.one_key)) == {200}
    reasons = [line for line in house.log.read_text().splitlines() if '"configuration.r' in line]
    assert named in reasons[-1]


def _with(bad: str, text: str) -> str:
    """Its own mistake and no other: a table that is there already is not begun a second time."""
    table = "[gateway]\n"
    return text.replace(table, bad, 1) if bad.startswith(table) else f"{text}\n{bad}"


def test_a_change_that_needs_a_restart_is_refused(house: House) -> None:
    refused = _count(house, "configuration.refused")
    text = house.text.replace(f"port = {house.port}", f"port = {house.port - 1}")
    with written(house, text + ROUTE):
        eventually(lambda: _count(house, "configuration.refused") > refused)
        assert _call(house).status_code == 404
        assert house.status("/readyz") == 200


def test_a_process_that_starts_again_has_what_is_in_force_and_not_what_was_refused(
    house: House,
) -> None:
    """Else one worker would have other limits than the next, or would not start at all."""
    with written(house, house.text + ROUTE):
        eventually(lambda: _taken_by_all(house))
        refused = _count(house, "configuration.refused")
        changed = house.text.replace("[gateway]", "[gateway]\nmax_concurrent = 7")
        assert changed != house.text
        _replace(house, changed)
        eventually(lambda: _count(house, "configuration.refused") > refused)
        before = house.children()
        for pid in before.values():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: len(house.children()) == 3 and not _shared(before, house.children()))
        eventually(house.is_ready)
        eventually(lambda: _taken_by_all(house))
        _replace(house, house.text + ROUTE)


def _shared(one: Mapping[str, int], other: Mapping[str, int]) -> set[int]:
    return set(one.values()) & set(other.values())


def test_a_file_that_vanishes_is_refused_and_changes_nothing(house: House) -> None:
    refused = _count(house, "configuration.refused")
    away = house.config.with_suffix(".away")
    house.config.rename(away)
    try:
        eventually(lambda: _count(house, "configuration.refused") > refused)
        assert house.status("/readyz") == 200
    finally:
        away.rename(house.config)
    assert set(house.statuses_of(house.one_key)) == {200}
