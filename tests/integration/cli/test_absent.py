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
