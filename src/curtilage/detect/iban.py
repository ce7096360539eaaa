"""IBAN: lengths and national structures of the SWIFT registry (ISO 13616), mod 97-10."""

import re
from itertools import starmap

from curtilage.detect.checksums import mod97

# Country and structure of the BBAN: n digits, a capital letters, c either. SWIFT IBAN Registry, release 99.
REGISTRY = """
AD n8c12 AE n19 AL n8c16 AT n16 AZ a4c20 BA n16 BE n12 BG a4n6c8 BH a4c14 BI n23 BR n23a1c1 BY c4n4c16 CH n5c12 CR n18
CY n8c16 CZ n20 DE n18 DJ n23 DK n14 DO c4n20 EE n16 EG n25 ES n20 FI n14 FK a2n12 FO n14 FR n10c11n2 GB a4n14 GE a2n16
GI a4c15 GL n14 GR n7c16 GT c20 HN a4n20 HR n17 HU n24 IE a4n14 IL n19 IQ a4n15 IS n22 IT a1n10c12 JO a4n4c18 KW a4c22
KZ n3c13 LB n4c20 LC a4c24 LI n5c12 LT n16 LU n3c13 LV a4c13 LY n21 MC n10c11n2 MD c20 ME n18 MK n3c10n2 MN n16 MR n23
MT a4n5c18 MU a4n19a3 NI a4n20 NL a4n10 NO n11 OM n3c16 PK a4c16 PL n24 PS a4c21 PT n21 QA a4c21 RO a4c16 RS n18 RU n14c15
SA n2c18 SC a4n20a3 SD n14 SE n20 SI n15 SK n20 SM a1n10c12 SO n19 ST n21 SV a4n20 TL n19 TN n20 TR n5c17 UA n6c19 VA n18
VG a4n16 XK n16 YE a4n4c18
"""
_CLASS = {"n": "[0-9]", "a": "[A-Z]", "c": "[0-9A-Z]"}


_SEPARATORS = re.compile(r"[\W_]+")


def _structure(code: str, shape: str) -> tuple[str, tuple[int, re.Pattern[str], re.Pattern[str]]]:
    """How many letters and digits, what reaches over so many, and what these must be."""
    parts = re.findall(r"([nac])(\d+)", shape)
    length = 4 + sum(int(count) for _, count in parts)
    body = "".join(f"{_CLASS[kind]}{{{count}}}" for kind, count in parts)
    reach = re.compile(rf"(?:[\W_]*[^\W_]){{{length}}}")
    return code, (length, reach, re.compile(f"{code}[0-9]{{2}}{body}"))


_WORDS = REGISTRY.split()
_COUNTRIES = dict(starmap(_structure, zip(_WORDS[::2], _WORDS[1::2], strict=True)))


def iban_length(text: str) -> int:
    """How many characters of `text`, separators included, are a valid IBAN; 0 for none."""
    known = _COUNTRIES.get(text[:2].upper())
    if known is None:
        return 0
    length, reach, structure = known
    value, end = text[:length], length
    if len(value) < length:
        return 0
    if not value.isalnum():
        reached = reach.match(text)
        if reached is None:
            return 0
        value, end = _SEPARATORS.sub("", reached[0]), reached.end()
    return end if _ends(text, end) and _holds(value.upper(), structure) else 0


def _holds(value: str, structure: re.Pattern[str]) -> bool:
    return structure.fullmatch(value) is not None and mod97(value[4:] + value[:4])


def _ends(text: str, place: int) -> bool:
    return place == len(text) or not text[place].isalnum()
