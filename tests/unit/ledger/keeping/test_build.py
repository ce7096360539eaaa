"""What `ledger.log` opens."""

from pathlib import Path

import pytest

from curtilage.core.errors import SetupError
from curtilage.ledger.keeping.build import build_keeping
from curtilage.ledger.settings import IN_STORE, LedgerSettings
from tests.fakes import FixedClock, FixedIds


def test_files_are_the_default_and_know_no_store(
    tmp_path: Path, clock: FixedClock, ids: FixedIds
) -> None:
    keeping = build_keeping(LedgerSettings(), tmp_path, url="sqlite", clock=clock, ids=ids)
    assert keeping.store is None
    assert keeping.close_left("gateway", opens=frozenset(), unknown=lambda event: event) == 0
    keeping.writer("gateway", process="gateway-0").close()
    keeping.writer_of("retention").close()
    keeping.close()
    assert sorted(path.name for path in (tmp_path / "log").iterdir()) == ["gateway-0", "retention"]


def test_a_store_that_is_a_file_of_one_node_is_refused(
    tmp_path: Path, clock: FixedClock, ids: FixedIds
) -> None:
    settings = LedgerSettings(log=IN_STORE)
    with pytest.raises(SetupError, match=r"store\.url is `sqlite`"):
        build_keeping(settings, tmp_path, url="sqlite", clock=clock, ids=ids)
