"""United Kingdom and Ireland."""

from curtilage.detect.checksums import compact, digits, is_monotone, weighted_sum
from curtilage.detect.dates import is_date, is_ddmmyy
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import (
    BANK_ACCOUNT,
    DRIVING_LICENCE,
    HEALTH_INSURANCE,
    NATIONAL_ID,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    VEHICLE_PLATE,
)

_NINO_NEVER = frozenset(("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"))  # HMRC NIM39110
_UTR_CHECK = "21987654321"
_PPSN_COUNTED = "ABH"
_PPSN_CHECK = "WABCDEFGHIJKLMNOPQRSTUV"
_AREAS = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY"
    "|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)

# Eircode Finder's routing keys: a letter and two digits, or D6W; An Post and Capita, 2015; A65 is their example.
_ROUTING_KEYS = (
    "A41|A42|A45|A63|A65|A67|A75|A8[1-6]|A9[12468]|C15|D0[1-9]|D1[0-8]|D20|D22|D24|D6W|E21|E25|E32|E34|E41|E45|E53|E91|F12|F23|F26|F28|F31|F35|F42|F45|F52|F56|F9[1-4]|H12|H14|H16|H18|H23|H53|H54|H62|H65|H71|H91"
    "|K32|K34|K36|K45|K56|K67|K78|N37|N39|N41|N91|P12|P14|P17|P24|P25|P31|P32|P36|P43|P47|P51|P56|P61|P67|P72|P75|P81|P85|R14|R21|R32|R35|R42|R45|R51|R56|R93|R95|T12|T23|T34|T45|T56|V14|V15|V23|V31|V35|V42|V9[2-5]"
    "|W12|W23|W34|W91|X35|X42|X91|Y14|Y21|Y25|Y34|Y35"
)
_UPN_CHECK = "ABCDEFGHJKLMNPQRTUVWXYZ"
_PLATE = "[A-HJ-PR-Y][A-HJ-PR-Z][0-9]{2} ?[A-HJ-PR-Z]{3}"  # since September 2001
_OLD_PLATES = "[A-HJ-NPR-Y][0-9]{1,3} ?[A-Z]{3}|[A-Z]{3} ?[0-9]{1,3}[A-HJ-NPR-Y]|(?:[A-Z]?[A-Z][IZ]|[A-Z]?[IZ][A-Z]) ?[0-9]{2,4}"


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


def _is_chi(number: str) -> bool:
    """NHS Scotland, CHI: date of birth, then the check of an NHS number."""
    return is_ddmmyy(number) and _is_nhs(number)


def is_vat(value: str) -> bool:
    """HMRC VATREG: weights 8 to 2, the last two digits mod 97, or 55 more since 2010.

    Government departments (GD) and health authorities (HA) have three digits."""
    number = compact(value).removeprefix("GB")
    if not number.isdecimal():
        return number[2:].isdecimal() and (number[:2] == "GD") == (int(number[2:]) < 500)
    rest = weighted_sum(number[:9], (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97
    return rest == 0 or (number[0] != "0" and rest in (42, 55))


def _is_pupil(value: str) -> bool:
    """DfE, UPN guide: weights 2 to 13 mod 23; a temporary number ends in a letter."""
    last = int(value[12]) if value[12].isdecimal() else _UPN_CHECK.index(value[12])
    body = [*map(int, value[1:12]), last]
    total = sum(digit * weight for weight, digit in enumerate(body, 2))
    return _UPN_CHECK[total % 23] == value[0]


def is_irish_vat(value: str) -> bool:
    """Revenue: as a PPS number, or in the form before 2013, whose first digit came last."""
    if value[1].isdecimal():
        return _irish_letter(value[:7], value[8:]) == value[7]
    return _irish_letter("0" + value[2:7] + value[0]) == value[7] and len(value) == 8


def _is_ppsn(value: str) -> bool:
    """S.I. 389/1993; since 2013 a second letter A, B or H counts, an older W, T or X does not."""
    second = value[8:] if value[8:] in _PPSN_COUNTED else ""
    return _irish_letter(value[:7], second) == value[7]


def _irish_letter(number: str, second: str = "") -> str:
    """The check letter; a second letter counts nine times."""
    extra = 9 * _PPSN_CHECK.index(second) if second else 0
    return _PPSN_CHECK[(weighted_sum(number, range(8, 1, -1)) + extra) % 23]


def _is_given(value: str) -> bool:
    return not is_monotone(digits(value))


KINDS = (
    Kind(
        type="UK_NHS",
        title="NHS number",
        category="user.health_and_medical.insurance_id",
        citation="NHS Data Dictionary, NHS NUMBER: weights 10 to 2 mod 11",
        forms=(
            Form(r"[0-9]{3} [0-9]{3} [0-9]{4}", B, 0.55, Edge.NUMBER),
            Form(r"[0-9]{3}(?:-[0-9]{3}-|[.][0-9]{3}[.]|[0-9]{3})[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_nhs,
        normalise=digits,
        words=("nhs", "nhs number", "nhs no", "nhs id", "nhs num", "national health service", "national health service number", "patient", "patient nhs", "health and care number", "h and c number"),
        loose=HEALTH_INSURANCE,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UK_CHI",
        title="Scottish Community Health Index number",
        category="user.health_and_medical.insurance_id",
        citation="NHS Scotland, CHI: date, weights 10 to 2 mod 11",
        forms=(Form(r"[0-3][0-9][01][0-9]{3}[ \-]?[0-9]{4}|[0-3][0-9][01] [0-9]{3} [0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_chi,
        normalise=digits,
        words=("chi", "chi number", "chi no", "community health index", "community health index number", "scottish health number", "nhs scotland number"),
        loose=HEALTH_INSURANCE,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="UK_NINO",
        title="UK National Insurance number",
        category="user.government_id.social_security",
        citation="HMRC NIM39110: prefixes never used",
        forms=(
            Form(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", B, 0.7),
            Form(r"[A-Za-z]{2}[ \-.]?[0-9]{2}[ \-.]?[0-9]{2}[ \-.]?[0-9]{2}[ \-.]?[A-Da-d]", R, 0.6),
        ),
        check=_is_nino,
        normalise=compact,
        words=("nino", "ni no", "national insurance", "national insurance number", "national insurance no", "ni number", "insurance number", "uk national insurance", "british national insurance number"),
        loose=SOCIAL_SECURITY + NATIONAL_ID,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_UTR",
        title="UK unique taxpayer reference",
        category="user.government_id.tax",
        citation="HMRC, UTR check digit: table 21987654321",
        forms=(Form(r"[0-9]{5}[ \-]?[0-9]{5}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{2} [0-9]{4} [0-9]{4}|[0-9]{4} [0-9]{6}", R, 0.6, Edge.NUMBER),),
        check=_is_utr,
        normalise=digits,
        words=("utr", "utr number", "unique taxpayer ref", "taxpayer reference", "tax ref", "unique taxpayer reference", "unique tax reference", "unique taxpayer reference number", "tax reference", "self assessment", "hmrc reference", "uk tax number", "uk tax reference"),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UK_VAT",
        title="UK VAT number",
        category="user.government_id.tax",
        citation="HMRC VATREG: weights 8 to 2 mod 97, or 55 more",
        forms=(
            Form(r"GB[ \-]?[0-9]{3}[ .\-]?[0-9]{4}[ .\-]?[0-9]{2}(?:[ .\-]?[0-9]{3})?|GB ?[0-9]{3} [0-9]{3} [0-9]{3}", N, 0.85),
            Form(r"[0-9]{3}[ \-]?[0-9]{4}[ \-]?[0-9]{2}(?:[ \-]?[0-9]{3})?|[0-9]{3} [0-9]{3} [0-9]{3}", R, 0.6, Edge.NUMBER),
            Form(r"(?:GB)?(?:GD|HA)[0-9]{3}", R, 0.6),
        ),
        check=is_vat,
        words=("vat", "vat number", "vat no", "vat reg", "vat reg no", "vat registration", "vat registration number", "uk vat", "uk vat number", "british vat number", "vrn"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="UK_UPN",
        title="English unique pupil number",
        category="user.unique_id.student",
        citation="DfE, Unique pupil numbers guide: weights 2 to 13 mod 23",
        forms=(Form(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", B, 0.7),),
        check=_is_pupil,
        words=("upn", "upn number", "unique pupil number", "pupil number", "pupil reference", "pupil id", "student number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UK_DRIVING_LICENCE",
        title="UK driving licence",
        category="user.government_id.drivers_license_number",
        citation="DVLA, driver number: surname, date of birth, initials",
        forms=(Form(r"[A-Z]{1,5}9{0,4} ?[0-9][0156][0-9][0-3][0-9]{2} ?[A-Z9]{2}[0-9A-Z] ?[0-9A-Z]{2}(?: ?[0-9]{2})?", B, 0.7),),
        check=lambda value: len(value) in (16, 18) and _is_licence(value),
        normalise=compact,
        words=("driving licence", "driving licence number", "driver number", "driving license", "driving license number", "dvla", "licence number", "uk driving licence", "british driving licence", *DRIVING_LICENCE),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_PASSPORT",
        title="UK passport number",
        category="user.government_id.passport_number",
        citation="HM Passport Office: nine digits",
        forms=(Form(r"[0-9]{9}|[0-9]{3} [0-9]{3} [0-9]{3}", R, 0.5, Edge.NUMBER),),
        check=_is_given,
        words=("uk passport", "uk passport number", "uk passport no", "british passport", "british passport number", "hm passport office", "gb passport", "ukpassport"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_POSTCODE",
        title="UK postcode",
        category="user.contact.address.postal_code",
        citation="Royal Mail PAF: postcode areas",
        forms=(
            Form(rf"(?:{_AREAS})[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{{2}}", B, 0.5, trigger="[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][ABD-HJLNP-UW-Z]{2}"),
            Form(rf"(?:{_AREAS})[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{{2}}", R, 0.6, trigger="[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][ABD-HJLNP-UW-Z]{2}"),
            Form(r"[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][abd-hjlnp-uw-z]{2}", R, 0.5),
        ),
        words=("postcode", "post code", "address", "postal code", "zip", "zip code", "uk postcode"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_SORT_ACCOUNT",
        title="UK sort code and account number",
        category="user.financial.bank_account",
        citation="Pay.UK: sort codes of six digits, accounts of eight",
        forms=(
            Form(r"[0-9]{2}-[0-9]{2}-[0-9]{2}(?: |, ?| / ?|/)[0-9]{8}", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{2}[- ]?[0-9]{2}[- ]?[0-9]{2}(?:[ ,/;-]{1,3}(?:[Aa]cc(?:oun)?t?\.?|[Aa]/[Cc])?[ :]{0,2}(?:[Nn]o\.?|[Nn]umber)?[ :]{0,2})[0-9]{8}", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{2}[- ][0-9]{2}[- ][0-9]{2}|[0-9]{8}|[0-9]{4} [0-9]{4}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_given,
        words=("sort code", "sortcode", "sort code and account", "sort code and account number", "uk bank account", "uk account number", "uk sort code", "bank details"),
        loose=BANK_ACCOUNT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UK_VEHICLE_REGISTRATION",
        title="UK vehicle registration",
        category="user.unique_id.vehicle",
        citation="DVLA INF104: area, age, three letters; older forms",
        forms=(Form(_PLATE.replace(" ?", " "), B, 0.4), Form(_PLATE, R, 0.6, alone=True), Form(f"{_PLATE}|{_OLD_PLATES}|[A-Z]{{2}}[0-9]{{2}} ?[A-Z]{{3}}|[a-z]{{2}}[0-9]{{2}} ?[a-z]{{3}}", R, 0.6)),
        words=("number plate", "registration plate", "vehicle registration", "vehicle registration number", "vehicle registration mark", "car registration", "car reg", "vehicle reg", "vrm", "vrn", "reg number", "uk plate", "uk registration", "uk number plate", *VEHICLE_PLATE),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IE_PPSN",
        title="Irish PPS number",
        category="user.government_id.social_security",
        citation="S.I. 389/1993, Revenue: mod 23",
        forms=(Form(r"[0-9]{7}[ \-]?[A-W][A-IWTX]?", B, 0.55), Form(r"[0-9]{7}[ \-]?[A-Wa-w][A-IWTXa-iwtx]?", R, 0.55)),
        check=_is_ppsn,
        normalise=compact,
        words=("pps", "ppsn", "pps no", "pps number", "ppsn number", "personal public service", "personal public service number", "irish pps", "irish pps number", "irish social security", "rsi number"),
        loose=SOCIAL_SECURITY + TAX_NUMBER + NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IE_EIRCODE",
        title="Irish Eircode",
        category="user.contact.address.postal_code",
        citation="Eircode: routing keys, four characters of those that are not confused",
        forms=(
            Form(rf"(?:{_ROUTING_KEYS})[ \-][0-9A-Z]{{4}}", B, 0.6, trigger=r"[A-Z][0-9][0-9W][ \-][0-9A-Z]{4}", check=lambda value: not value[-4:].isalpha()),
            Form(rf"(?:{_ROUTING_KEYS})[ \-]?[0-9A-Z]{{4}}|[acdefhknprtvwxy][0-9]{{2}} ?[0-9acdefhknprtvwxy]{{4}}", R, 0.6, trigger=r"[A-Z][0-9][0-9W][ \-]?[0-9A-Z]{4}|[a-z][0-9]{2} ?[0-9a-z]{4}"),
        ),
        words=("eircode", "eir code", "eircodes", "irish postcode", "postcode", "post code", "postal code", "zip", "address"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
