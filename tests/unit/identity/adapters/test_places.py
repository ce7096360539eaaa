"""Where addresses are, by a table that was supplied."""

from pathlib import Path
from typing import Any

import pytest

from curtilage.identity.adapters.places import MaxMindPlaces
from curtilage.identity.errors import PlacesMissing
from curtilage.identity.people.travel import Place
from tests.mmdb import write_places

pytest.importorskip("maxminddb")


def at(latitude: Any, longitude: Any) -> dict[str, Any]:
    return {"location": {"latitude": latitude, "longitude": longitude}}


@pytest.fixture
def table(tmp_path: Path) -> MaxMindPlaces:
    return MaxMindPlaces.open(
        write_places(
            tmp_path / "places.mmdb",
            {
                "8.8.8.0/24": at(48.2, 16.37),
                "2a00:1450::/32": at(-33.87, 151.21),
                "9.9.9.0/24": {"country": {"iso_code": "AT"}},
                "9.9.8.0/24": at("48", "16"),
                "9.9.7.0/24": at(float("nan"), 16.0),
                "9.9.6.0/24": at(91.0, 16.0),
                "9.9.5.0/24": "nowhere",
                "10.0.0.0/8": at(48.2, 16.37),
                "127.0.0.0/8": at(48.2, 16.37),
            },
        )
    )


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("8.8.8.8", Place(48, 16)),
        ("::ffff:8.8.8.8", Place(48, 16)),
        ("2a00:1450:4001::1", Place(-34, 151)),
        ("8.8.4.4", None),
        ("2001:4860::8888", None),
        ("9.9.9.9", None),
        ("9.9.8.9", None),
        ("9.9.7.9", None),
        ("9.9.6.9", None),
        ("9.9.5.9", None),
        ("10.1.2.3", None),
        ("127.0.0.1", None),
        ("::1", None),
        ("fe80::1%eth0", None),
        ("", None),
        ("unix", None),
        ("8.8.8.8\n", None),
    ],
)
def test_an_address_is_in_whole_degrees_or_nowhere(
    table: MaxMindPlaces, address: str, place: Place | None
) -> None:
    assert table.find(address) == place


@pytest.mark.parametrize("data", [None, b"", b"x" * 1000, b"\xab\xcd\xefMaxMind.com"])
def test_what_is_no_table_stops_the_service_at_its_start(
    tmp_path: Path, data: bytes | None
) -> None:
    path = tmp_path / "places.mmdb"
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(PlacesMissing):
        MaxMindPlaces.open(path)


def test_a_table_is_closed_with_the_service(table: MaxMindPlaces) -> None:
    table.close()
    with pytest.raises(ValueError, match="closed"):
        table.reader.get("8.8.8.8")
