"""What is sealed of a person, as bytes and back: version 1 of both formats.

A profile is a JSON object with `v`, `name`, `address`, `confirmed` (an instant or null) and
`locale`; what a session is about is one with `v` and `device`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.identity.people.models import Profile

VERSION = 1


@dataclass(frozen=True, slots=True)
class About:
    """Which device a session is on: what its browser calls itself, in a few words."""

    device: str = ""


def encode_profile(profile: Profile) -> bytes:
    """One line of JSON."""
    confirmed = profile.address_confirmed_at
    return orjson.dumps(
        {
            "v": VERSION,
            "name": profile.name,
            "address": profile.address,
            "confirmed": None if confirmed is None else encode_instant(confirmed),
            "locale": profile.locale,
        }
    )


def parse_profile(raw: bytes) -> Profile:
    """What `encode_profile` wrote; it was sealed, so nobody else wrote it."""
    fields: Mapping[str, str | None] = orjson.loads(raw)
    confirmed = fields["confirmed"]
    return Profile(
        name=fields["name"] or "",
        address=fields["address"] or "",
        address_confirmed_at=None if confirmed is None else parse_instant(confirmed),
        locale=fields["locale"] or "",
    )


def encode_about(about: About) -> bytes:
    return orjson.dumps({"v": VERSION, "device": about.device})


def parse_about(raw: bytes) -> About:
    return About(orjson.loads(raw)["device"])
