"""Telephone numbers, judged by the numbering plans that `phonenumbers` carries.

The library parses a number in some 40 µs, too long for every candidate. Its
plans, matched directly, answer in two; a differential test holds us to it.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

from curtilage.detect.checksums import digits, is_monotone

LONGEST = 15  # E.164 §6
SHORTEST = 7  # shorter ones exist and look like anything
# Where a number without country code may be from: the regions whose kinds we know.
NATIONAL = (
    "US", "GB", "DE", "FR", "IT", "ES", "NL", "BE", "AT", "CH", "PT", "IE", "PL", "SE", "NO", "DK", "FI",
    "CZ", "GR", "RO", "HU", "BR", "MX", "AR", "CL", "CO", "IN", "AU", "NZ", "ZA", "JP", "KR", "SG", "TR", "IL",
)  # fmt: skip
# Of these, where national numbers do not begin with 0.
NO_TRUNK = (
    "US",
    "ES",
    "PT",
    "PL",
    "NO",
    "DK",
    "CZ",
    "GR",
    "BR",
    "MX",
    "CL",
    "CO",
    "IN",
    "SG",
    "IT",
)
_TYPES = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
_GROUP = re.compile(r"[0-9]+")


@lru_cache(maxsize=300)  # there are 254 regions and entities
def _plan(region: str, code: int) -> tuple[re.Pattern[str], re.Pattern[str] | None] | None:
    """What national numbers of a region look like, and what may stand before them at home."""
    data = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if data is None:
        return None
    shapes = [getattr(data, name) for name in _TYPES]
    patterns = [
        shape.national_number_pattern for shape in shapes if shape and shape.national_number_pattern
    ]
    prefix = data.national_prefix
    return re.compile("|".join(patterns)), re.compile(prefix) if prefix else None


def is_international(number: str) -> bool:
    """Whether digits that begin with a country code are a valid number."""
    if not SHORTEST < len(number) <= LONGEST:
        return False
    for length in (1, 2, 3):
        code = int(number[:length])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            rest = number[length:]
            return any(_fits(region, code, rest) for region in COUNTRY_CODE_TO_REGION_CODE[code])
    return False


def _fits(region: str, code: int, rest: str) -> bool:
    plan = _plan(region, code)
    if plan is None:
        return False
    numbers, prefix = plan
    if numbers.fullmatch(rest):
        return True
    trunk = prefix.match(rest) if prefix else None
    return trunk is not None and numbers.fullmatch(rest, trunk.end()) is not None


@lru_cache(maxsize=300)
def _code_of(region: str) -> int:
    return next(code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if region in regions)


def is_national(*regions: str) -> Callable[[str], bool]:
    """A check: valid as dialled within one of `regions`."""

    def holds(value: str) -> bool:
        number = digits(value)
        if not SHORTEST <= len(number) <= LONGEST or is_monotone(number):
            return False
        return any(_fits_at_home(region, number) for region in regions)

    return holds


def _fits_at_home(region: str, number: str) -> bool:
    """Dialled at home: behind the trunk prefix where the plan has one, or as it is."""
    code = _code_of(region)
    return _fits(region, code, number)


def international_length(value: str) -> int:
    """How much of `+49 30 901820 12` is the number: the longest valid run of groups."""
    groups = [match.end() for match in _GROUP.finditer(value)]
    value = value.replace("(0)", "   ")
    for end in reversed(groups):
        number = digits(value[:end])
        if is_international(number.removeprefix("00")):
            return end + (value[end : end + 1] == ")" and "(" in value[:end])
    return 0
