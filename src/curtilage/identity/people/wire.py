"""What is sealed of a person, as bytes and back: version 1 of each format.

A profile is a JSON object with `v`, `name`, `address`, `confirmed` (an instant or null) and
`locale`; what a session is about is one with `v` and `device`. A passkey is one with `v`,
`id` and `key` (base64url), `rp`, `eligible`, `backed_up`, `transports`, `aaguid` and `label`;
its counter and its dates stand beside it, unsealed. Whereabouts are one with `v`, `latitude`,
`longitude` (whole degrees) and `at`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from curtilage.core.clock import encode_instant, parse_instant
from curtilage.identity.models import Passkey
from curtilage.identity.people.models import Authenticator, Profile
from curtilage.identity.people.travel import Place, Whereabouts
from curtilage.identity.wire.webauthn_json import encode_base64url, parse_base64url

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


def encode_whereabouts(whereabouts: Whereabouts) -> bytes:
    place = whereabouts.place
    at = encode_instant(whereabouts.at)
    return orjson.dumps(
        {"v": VERSION, "latitude": place.latitude, "longitude": place.longitude, "at": at}
    )


def parse_whereabouts(raw: bytes) -> Whereabouts:
    """What `encode_whereabouts` wrote; it was sealed, so nobody else wrote it."""
    fields = orjson.loads(raw)
    return Whereabouts(Place(fields["latitude"], fields["longitude"]), parse_instant(fields["at"]))


def encode_passkey(passkey: Passkey) -> bytes:
    return orjson.dumps(
        {
            "v": VERSION,
            "id": encode_base64url(passkey.credential_id),
            "key": encode_base64url(passkey.public_key),
            "rp": passkey.rp_id,
            "eligible": passkey.backup_eligible,
            "backed_up": passkey.backed_up,
            "transports": list(passkey.transports),
            "aaguid": passkey.aaguid,
            "label": passkey.label,
        }
    )


def parse_passkey(raw: bytes, kept: Authenticator) -> Passkey:
    """What `encode_passkey` wrote, with what is kept beside it."""
    fields = orjson.loads(raw)
    return Passkey(
        id=kept.id,
        credential_id=parse_base64url(fields["id"]),
        public_key=parse_base64url(fields["key"]),
        sign_count=kept.counter,
        rp_id=fields["rp"],
        backup_eligible=fields["eligible"],
        backed_up=fields["backed_up"],
        transports=tuple(fields["transports"]),
        aaguid=fields["aaguid"],
        label=fields["label"],
        created_at=kept.created_at,
        last_used_at=kept.last_used_at,
    )
