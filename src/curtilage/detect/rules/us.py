"""United States."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import (
    ACCOUNT,
    COMPANY_ID,
    HEALTH_ID,
    LICENCE,
    PASSPORT,
    SOCIAL_SECURITY,
    TAX_ID,
)

# Printed in wallets and advertisements, never valid: SSA, "Social Security Cards Issued by Woolworth".
_ADVERTISED = frozenset({"078051120", "219099999", "457555462"})
_ITIN_GROUPS = frozenset(
    (*range(50, 66), *range(70, 89), 90, 91, 92, *range(94, 100))
)  # IRS Publication 1915
_EIN_PREFIXES = frozenset(
    f"{prefix:02}"
    for prefix in (
        *range(1, 7),
        *range(10, 17),
        *range(20, 28),
        *range(30, 49),
        *range(50, 69),
        *range(71, 78),
        *range(80, 89),
        *range(90, 96),
        98,
        99,
    )
)  # IRS, "How EINs are assigned and valid EIN prefixes"
_MBI_LETTER = "[AC-HJKMNP-RT-Y]"
_MBI_EITHER = "[0-9AC-HJKMNP-RT-Y]"


def _is_ssn(number: str) -> bool:
    area, group, serial = number[:3], number[3:5], number[5:]
    never = area in ("000", "666") or area[0] == "9" or group == "00" or serial == "0000"
    return not never and number not in _ADVERTISED and not is_monotone(number)


def _is_itin(number: str) -> bool:
    return int(number[3:5]) in _ITIN_GROUPS


def _is_aba(number: str) -> bool:
    """ABA routing number policy: Federal Reserve district, weights 3, 7, 1."""
    district = int(number[:2])
    known = district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    return known and number != "000000000" and weighted_sum(number, (3, 7, 1) * 3) % 10 == 0


def _is_npi(number: str) -> bool:
    """CMS, NPI check digit: Luhn behind the prefix 80840."""
    return luhn("80840" + number) and not is_monotone(number)


def _is_dea(value: str) -> bool:
    number = value[2:]
    odd, even = (
        weighted_sum(number[:6], (1, 0, 1, 0, 1, 0)),
        weighted_sum(number[:6], (0, 1, 0, 1, 0, 1)),
    )
    return (odd + 2 * even) % 10 == int(number[6])


KINDS = (
    Kind(
        type="US_SSN",
        title="US Social Security number",
        category="user.government_id.social_security",
        citation="SSA RM 10201.035: areas, groups and serials never assigned",
        forms=(
            Form(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{3} [0-9]{2} [0-9]{4}", B, 0.45, Edge.NUMBER),
            Form(r"[0-9]{3}[ ./\-]{1,3}[0-9]{2}[ ./\-]{1,3}[0-9]{4}", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{9}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_ssn,
        normalise=digits,
        words=("ssn", "ssn number", "social security", "social security number", "social security no", "ss number", "ss no", "soc sec", "social", "taxpayer id", "seguro social", "número de seguro social"),
        loose=(*SOCIAL_SECURITY, *TAX_ID),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_ITIN",
        title="US individual taxpayer number (ITIN)",
        category="user.government_id.tax",
        citation="IRS Publication 1915: 9xx, group ranges",
        forms=(
            Form(r"9[0-9]{2}-[0-9]{2}-[0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"9[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{4}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_itin,
        normalise=digits,
        words=("itin", "itin number", "individual taxpayer", "individual taxpayer identification number", "taxpayer id", "tax id", "tin"),
        loose=TAX_ID,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_ATIN",
        title="US taxpayer number of an adopted child (ATIN)",
        category="user.government_id.tax",
        citation="IRS, Form W-7A: 9xx, group 93",
        forms=(
            Form(r"9[0-9]{2}-93-[0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"9[0-9]{2}[ .]?93[ .]?[0-9]{4}", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{3}-[0-9]{2}-[0-9]{4}", R, 0.4, Edge.NUMBER),  # so a form says, whatever the group
        ),
        words=("atin", "atin number", "adoption taxpayer", "adoption tin", "adoption taxpayer identification number"),
        loose=("tin", "tax id", "taxpayer id"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_PTIN",
        title="US preparer taxpayer number (PTIN)",
        category="user.government_id.tax",
        citation="IRS, Form W-12: P and eight digits",
        forms=(Form(r"P-?[0-9]{8}", B, 0.55), Form(r"p-?[0-9]{8}|P [0-9]{8}", R, 0.5)),
        check=lambda value: not is_monotone(digits(value)),
        words=("ptin", "ptin number", "preparer tin", "tax preparer", "preparer", "preparer tax identification number"),
        loose=TAX_ID,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_EIN",
        title="US employer number (EIN)",
        category="user.government_id.tax",
        citation="IRS, valid EIN prefixes",
        forms=(Form(r"[0-9]{2}-[0-9]{7}", R, 0.6, Edge.NUMBER, alone=True), Form(r"[0-9]{2} ?[0-9]{7}", R, 0.45, Edge.NUMBER)),
        check=lambda value: value[:2] in _EIN_PREFIXES,
        words=("ein", "ein number", "fein", "employer id", "employer number", "employer identification", "employer identification number", "tax id", "federal tax id", "federal id", "federal employer id"),
        loose=(*TAX_ID, *COMPANY_ID),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="ABA_ROUTING_NUMBER",
        title="US bank routing number",
        category="user.financial.bank_account",
        citation="ABA routing number policy: districts, weights 3-7-1",
        forms=(Form(r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]", R, 0.6, Edge.NUMBER),),
        check=_is_aba,
        normalise=digits,
        words=("routing", "routing number", "routing no", "aba", "aba number", "aba routing number", "aba routing", "rtn", "routing transit", "routing transit number", "bank routing", "ach routing", "wire routing", "fedwire"),
        loose=ACCOUNT,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="US_BANK_NUMBER",
        title="Bank account number",
        category="user.financial.bank_account",
        citation="X9.100-160: up to 17 digits, no check digit",
        forms=(
            Form(r"[0-9]{6,17}|[0-9]{4}(?:[ \-][0-9]{2,4}){1,4}", R, 0.4, Edge.NUMBER),
        ),
        check=lambda value: not is_monotone(digits(value)),
        words=("checking account", "savings account", "checking account number", "us bank account", "checking", "dda", "direct deposit account"),
        loose=(*ACCOUNT, "bank", "debit"),
        strength=Strength.NONE,
    ),
    Kind(
        type="US_PASSPORT",
        title="US passport number",
        category="user.government_id.passport_number",
        citation="US Department of State: nine digits, or a letter and eight",
        forms=(Form(r"[A-Z] ?[0-9]{8}", R, 0.55, alone=True), Form(r"[0-9]{9}|[a-z][0-9]{8}", R, 0.5, Edge.NUMBER)),
        words=("us passport", "us passport number", "american passport", "u s passport", "u.s. passport", "united states passport"),
        loose=PASSPORT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_DRIVER_LICENSE",
        title="US driver licence",
        category="user.government_id.drivers_license_number",
        citation="AAMVA: formats of the states; never without a naming word",
        forms=(
            Form(r"[A-Z]{1,2}[ \-]?[0-9]{4,14}|[A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}|[0-9]{3}[A-Z]{2}[0-9]{4}", R, 0.6),
            Form(r"[A-Z][0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{3}-[0-9]|[A-Z][0-9]{12}", R, 0.6, alone=True),
            Form(r"[0-9]{7,12}|[0-9]{2}-[0-9]{3}-[0-9]{4}", R, 0.5, Edge.NUMBER),
        ),
        check=lambda value: not is_monotone(digits(value)),
        words=("driver license", "driver's license", "drivers license", "driver license number", "driver's license number", "driving license", "license number", "dl number", "dl no", "dln", "state id", "dmv"),
        loose=LICENCE,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_NPI",
        title="US provider number (NPI)",
        category="user.unique_id.provider",
        citation="CMS, National Provider Identifier check digit (Luhn with 80840)",
        forms=(Form(r"[12][0-9]{9}|[12][0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=_is_npi,
        normalise=digits,
        words=("npi", "npi number", "npi no", "national provider", "national provider id", "national provider identifier", "provider identifier", "provider id", "provider number", "prescriber", "prescriber id", "physician id"),
        loose=("provider",),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="MEDICAL_LICENSE",
        title="US DEA number",
        category="user.government_id.medical_license",
        citation="DEA registration number: registrant letter, check digit",
        forms=(Form(r"[ABCDEFGHJKLMPRSTUX][A-Z9][ \-]?[0-9]{7}", R, 0.7), Form(r"[abcdefghjklmprstux][a-z9][0-9]{7}", R, 0.6)),
        check=_is_dea,
        normalise=compact,
        words=("dea", "dea number", "dea no", "dea registration", "dea registration number", "medical", "medical license", "medical license number", "medical certificate", "prescriber", "doctor", "physician", "controlled substance"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="US_MBI",
        title="US Medicare number (MBI)",
        category="user.health_and_medical.insurance_id",
        citation="CMS, Understanding the Medicare Beneficiary Identifier format",
        forms=(
            Form(rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]-?{_MBI_LETTER}{_MBI_EITHER}[0-9]-?{_MBI_LETTER}{{2}}[0-9]{{2}}", B, 0.75),
            Form(rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9] {_MBI_LETTER}{_MBI_EITHER}[0-9] {_MBI_LETTER}{{2}}[0-9]{{2}}", R, 0.7),
            Form(rf"[1-9]{_MBI_LETTER.lower()}{_MBI_EITHER.lower()}[0-9]-?{_MBI_LETTER.lower()}{_MBI_EITHER.lower()}[0-9]-?{_MBI_LETTER.lower()}{{2}}[0-9]{{2}}", R, 0.65),
        ),
        words=("mbi", "mbi number", "medicare", "medicare number", "medicare no", "medicare beneficiary", "medicare beneficiary identifier", "beneficiary", "medicare id"),
        loose=HEALTH_ID,
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
