"""United States."""

from curtilage.detect.checksums import digits, is_monotone
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength

# Printed in wallets and advertisements, never valid: SSA, "Social Security Cards Issued by Woolworth".
_ADVERTISED = frozenset({"078051120", "219099999", "457555462"})


def _is_ssn(number: str) -> bool:
    area, group, serial = number[:3], number[3:5], number[5:]
    return not (
        area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000"
        or number in _ADVERTISED or is_monotone(number)
    )  # fmt: skip


KINDS = (
    Kind(
        type="US_SSN",
        title="US Social Security number",
        category="user.government_id.social_security",
        citation="SSA RM 10201.035: areas, groups and serials never assigned",
        forms=(
            Form(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{9}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_ssn,
        normalise=digits,
        words=("ssn", "social security", "social security number", "social security no", "ss number", "soc sec", "taxpayer id", "seguro social"),
        strength=Strength.SHAPE,
    ),
)
