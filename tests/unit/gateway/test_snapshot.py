"""What the data plane knows at one instant."""

from dataclasses import FrozenInstanceError

import pytest

from tests.fakes.dataplane import CREDENTIALS, a_snapshot


def test_a_snapshot_cannot_be_changed_and_shows_no_credential() -> None:
    snapshot = a_snapshot()
    with pytest.raises(FrozenInstanceError):
        snapshot.generation = "2"  # type: ignore[misc]
    assert all(secret not in repr(snapshot) for secret in CREDENTIALS.values())
