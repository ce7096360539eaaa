"""What every connection to PostgreSQL is told, whoever makes it."""

import pytest

from curtilage.core.db.postgres import (
    FOR_RECORDS,
    FOR_STATE,
    Patience,
    connect_arguments,
    driver_missing,
    is_postgres,
)


@pytest.mark.parametrize("patience", [FOR_STATE, FOR_RECORDS])
def test_our_options_come_after_those_of_the_address_so_they_count(patience: Patience) -> None:
    told = connect_arguments("-c timezone=Asia/Tokyo -c search_path=mine", patience)["options"]
    assert told.startswith("-c timezone=Asia/Tokyo -c search_path=mine ")
    assert told.rindex("timezone=UTC") > told.index("timezone=Asia/Tokyo")
    assert "lock_timeout=5s" in told


def test_nobody_waits_for_a_server_that_vanished() -> None:
    for patience in (FOR_STATE, FOR_RECORDS):
        told = connect_arguments("", patience)
        idle = told["keepalives_idle"] + told["keepalives_interval"] * told["keepalives_count"]
        assert idle <= 15
        assert 0 < told["tcp_user_timeout"] <= 15_000
        assert 0 < told["connect_timeout"] <= 5
    assert "synchronous_commit=on" in connect_arguments("", FOR_RECORDS)["options"]


def test_an_address_is_known_by_its_scheme() -> None:
    assert is_postgres("postgresql://db.example/curtilage")
    assert not any(
        map(is_postgres, ("sqlite", "postgres://db.example/x", "postgresql+psycopg://x"))
    )
    assert "`postgres`" in driver_missing().advice
