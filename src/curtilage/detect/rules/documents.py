"""Documents and things that are numbered alike in all countries."""

import re

from curtilage.detect.checksums import compact, icao_digit
from curtilage.detect.dates import is_date, is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import PASSPORT

_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_DATE_NUMBERS = re.compile(r"[0-9]+")
_MONTHS = r"(?:[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Mm]ay|[Jj]un|[Jj]ul|[Aa]ug|[Ss]ep|[Oo]ct|[Nn]ov|[Dd]ec)[a-z]{0,6}"


def _is_vin(value: str) -> bool:
    """ISO 3779 with the check digit of 49 CFR 565.15(c): mandatory in North America and China."""
    total = sum(
        (int(char) if char.isdecimal() else _VIN_VALUES[char]) * weight
        for char, weight in zip(value, _VIN_WEIGHTS, strict=True)
    )
    letters = sum(char.isalpha() for char in value)
    return 3 <= letters <= 13 and len(set(value)) > 5 and "0123456789X"[total % 11] == value[8]


def _is_european_vin(value: str) -> bool:
    """ISO 3779 asks for no check digit; makers outside North America and China give none."""
    return _is_vin(value) or (value[0] in "JKLMNPRSTUVWXYZ" and _is_mixed(value))


def _is_mixed(value: str) -> bool:
    return sum(char.isdecimal() for char in value) >= 4 and len(set(value)) > 5


def _is_mrz(value: str) -> bool:
    """ICAO Doc 9303-4 §4.2.2 and 9303-6: number, birth, expiry and, in TD3, the composite."""
    line = value.rsplit(maxsplit=1)[-1]
    fields = ((0, 9), (13, 19), (21, 27))
    if not all(
        line[end].isdecimal() and icao_digit(line[start:end]) == int(line[end])
        for start, end in fields
    ):
        return False
    return len(line) != 44 or icao_digit(line[:10] + line[13:20] + line[21:43]) == int(line[43])


def _is_td1(value: str) -> bool:
    """ICAO Doc 9303-5 §4.2.2: number on the first line, birth and expiry on the second."""
    first, second = value.split()[:2]
    holds = first[14].isdecimal() and icao_digit(first[5:14]) == int(first[14])
    return holds and all(
        icao_digit(second[start : start + 6]) == int(second[start + 6]) for start in (0, 8)
    )


def _is_birth_date(value: str) -> bool:
    numbers = _DATE_NUMBERS.findall(value)
    if len(numbers) == 2:  # a month by name
        return any(
            len(year) == 4 and is_date(int(year), 1, min(int(day), 31))
            for year, day in (numbers, numbers[::-1])
        )
    first, second, third = numbers
    if len(first) == 4:
        return is_date(int(first), int(second), int(third))
    if len(third) == 4:
        return is_date(int(third), int(second), int(first)) or is_date(
            int(third), int(first), int(second)
        )
    return is_short_date(third, second, first) or is_short_date(third, first, second)


# The middle of the second line: from anywhere, it is a small automaton.
_NATION_TO_EXPIRY = r"[0-9][A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}[A-Z0-9<]{8,}"

KINDS = (
    Kind(
        type="VEHICLE_VIN",
        title="Vehicle identification number",
        category="user.unique_id.vehicle",
        citation="ISO 3779, 49 CFR 565.15(c)",
        forms=(
            Form(r"[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}", B, 0.6, check=_is_vin),
            Form(r"[A-HJ-NPR-Z0-9]{17}", R, 0.5),
        ),
        check=_is_european_vin,
        normalise=compact,
        words=("vin", "chassis", "chassis number", "vehicle identification number", "vehicle id", "fahrgestellnummer", "fin", "numéro de châssis", "número de chasis", "telaio", "numero di telaio", "chassisnummer"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PASSPORT_MRZ",
        title="Machine readable zone of a passport or card",
        category="user.government_id.passport_number",
        citation="ICAO Doc 9303 parts 3 to 6",
        forms=(
            Form(
                r"(?:P[A-Z<][A-Z]{3}[A-Z<]{39}[ \r\n]{1,3})?[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]",
                score=0.98,
                edge=Edge.HEAD,
                lead=r"[A-Z0-9< \r\n]",
                trigger=_NATION_TO_EXPIRY,
            ),
            Form(
                r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{8}",
                score=0.95,
                lead=r"[A-Z0-9<]",
                trigger=_NATION_TO_EXPIRY,
            ),
            Form(
                r"[ACI][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{9}[0-9][A-Z0-9<]{15}[ \r\n]{1,3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z<]{3}[A-Z0-9<]{11}[0-9](?:[ \r\n]{1,3}[A-Z<]{30})?",
                score=0.98,
                edge=Edge.HEAD,
                lead=r"[A-Z0-9< \r\n]",
                trigger=r"[0-9]{7}[MFX<][0-9]{7}[A-Z<]{3}",
                check=_is_td1,
            ),
        ),
        check=_is_mrz,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="DATE_OF_BIRTH",
        title="Date of birth",
        category="user.demographic.date_of_birth",
        citation="the calendar; ISO 8601 and national ways to write a date",
        forms=(
            Form(r"(?:18|19|20)[0-9]{2}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{1,2}[\-/. ][0-9]{1,2}[\-/. ](?:18|19|20)?[0-9]{2}", R, 0.6, Edge.NUMBER),
            Form(rf"[0-9]{{1,2}}(?:st|nd|rd|th)?[ .]{{1,2}}{_MONTHS}[ .,]{{1,2}}(?:18|19|20)[0-9]{{2}}", R, 0.6),
            Form(rf"{_MONTHS}[ .]{{1,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?,?[ ](?:18|19|20)[0-9]{{2}}", R, 0.6),
        ),
        check=_is_birth_date,
        words=(
            "born", "dob", "date of birth", "birth date", "birthdate", "birthday", "d o b", "geboren", "geburtsdatum", "geburtstag", "né le", "née le", "née", "date de naissance", "naissance",
            "nacido", "nacida", "fecha de nacimiento", "nacimiento", "nato", "nata", "data di nascita", "nascita", "nascido", "nascida", "data de nascimento", "nascimento", "geboortedatum",
        ),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="GENERIC_PASSPORT",
        title="Passport number",
        category="user.government_id.passport_number",
        citation="ICAO Doc 9303-3 §4: up to nine letters and digits",
        forms=(Form(r"[A-Z]{1,2}[0-9]{6,8}[A-Z]?|[0-9]{2}[A-Z]{2}[0-9]{5}|[A-Z][0-9]{2}[A-Z]{2}[0-9]{4}|[CFGHJK][0-9CFGHJKLMNPRTVWXYZ]{8}|[0-9]{7,10}|[A-Z]{2}[ \-][0-9]{6,7}|[a-z]{1,2}[0-9]{6,8}", R, 0.5), Form(r"[A-Z]{2}[0-9]{7}|[A-Z][0-9]{2}[A-Z]{2}[0-9]{4}", R, 0.5, alone=True)),
        check=lambda value: sum(char.isdecimal() for char in value) >= 3,
        words=("passport document", "document of travel", "foreign passport"),
        loose=PASSPORT,
        strength=Strength.NONE,
    ),
)  # fmt: skip
