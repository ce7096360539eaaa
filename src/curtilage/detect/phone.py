"""Telephone numbers, judged by the numbering plans that `phonenumbers` carries.

The library parses a number in some 40 µs, too long for every candidate. Its
plans, matched directly, answer in two; a differential test holds us to it.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache

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


def _plan(code: int, region: str) -> str:
    """What numbers of a region look like behind its country code; "" where nothing is known.

    Or at home: behind the trunk prefix, which takes what it can and gives nothing back.
    """
    data = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    if data is None:
        return ""
    shapes = [getattr(data, name) for name in _TYPES]
    numbers = "|".join(
        shape.national_number_pattern for shape in shapes if shape and shape.national_number_pattern
    )
    home = f"|(?>{data.national_prefix})(?:{numbers})" if data.national_prefix else ""
    return f"{numbers}{home}"


@lru_cache(maxsize=400)  # there are some 220 country codes, and one entry for each check
def _plans(*places: tuple[int, str]) -> Callable[[str], object]:
    """Whether digits are a number in one of these places: country code and region.

    One pattern for all of them, compiled when it is first needed.
    """
    plans = [plan for code, region in places if (plan := _plan(code, region))]
    return re.compile("|".join(plans) or "(?!)").fullmatch


def is_international(number: str) -> bool:
    """Whether digits that begin with a country code are a valid number."""
    if not SHORTEST < len(number) <= LONGEST:
        return False
    for length in (1, 2, 3):
        code = int(number[:length])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            return _fits(code, number[length:])
    return False


@lru_cache(maxsize=300)
def _plans_of(code: int) -> Callable[[str], object]:
    """Whether digits are a number behind a country code."""
    return _plans(*((code, region) for region in COUNTRY_CODE_TO_REGION_CODE[code]))


def _fits(code: int, rest: str) -> bool:
    return _plans_of(code)(rest) is not None


def prepare() -> None:
    """Compile the plans of all countries now, and not in the call that has the first number."""
    for code in COUNTRY_CODE_TO_REGION_CODE:
        _plans_of(code)


def _code_of(region: str) -> int:
    return next(code for code, regions in COUNTRY_CODE_TO_REGION_CODE.items() if region in regions)


def is_national(*regions: str) -> Callable[[str], bool]:
    """A check: valid as dialled within one of `regions`."""

    @cache
    def plans() -> Callable[[str], object]:
        return _plans(*((_code_of(region), region) for region in regions))

    def holds(value: str) -> bool:
        number = digits(value)
        if not SHORTEST <= len(number) <= LONGEST or is_monotone(number):
            return False
        return plans()(number) is not None

    return holds


def international_length(value: str) -> int:
    """How much of `+49 30 901820 12` is the number: the longest valid run of groups."""
    groups = [match.end() for match in _GROUP.finditer(value)]
    value = value.replace("(0)", "   ")
    for end in reversed(groups):
        number = digits(value[:end])
        if is_international(number.removeprefix("00")):
            return end + (value[end : end + 1] == ")" and "(" in value[:end])
    return 0
