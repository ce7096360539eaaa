"""What only reads makes nothing where nothing is, and says that nothing is there."""

from pathlib import Path

import pytest

from curtilage.cli.main import run

ID = "019d2b6c-8f00-7000-8000-000000000000"
READING = (
    f"explain {ID}", "apikeys list", f"apikeys revoke {ID}", "vault status", "vault rotate --root",
    "ledger verify", "ledger show", "ledger export", f"ledger prove {ID}", "ledger key",
)  # fmt: skip


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "gone"


@pytest.mark.parametrize("words", READING)
def test_a_place_without_an_installation_is_3_and_stays_empty(
    gone: Path, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words.split(), "--data-dir", str(gone)]) == 3
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"error: There is no installation at {gone}."
    assert said[1].startswith("hint: ") and "curtilage init" in said[1]
    assert not list(gone.parent.iterdir())


def test_doctor_says_it_and_makes_nothing(gone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--data-dir", str(gone)]) == 0
    assert f"There is no installation at {gone}." in capsys.readouterr().out
    assert not list(gone.parent.iterdir())


def test_an_installation_that_never_served_has_no_ledger_yet(
    gone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["init", "--data-dir", str(gone)]) == 0
    assert run(["doctor", "--data-dir", str(gone)]) == 0
    assert run(["apikeys", "list", "--data-dir", str(gone)]) == 0
    capsys.readouterr()
    assert run(["ledger", "verify", "--data-dir", str(gone)]) == 2
    assert "Nothing was recorded here yet" in capsys.readouterr().err
    (gone / "ledger").mkdir()
    assert run(["ledger", "verify", "--data-dir", str(gone)]) == 1
    assert "its key is not among the keys" in capsys.readouterr().err


def test_what_waits_for_the_service_is_not_said_to_be_nothing(
    gone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["apikeys", "create", "helpdesk", "--data-dir", str(gone)]) == 0
    capsys.readouterr()
    assert run(["ledger", "show", "--data-dir", str(gone)]) == 2
    said = capsys.readouterr().err
    assert "1 event is written down and not in the ledger yet." in said
    assert "curtilage serve" in said


@pytest.mark.parametrize("words", [("apikeys", "create", "helpdesk"), ("protect",)])
def test_whoever_makes_an_installation_says_so_once(
    gone: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = gone.parent / "text.txt"
    text.write_text("Mail ada@orchard.example")
    given = [*words, *([str(text)] if words == ("protect",) else [])]
    said = f"Making a new installation at {gone}: there is none yet."
    assert run([*given, "--data-dir", str(gone)]) == 0
    heard = capsys.readouterr()
    assert said in heard.err and said not in heard.out
    assert run([*given, "--data-dir", str(gone)]) == 0
    assert said not in capsys.readouterr().err
