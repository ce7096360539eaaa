"""`/healthz` says that a worker lives, `/readyz` that it may be sent calls."""

import os
import shutil
import signal
from contextlib import suppress

import httpx
import pytest

from tests.integration.processes import House, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_both_answer_anyone_who_may_name_the_host(house: House) -> None:
    assert httpx.get(f"{house.url}/healthz").text == "ok\n"
    assert httpx.get(f"{house.url}/readyz").text == "ready\n"


def test_a_silent_control_process_makes_workers_unready_but_not_unhealthy(house: House) -> None:
    control = house.children()["control"]
    os.kill(control, signal.SIGSTOP)
    try:
        eventually(lambda: {house.status("/readyz") for _ in range(12)} == {503})
        assert house.status("/healthz") == 200
        assert "could not be confirmed" in httpx.get(f"{house.url}/readyz").text
        assert set(house.statuses_of(house.one_key)) == {503}, "refused, not served from memory"
    finally:
        os.kill(control, signal.SIGCONT)
    eventually(house.is_ready)
    assert set(house.statuses_of(house.one_key)) == {200}


def test_a_worker_whose_log_was_taken_away_is_not_ready_until_it_is_put_back(house: House) -> None:
    logs = [house.data_dir / "ledger" / "log" / f"gateway-{index}" for index in range(2)]
    for log in logs:
        log.rename(log.with_name(f"{log.name}.away"))
    try:
        eventually(lambda: _all_refuse(house))
    finally:
        for log in logs:
            shutil.rmtree(log, ignore_errors=True)
            log.with_name(f"{log.name}.away").rename(log)
        for name, pid in house.children().items():
            if name != "control":
                os.kill(pid, signal.SIGKILL)  # a restart checks the log, and only then goes on
    eventually(house.is_ready)
    assert not any(_is_refused(house) for _ in range(4))


def _all_refuse(house: House) -> bool:
    """Calls, of which each worker has to have one to notice, and then a look at both.

    An odd number of connections in all: workers often take turns, and a round of an even
    number would ask for the same thing at the same worker for ever."""
    refused = [_is_refused(house) for _ in range(3)]
    return all(refused) and {house.status("/readyz") for _ in range(8)} == {503}


def _is_refused(house: House) -> bool:
    body = {"model": "mirror", "messages": [{"role": "user", "content": "Hello."}]}
    with house.client(house.one_key) as client, suppress(httpx.TransportError):
        return client.post("/v1/chat/completions", json=body).status_code == 503
    return False
