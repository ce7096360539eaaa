"""United Kingdom and Ireland."""

from curtilage.detect.checksums import compact, digits, is_monotone, weighted_sum
from curtilage.detect.dates import is_date
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength

_NINO_NEVER = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))  # HMRC NIM39110
_UTR_CHECK = "21987654321"
_PPSN_CHECK = "WABCDEFGHIJKLMNOPQRSTUV"
_AREAS = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY"
    "|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)


def _is_nhs(number: str) -> bool:
    """NHS Data Dictionary: weights 10 to 2, mod 11."""
    check = 11 - weighted_sum(number[:9], range(10, 1, -1)) % 11
    return not is_monotone(number) and check % 11 == int(number[9]) and check != 10


def _is_nino(value: str) -> bool:
    return value[:2] not in _NINO_NEVER and value[0] not in "DFIQUV" and value[1] not in "DFIOQUV"


def _is_utr(number: str) -> bool:
    return _UTR_CHECK[weighted_sum(number[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11] == number[0]


def _is_licence(value: str) -> bool:
    """DVLA: the month holds the sex, the decade and the year stand apart."""
    month, day = int(value[6:8]) % 50, int(value[8:10])
    return any(is_date(century + int(value[5] + value[10]), month, day) for century in (1900, 2000))


def _is_ppsn(value: str) -> bool:
    """S.I. 389/1993; the second letter counts nine times."""
    second = value[8:9]
    extra = 9 * (0 if second in ("", "W") else ord(second) - 64)
    return _PPSN_CHECK[(weighted_sum(value[:7], range(8, 1, -1)) + extra) % 23] == value[7]


KINDS = (
    Kind(
        type="UK_NHS",
        title="NHS number",
        category="user.health_and_medical.insurance_id",
        citation="NHS Data Dictionary, NHS NUMBER: weights 10 to 2 mod 11",
        forms=(
            Form(r"[0-9]{3} [0-9]{3} [0-9]{4}", B, 0.55, Edge.NUMBER),
            Form(r"[0-9]{3}-?[0-9]{3}-?[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_nhs,
        normalise=digits,
        words=("nhs", "nhs number", "nhs no", "national health service", "patient"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UK_NINO",
        title="UK National Insurance number",
        category="user.government_id.social_security",
        citation="HMRC NIM39110: prefixes never used",
        forms=(Form(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", B, 0.7),),
        check=_is_nino,
        normalise=compact,
        words=("nino", "national insurance", "national insurance number", "ni number", "insurance number"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_UTR",
        title="UK unique taxpayer reference",
        category="user.government_id.tax",
        citation="HMRC, UTR check digit: table 21987654321",
        forms=(Form(r"[0-9]{5} ?[0-9]{5}", R, 0.6, Edge.NUMBER),),
        check=_is_utr,
        normalise=digits,
        words=("utr", "unique taxpayer reference", "tax reference", "self assessment"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UK_DRIVING_LICENCE",
        title="UK driving licence",
        category="user.government_id.drivers_license_number",
        citation="DVLA, driver number: surname, date of birth, initials",
        forms=(Form(r"[A-Z]{1,5}9{0,4}[0-9][0156][0-9][0-3][0-9]{2}[A-Z9]{2}[0-9A-Z]{3}", B, 0.7),),
        check=lambda value: len(value) == 16 and _is_licence(value),
        words=("driving licence", "driver number", "driving license", "dvla", "licence number"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_PASSPORT",
        title="UK passport number",
        category="user.government_id.passport_number",
        citation="HM Passport Office: nine digits",
        forms=(Form(r"[0-9]{9}", R, 0.5, Edge.NUMBER),),
        words=("uk passport", "british passport"),
        strength=Strength.NONE,
    ),
    Kind(
        type="UK_POSTCODE",
        title="UK postcode",
        category="user.contact.address.postal_code",
        citation="Royal Mail PAF: postcode areas",
        forms=(Form(rf"(?:{_AREAS})[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{{2}}", R, 0.6),),
        words=("postcode", "post code", "address", "postal code", "zip"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IE_PPSN",
        title="Irish PPS number",
        category="user.government_id.social_security",
        citation="S.I. 389/1993, Revenue: mod 23",
        forms=(Form(r"[0-9]{7}[A-W][A-IW]?", B, 0.55),),
        check=_is_ppsn,
        words=("pps", "ppsn", "pps number", "personal public service"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
