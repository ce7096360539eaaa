"""The demo's own choices: its folder, its port, its provider."""

import socket
import sys
from pathlib import Path

import pytest

from curtilage.app.errors import PortInUse
from curtilage.app.roles import run_single
from curtilage.app.samples import list_samples
from curtilage.cli.demo import PORT, _folder, _make_key, _port, _settings, _show
from curtilage.identity.wire.apikey import parse_api_key


def test_a_tour_that_stops_leaves_nothing_behind() -> None:
    with _folder(once=True, data_dir=None) as folder:
        folder.mkdir()
    assert not folder.parent.exists()


def test_a_demo_that_stays_keeps_its_folder_and_so_does_one_that_was_named(tmp_path: Path) -> None:
    with _folder(once=False, data_dir=None) as folder:
        assert folder == Path(".curtilage-demo")
    with _folder(once=True, data_dir=tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.exists()


def test_a_port_in_use_is_passed_over() -> None:
    with _port(None) as first, socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", first))
        listener.listen()
        with _port(None) as second:
            assert PORT <= first < second


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has abstract sockets")
def test_two_that_start_at_once_get_a_port_each() -> None:
    with _port(None) as first, _port(None) as second:
        assert first < second


def test_a_port_that_was_asked_for_is_the_only_one_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        asked = listener.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {asked}"), _port(asked):
            pass


def test_everything_goes_to_the_mirror_and_nothing_to_a_provider(tmp_path: Path) -> None:
    settings = _settings(tmp_path, 8916)
    assert settings.routes[0].model == "*"
    assert settings.routes[0].upstream == "mirror"
    assert settings.public_url == "http://127.0.0.1:8916"


@pytest.mark.parametrize("columns", [40, 72, 80, 100, 135, 136, 200])
def test_the_three_sides_keep_within_the_terminal(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for sample in list_samples():
        _show(sample, f"Mail QX1-EMAIL-{'A' * 26} now, please, and then once more.", "x" * 90)
    assert max(map(len, capsys.readouterr().out.splitlines())) <= columns


async def test_the_worker_knows_the_key_before_the_first_sample(tmp_path: Path) -> None:
    with _port(None) as port:
        settings = _settings(tmp_path / "data", port)
        async with run_single(settings, None) as (control, worker):
            worker.keeper.stop()  # nothing of its own tells it anything any more
            text = await _make_key(control, worker)
            assert worker.keeper.current().keys.get(parse_api_key(text)) is not None
