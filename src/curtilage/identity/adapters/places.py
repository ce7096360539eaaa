"""Where addresses are, from a table that the operator supplies in the MaxMind DB format.

Read by `maxminddb`, which the extra `places` installs. Nothing is fetched, and an address is
looked up in a file of this machine alone.
"""

from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from curtilage.identity.errors import PlacesMissing
from curtilage.identity.people.travel import Place, round_place

LOCATION = "location"  # of tables of cities; those of countries tell no place


@dataclass(frozen=True, slots=True)
class MaxMindPlaces:
    """Implements `people.ports.Places`."""

    reader: Any = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> "MaxMindPlaces":
        """Raises `PlacesMissing` for a file that cannot be read, or without the library."""
        try:
            import maxminddb  # noqa: PLC0415 -- an extra
        except ImportError:
            raise PlacesMissing("The library `maxminddb` is not installed.") from None
        try:
            return cls(maxminddb.open_database(path, maxminddb.MODE_MMAP))
        except (OSError, ValueError, maxminddb.InvalidDatabaseError):
            raise PlacesMissing from None

    def find(self, address: str) -> Place | None:
        try:
            parsed = ip_address(address)
            if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
                parsed = parsed.ipv4_mapped
            found = self.reader.get(parsed) if parsed.is_global else None
        except ValueError:  # no address, or one of six words in a table of four
            return None
        return _read(found)

    def close(self) -> None:
        self.reader.close()


def _read(found: Any) -> Place | None:
    """Tables are of others: what is not a place is none."""
    location = found.get(LOCATION) if isinstance(found, dict) else None
    if not isinstance(location, dict):
        return None
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, float | int) or not isinstance(longitude, float | int):
        return None
    return round_place(latitude, longitude)
