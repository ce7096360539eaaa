"""The last door of the command line: one sentence, one hint, a code, and no value."""

from importlib.metadata import version

import pytest

from curtilage.cli.main import BUG, run

ADA = "ada@orchard.example"


def test_a_set_up_error_is_a_sentence_and_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "show", "--config", "gone.toml"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "error: The configuration file gone.toml is not there."
    assert err.splitlines()[1].startswith("hint: ")


@pytest.mark.parametrize("arguments", [["sevre"], ["serve", "--prot", "1"], ["explain"]])
def test_wrong_use_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "Usage: " in capsys.readouterr().err


def test_the_version_is_the_packages(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"curtilage {version('curtilage')}\n"


def test_what_worked_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "show"]) == 0
    assert "balanced" in capsys.readouterr().out


def test_debug_shows_where_an_error_came_from() -> None:
    with pytest.raises(Exception, match=r"gone\.toml"):
        run(["config", "show", "--config", "gone.toml"], debug=True)


def test_a_bug_has_a_code_of_its_own() -> None:
    assert BUG == 70
