"""Starting, watching and stopping processes: real ones, small and short-lived."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.errors import ChildFailed, PortInUse
from curtilage.app.settings import Settings, read_settings
from curtilage.app.supervise import BACKOFF, STEADY, Child, Supervisor
from curtilage.core.errors import SetupError

STUBBORN = (
    "import signal, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print('ready', flush=True); sys.stdin.read()"
)
OBEDIENT = "import sys; print('ready', flush=True); sys.stdin.read()"
HANGING = "import sys; sys.stdin.read()"
REFUSING = "raise SystemExit(3)"
EXPLAINING = (
    "import json, sys; sys.stdin.readline();"
    " print(json.dumps({'error': 'The disk is full.', 'hint': '', 'exit_code': 4}), flush=True);"
    " raise SystemExit(4)"
)
FAITHFUL = "import sys; sys.stdin.readline(); print('ready', flush=True)"  # and ends at once


def program(text: str) -> tuple[str, ...]:
    return (sys.executable, "-S", "-c", text)


def settings_of(folder: Path, **flags: Any) -> Settings:
    given = {"server.data_dir": folder / "data", "server.key_dir": folder / "keys"}
    return read_settings(None, {}, {**given, **flags})


async def a_child(text: str, **given: Any) -> Child:
    """A started child that runs `text`."""
    child = Child("gateway-0", {}, program(text), **given)
    await child.start()
    return child


def test_orders_are_plain_and_hold_no_secret(tmp_path: Path) -> None:
    config = tmp_path / "curtilage.toml"
    config.write_text("[server]\nport = 8900\n")
    flags = {"server.data_dir": tmp_path / "data", "server.workers": 2}
    supervisor = Supervisor(read_settings(config, {}, flags), config, flags)
    orders = json.loads(json.dumps(supervisor._orders("gateway", 1)))
    assert (orders["role"], orders["index"]) == ("gateway", 1)
    assert orders["config"] == str(config)
    assert orders["flags"] == {"server.data_dir": str(tmp_path / "data"), "server.workers": 2}
    assert set(orders) == {"role", "index", "config", "flags", "sockets", "parent"}


async def test_a_child_that_stops_while_starting_is_named_with_its_code() -> None:
    with pytest.raises(
        ChildFailed, match=r"The gateway-0 process stopped while starting \(code 3\)"
    ):
        await a_child(REFUSING)


async def test_a_child_gets_its_orders_on_one_line_and_no_end_of_them() -> None:
    told = "import sys; told = sys.stdin.readline(); print('ready', flush=True); print(told)"
    child = Child("control", {"role": "control", "sockets": "a\nb"}, program(told))
    await child.start()
    assert child.process is not None
    assert child.process.stdout is not None
    assert json.loads(await child.process.stdout.readline()) == child.orders
    await child.stop(30)


async def test_a_child_that_obeys_ends_by_itself() -> None:
    child = await a_child(OBEDIENT)
    await child.stop(30)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGTERM


async def test_a_child_that_does_not_stop_is_stopped() -> None:
    child = await a_child(STUBBORN)
    await child.stop(0.01)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


async def test_telling_a_child_that_is_gone_does_nothing() -> None:
    child = await a_child(OBEDIENT)
    await child.stop(30)
    child.tell(signal.SIGTERM)
    await child.stop(30)
    await Child("gateway-1", {}).stop(30)


def test_each_start_waits_longer_than_the_one_before() -> None:
    assert list(BACKOFF) == sorted(set(BACKOFF))


@pytest.mark.parametrize("text", [FAITHFUL, REFUSING])
async def test_a_child_that_keeps_dying_stops_the_service(tmp_path: Path, text: str) -> None:
    supervisor = Supervisor(settings_of(tmp_path), None, {}, backoff=(0.0, 0.0))
    child = await a_child(FAITHFUL)
    child.program = program(text)
    with pytest.raises(ChildFailed, match="keeps dying"):
        await supervisor._tend(child)
    assert child.failures == 3


async def test_why_a_child_does_not_come_back_is_logged_while_the_others_go_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    supervisor = Supervisor(settings_of(tmp_path), None, {}, backoff=(0.0,))
    child = await a_child(FAITHFUL)
    child.program = program(EXPLAINING)
    with pytest.raises(ChildFailed, match="keeps dying"):
        await supervisor._tend(child)
    (logged,) = [record.__dict__ for record in caplog.records]
    assert (logged["event"], logged["role"]) == ("process.not-started", "gateway-0")
    assert logged["reason"] == "The disk is full."


async def test_a_child_that_hangs_at_every_start_stops_the_service(tmp_path: Path) -> None:
    """However long the hanging takes: it is no life after which a crash is the first again."""
    supervisor = Supervisor(settings_of(tmp_path), None, {}, backoff=(0.0, 0.0), steady=0.0)
    child = await a_child(FAITHFUL)
    child.program, child.patience = program(HANGING), 0.01
    async with asyncio.timeout(20):
        with pytest.raises(ChildFailed, match="keeps dying"):
            await supervisor._tend(child)


async def test_a_crash_after_a_long_life_counts_as_the_first(tmp_path: Path) -> None:
    supervisor = Supervisor(settings_of(tmp_path), None, {}, backoff=(0.0,))
    child = await a_child(FAITHFUL, failures=1)
    assert child.ready_at is not None
    child.ready_at -= STEADY + 1
    with pytest.raises(ChildFailed):
        await supervisor._tend(child)
    assert child.failures == 2  # this crash and the one after it


async def test_a_port_that_is_taken_stops_the_start_before_any_process(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        supervisor = Supervisor(settings_of(tmp_path, **{"server.port": port}), None, {})
        with pytest.raises(PortInUse, match=str(port)):
            await supervisor.run()
    assert not (tmp_path / "data").exists()


async def test_a_configuration_that_went_away_stops_the_start_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    supervisor = Supervisor(settings_of(tmp_path, **{"server.port": 0}), tmp_path / "gone.toml", {})
    with pytest.raises(SetupError, match=r"gone\.toml is not there"):
        await supervisor.run()
    assert supervisor._sockets is not None
    assert not supervisor._sockets.exists()


@pytest.mark.slow
async def test_a_part_that_does_not_start_stops_the_rest_and_leaves_nothing(tmp_path: Path) -> None:
    wrong = {"server.port": 0, "gateway.policy": "nobodys"}
    supervisor = Supervisor(settings_of(tmp_path, **wrong), None, wrong)
    told: list[str] = []
    with pytest.raises(ChildFailed, match="names no policy"):
        await supervisor.run(lambda: told.append("serving"))
    assert told == []
    assert supervisor._sockets is not None
    assert not supervisor._sockets.exists()
