"""Canada and its provinces."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn
from curtilage.detect.dates import is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import (
    ACCOUNT,
    COMPANY_ID,
    HEALTH_ID,
    PASSPORT,
    SOCIAL_SECURITY,
    TAX_ID,
)

# Payments Canada, Financial Institutions File: the chartered banks; blocks of foreign banks, trusts and unions.
_BANKS = frozenset((1, 2, 3, 4, 6, 10, 16, 30, 39))
_BLOCKS = (1, 2, 3, 5, 6, 8)
_PROGRAMS = frozenset(
    ("RC", "RM", "RP", "RT", "RR", "RZ")
)  # CRA, "Business number program accounts"


def _is_business_number(value: str) -> bool:
    program = value[9:11]
    return luhn(value[:9]) and not is_monotone(value[:9]) and (not program or program in _PROGRAMS)


def _is_bc_phn(number: str) -> bool:
    """BC Ministry of Health: weights 2-4-8-5-10-9-7-3, products mod 11."""
    weights = (2, 4, 8, 5, 10, 9, 7, 3)
    total = sum(weight * int(char) % 11 for weight, char in zip(weights, number[1:9], strict=True))
    return -total % 11 == int(number[9])


def _is_ramq(value: str) -> bool:
    """RAMQ: date of birth behind the name; women's months have 50 added."""
    month = int(value[6:8])
    return is_short_date(value[4:6], f"{month - 50 if month > 50 else month:02}", value[8:10])


def _is_transit(number: str) -> bool:
    institution = int(number[1:4] if len(number) == 9 else number[5:8])
    return institution in _BANKS or institution // 100 in _BLOCKS


KINDS = (
    Kind(
        type="CA_SIN",
        title="Canadian social insurance number",
        category="user.government_id.social_security",
        citation="Service Canada: Luhn; 0 and 8 not given",
        forms=(
            Form(r"[1-79][0-9]{2}[ \-.][0-9]{3}[ \-.][0-9]{3}", B, 0.5, Edge.NUMBER),
            Form(r"[1-79][0-9]{8}", R, 0.6, Edge.NUMBER),
        ),
        check=lambda number: luhn(number) and not is_monotone(number),
        normalise=digits,
        words=("sin", "sin number", "sin no", "social insurance", "social insurance number", "nas", "assurance sociale", "numéro d'assurance sociale"),
        loose=(*SOCIAL_SECURITY, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_BN",
        title="Canadian business number",
        category="user.unique_id.organization",
        citation="Canada Revenue Agency: Luhn over nine digits, program account",
        forms=(
            Form(r"[0-9]{5} ?[0-9]{4} ?R[CMPTRZ] ?[0-9]{4}|[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3} ?R[CMPTRZ] ?[0-9]{4}", B, 0.8, Edge.NUMBER),
            Form(r"[0-9]{5}[ \-]?[0-9]{4}|[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_business_number,
        normalise=compact,
        words=("bn", "business number", "canadian business number", "cra number", "gst number", "gst hst", "hst number", "payroll account", "numéro d'entreprise", "program account"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_BC_PHN",
        title="British Columbia personal health number",
        category="user.health_and_medical.insurance_id",
        citation="BC Ministry of Health: weights 2-4-8-5-10-9-7-3, mod 11",
        forms=(Form(r"9[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}", B, 0.6, Edge.NUMBER), Form(r"9[0-9]{9}", R, 0.6, Edge.NUMBER)),
        check=_is_bc_phn,
        normalise=digits,
        words=("phn", "bc phn", "personal health number", "personal health no", "bc health", "care card", "carecard", "bc services card", "msp number"),
        loose=HEALTH_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_OHIP",
        title="Ontario health card",
        category="user.health_and_medical.insurance_id",
        citation="Ontario Ministry of Health: Luhn, version code",
        forms=(
            Form(r"[1-9][0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}[ \-][A-Z]{2}", B, 0.75, Edge.NUMBER),
            Form(r"[1-9][0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}(?:[ \-]?[A-Za-z]{2})?", R, 0.6, Edge.NUMBER),
        ),
        check=lambda value: luhn(digits(value)),
        words=("ohip", "ohip number", "ontario health card", "ontario health", "health card", "health number", "health card number", "carte santé"),
        loose=HEALTH_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_QC_HIN",
        title="Québec health insurance number",
        category="user.health_and_medical.insurance_id",
        citation="RAMQ: letters of the name, date of birth (month + 50 for women)",
        forms=(
            Form(r"[A-Z]{4}[ \-][0-9]{4}[ \-][0-9]{4}", B, 0.7),
            Form(r"[A-Z]{4}[ \-]?[0-9]{8}", R, 0.65),
        ),
        check=_is_ramq,
        normalise=compact,
        words=("ramq", "québec health", "québec ramq", "health insurance number", "nam", "numéro d'assurance maladie", "carte soleil", "assurance maladie", "carte d'assurance maladie", "hin", "régie de l'assurance maladie"),
        loose=HEALTH_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_PASSPORT",
        title="Canadian passport number",
        category="user.government_id.passport_number",
        citation="IRCC: two letters and six digits; since 2023 a letter, six digits, two letters",
        forms=(Form(r"[A-Z]{2} ?[0-9]{6}|[A-Z][0-9]{6}[A-Z]{2}", R, 0.55, alone=True), Form(r"[a-z]{2}[0-9]{6}", R, 0.45)),
        words=("canadian passport", "canada passport", "passeport canadien"),
        loose=PASSPORT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="CA_TRANSIT",
        title="Canadian transit and institution number",
        category="user.financial.bank_account",
        citation="Payments Canada, Rule D4: five digits of the branch, three of the institution",
        forms=(
            Form(r"[0-9]{5}[ \-][0-9]{3}(?:[ \-][0-9]{7,12})?", R, 0.6, Edge.NUMBER, alone=True),
            Form(r"0[0-9]{8}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_transit,
        normalise=digits,
        words=("transit", "transit number", "transit no", "institution number", "institution no", "branch transit", "transit and institution", "transit institution", "numéro de transit", "numéro d'institution", "direct deposit", "void cheque", "eft"),
        loose=ACCOUNT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="CA_POSTAL_CODE",
        title="Canadian postal code",
        category="user.contact.address.postal_code",
        citation="Canada Post addressing guidelines: letters in use",
        forms=(
            Form(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] [0-9][ABCEGHJ-NPRSTV-Z][0-9]", B, 0.6),
            Form(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z]-?[0-9][ABCEGHJ-NPRSTV-Z][0-9]", R, 0.6, alone=True),
            Form(r"[abceghj-nprstvxy][0-9][abceghj-nprstv-z] ?[0-9][abceghj-nprstv-z][0-9]", R, 0.5),
        ),
        words=("postal code", "post code", "postcode", "zip", "zip code", "address", "mailing address", "code postal", "adresse", "canada", "ontario", "québec", "british columbia", "alberta", "manitoba", "saskatchewan", "nova scotia", "new brunswick", "newfoundland", "yukon", "nunavut"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
