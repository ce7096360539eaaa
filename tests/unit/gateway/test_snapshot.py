"""What the data plane knows at one instant."""

import logging
from dataclasses import FrozenInstanceError

import pytest

from curtilage.gateway.snapshot import Crier
from tests.fakes.dataplane import CREDENTIALS, a_policy, a_snapshot


def test_a_snapshot_cannot_be_changed_and_shows_no_credential() -> None:
    snapshot = a_snapshot()
    with pytest.raises(FrozenInstanceError):
        snapshot.generation = "2"  # type: ignore[misc]
    assert all(secret not in repr(snapshot) for secret in CREDENTIALS.values())


def test_a_policy_that_observes_is_cried_out_once_each_time_it_comes_into_force(
    caplog: pytest.LogCaptureFixture,
) -> None:
    observing, balanced, crier = a_policy("observe"), a_policy(), Crier()
    cried = []
    with caplog.at_level(logging.WARNING, "curtilage"):
        for policy in (balanced, observing, observing, balanced, observing):
            crier.take_over(policy)
            cried.append(len(caplog.records))
    assert cried == [0, 1, 1, 1, 2]
    assert caplog.records[0].levelname == "WARNING"
    assert caplog.records[0].__dict__["reason"] == observing.reference
