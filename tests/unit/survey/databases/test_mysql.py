"""What MySQL is asked for, and how the way there is encrypted."""

import ssl
from pathlib import Path

import pytest

from curtilage.survey.databases.mysql import (
    FARTHEST,
    Listed,
    encryption,
    quoted,
    sample_share,
    statement,
)
from curtilage.survey.errors import Unreadable


def test_a_name_cannot_end_its_quotes() -> None:
    assert quoted("a`; DROP TABLE b; -- %s") == "`a``; DROP TABLE b; -- %s`"


def test_every_value_comes_as_text_or_bytes_and_cut() -> None:
    table = Listed("crm", "p`q", 0)
    columns = [("email", "varchar"), ("photo", "blob"), ("where", "point"), ("flags", "bit")]
    assert statement(table, columns, 5, 0.25) == (
        "SELECT LEFT(CAST(`email` AS CHAR), 1048576), SUBSTRING(`photo`, 1, 1048576), "
        "LEFT(CAST(ST_AsText(`where`) AS CHAR), 1048576), LEFT(CAST(`flags` + 0 AS CHAR), 1048576) "
        "FROM `crm`.`p``q` WHERE RAND(1) < 0.250000 LIMIT 5"
    )
    assert statement(table, columns[:1], 0, 0).endswith(" FROM `crm`.`p``q`")


def test_records_are_drawn_where_there_are_many() -> None:
    assert sample_share(1e6, 0) == 0
    assert sample_share(0, 100) == 0
    assert sample_share(150, 100) == 0
    assert sample_share(1e6, 100_000) == 0.15
    assert sample_share(1e12, 1000) == sample_share(FARTHEST, 1000) == 0.00075
    assert sample_share(1e12, 1) > 0


def test_the_modes_are_those_of_mysqls_own_client() -> None:
    assert encryption("DISABLED", None) == {"ssl_disabled": True}
    assert encryption("PREFERRED", None) == {}
    modes = {}
    for mode in ("REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"):
        context = encryption(mode, None)["ssl"]
        modes[mode] = (context.verify_mode, context.check_hostname)
    assert modes == {
        "REQUIRED": (ssl.CERT_NONE, False),
        "VERIFY_CA": (ssl.CERT_REQUIRED, False),
        "VERIFY_IDENTITY": (ssl.CERT_REQUIRED, True),
    }


def test_an_authority_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="ssl-ca"):
        encryption("VERIFY_CA", str(tmp_path / "absent.pem"))
