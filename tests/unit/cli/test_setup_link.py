"""The set-up link is shown to a person at a terminal and to no log."""

import contextlib
import io
from pathlib import Path

import pytest

from curtilage.app.settings import read_settings
from curtilage.cli.setup_link import show_console, show_running


def shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    show_console(read_settings(None, {}, {"server.data_dir": folder}))
    return capsys.readouterr().err


def test_where_nobody_watches_only_its_place_is_told(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data_dir / "set-up-link").write_text("http://localhost:8787/setup/one-use\n")
    text = shown(data_dir, capsys)
    assert "set-up-link" in text
    assert "one-use is" not in text
    assert "setup/one-use" not in text


def test_once_somebody_is_enrolled_the_console_is_named(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shown(data_dir, capsys) == "  Console        http://localhost:8787/console/live\n"


class Terminal(io.StringIO):
    """Takes what is printed, as a terminal does."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_link_under_the_host_of_the_console(
    data_dir: Path,
) -> None:
    (data_dir / "set-up-link").write_text("http://old.example/setup/one-use\n")
    settings = read_settings(None, {}, {"server.data_dir": data_dir, "server.port": 8920})
    with contextlib.redirect_stdout(Terminal()) as terminal:
        show_console(settings, err=False)
    lines = terminal.getvalue().splitlines()
    assert [line.split()[-1 if "Console" in line else 2] for line in lines] == [
        "http://localhost:8920/console/live",
        "http://localhost:8920/setup/one-use",
    ]


def test_beside_a_running_service_the_address_is_the_one_of_its_link(
    data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = read_settings(None, {}, {"server.data_dir": data_dir})
    show_running(settings)
    assert capsys.readouterr().err == "", "once it is used, nothing tells the address"
    (data_dir / "set-up-link").write_text("http://127.0.0.1:8790/setup/one-use\n")
    show_running(settings)
    assert "  Console        http://127.0.0.1:8790/console/live\n" in capsys.readouterr().err
