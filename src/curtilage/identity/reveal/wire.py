"""What is asked for and why, as it is sealed: version 1, a JSON object."""

from collections.abc import Mapping

import orjson

from curtilage.identity.reveal.models import About, Target, ValueKind

VERSION = 1


def encode_about(about: About) -> bytes:
    """One line of JSON."""
    target = about.target
    return orjson.dumps(
        {
            "v": VERSION,
            "kind": target.kind.value,
            "reference": target.reference,
            "within": target.within,
            "reason": about.reason,
        }
    )


def parse_about(raw: bytes) -> About:
    """What `encode_about` wrote; it was sealed, so nobody else wrote it."""
    fields: Mapping[str, str] = orjson.loads(raw)
    target = Target(ValueKind(fields["kind"]), fields["reference"], fields["within"])
    return About(target, fields["reason"])
