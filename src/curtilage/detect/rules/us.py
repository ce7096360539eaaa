"""United States."""

from curtilage.detect.checksums import digits, is_monotone, luhn, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength

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
_LICENSE_WORDS = (
    "driver license",
    "driver's license",
    "drivers license",
    "driving license",
    "driver licence",
    "license number",
    "dl number",
    "driver license number",
    "dln",
)


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
            Form(r"[0-9]{3}[ .][0-9]{2}[ .][0-9]{4}", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{9}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_ssn,
        normalise=digits,
        words=("ssn", "social security", "social security number", "social security no", "ss number", "soc sec", "taxpayer id", "seguro social"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_ITIN",
        title="US individual taxpayer number (ITIN)",
        category="user.government_id.tax",
        citation="IRS Publication 1915: 9xx, group ranges",
        forms=(Form(r"9[0-9]{2}-[0-9]{2}-[0-9]{4}", B, 0.7, Edge.NUMBER), Form(r"9[0-9]{8}", R, 0.5, Edge.NUMBER)),
        check=_is_itin,
        normalise=digits,
        words=("itin", "individual taxpayer", "taxpayer id", "tax id", "tin"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="US_EIN",
        title="US employer number (EIN)",
        category="user.government_id.tax",
        citation="IRS, valid EIN prefixes",
        forms=(Form(r"[0-9]{2}-[0-9]{7}", R, 0.6, Edge.NUMBER),),
        check=lambda value: value[:2] in _EIN_PREFIXES,
        words=("ein", "fein", "employer id", "employer identification number", "tax id", "federal tax id"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="ABA_ROUTING_NUMBER",
        title="US bank routing number",
        category="user.financial.bank_account",
        citation="ABA routing number policy: districts, weights 3-7-1",
        forms=(Form(r"[0-9]{4}-?[0-9]{4}-?[0-9]", R, 0.6, Edge.NUMBER),),
        check=_is_aba,
        normalise=digits,
        words=("routing", "routing number", "aba", "aba number", "rtn", "routing transit", "bank routing"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="US_BANK_NUMBER",
        title="Bank account number",
        category="user.financial.bank_account",
        citation="X9.100-160: up to 17 digits, no check digit",
        forms=(Form(r"[0-9]{6,17}", R, 0.4, Edge.NUMBER),),
        check=lambda value: not is_monotone(value),
        words=("account number", "bank account", "acct", "acct number", "account no", "checking account", "savings account", "kontonummer", "numéro de compte", "número de cuenta", "numero di conto", "número da conta", "rekeningnummer"),
        strength=Strength.NONE,
    ),
    Kind(
        type="US_PASSPORT",
        title="US passport number",
        category="user.government_id.passport_number",
        citation="US Department of State: nine digits, or a letter and eight",
        forms=(Form(r"[A-Z][0-9]{8}", R, 0.55), Form(r"[0-9]{9}", R, 0.5, Edge.NUMBER)),
        words=("us passport", "american passport", "u s passport"),
        strength=Strength.NONE,
    ),
    Kind(
        type="US_DRIVER_LICENSE",
        title="US driver licence",
        category="user.government_id.drivers_license_number",
        citation="AAMVA: formats of the states; never without a naming word",
        forms=(
            Form(r"[A-Z]{1,2}[0-9]{4,14}|[A-Z][0-9]{3}-[0-9]{4}-[0-9]{4}|[A-Z][0-9]{3}-[0-9]{3}-[0-9]{2}-[0-9]{3}-[0-9]", R, 0.6),
            Form(r"[0-9]{7,9}", R, 0.5, Edge.NUMBER),
        ),
        check=lambda value: not is_monotone(digits(value)),
        words=_LICENSE_WORDS,
        strength=Strength.NONE,
    ),
    Kind(
        type="US_NPI",
        title="US provider number (NPI)",
        category="user.unique_id.provider",
        citation="CMS, National Provider Identifier check digit (Luhn with 80840)",
        forms=(Form(r"[12][0-9]{9}", R, 0.6, Edge.NUMBER),),
        check=_is_npi,
        words=("npi", "national provider", "provider id", "provider number", "prescriber"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="MEDICAL_LICENSE",
        title="US DEA number",
        category="user.government_id.medical_license",
        citation="DEA registration number: registrant letter, check digit",
        forms=(Form(r"[ABCDEFGHJKLMPRSTUX][A-Z9][0-9]{7}", R, 0.7),),
        check=_is_dea,
        words=("dea", "dea number", "medical license", "prescriber", "doctor", "physician", "dea registration"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="US_MBI",
        title="US Medicare number (MBI)",
        category="user.health_and_medical.insurance_id",
        citation="CMS, Understanding the Medicare Beneficiary Identifier format",
        forms=(
            Form(rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]-{_MBI_LETTER}{_MBI_EITHER}[0-9]-{_MBI_LETTER}{{2}}[0-9]{{2}}", B, 0.75),
            Form(rf"[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]{_MBI_LETTER}{_MBI_EITHER}[0-9]{_MBI_LETTER}{{2}}[0-9]{{2}}", R, 0.7),
        ),
        words=("mbi", "medicare", "medicare number", "beneficiary", "medicare id"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
