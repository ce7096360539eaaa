"""What `doctor` says of witnesses and the time-stamp authority."""

from pathlib import Path

import pytest

from curtilage.ledger.checks import check_outside
from curtilage.ledger.settings import LedgerSettings
from curtilage.ledger.timestampask import STATE
from curtilage.ledger.witness import encode_witness_key
from curtilage.ledger.witnessstate import (
    COSIGNED,
    DISAGREES,
    REFUSED,
    UNREACHABLE,
    WitnessState,
    write_state,
)
from tests.fakes.clock import START
from tests.unit.ledger.witnesses import WITNESS

SETTINGS = LedgerSettings(
    witnesses=(f"https://witness.orchard.example {encode_witness_key(WITNESS)}",),
    timestamp_url="https://time.orchard.example",
)


@pytest.mark.parametrize("name", [WITNESS.file, STATE])
@pytest.mark.parametrize("outcome", [UNREACHABLE, REFUSED])
def test_who_did_not_sign_the_newest_is_a_warning(tmp_path: Path, name: str, outcome: str) -> None:
    assert check_outside(tmp_path, SETTINGS) == []
    write_state(tmp_path, name, WitnessState(COSIGNED, START, 4))
    assert check_outside(tmp_path, SETTINGS) == []
    write_state(tmp_path, name, WitnessState(outcome, START, 4, 503))
    (seen,) = check_outside(tmp_path, SETTINGS)
    assert seen.severity == "warning"
    assert "4 checkpoints" in seen.detail
    assert check_outside(tmp_path, LedgerSettings()) == []


def test_another_history_is_an_error(tmp_path: Path) -> None:
    write_state(tmp_path, WITNESS.file, WitnessState(DISAGREES, START, 4, 409, 9))
    (seen,) = check_outside(tmp_path, SETTINGS)
    assert (seen.code, seen.severity) == ("ledger.witness-disagrees", "error")
    assert "9 checkpoints" in seen.detail


def test_a_setting_that_is_wrong_is_an_error(tmp_path: Path) -> None:
    (seen,) = check_outside(tmp_path, LedgerSettings(witnesses=("https://witness.example",)))
    assert seen.severity == "error"
    assert "ledger.witnesses" in seen.detail
