"""Germany, Austria, Switzerland."""

from collections import Counter

from curtilage.detect.checksums import compact, digits, ean13, icao, mod11_10, weighted_sum
from curtilage.detect.dates import is_date, is_ddmmyy, is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength


def _is_tax_id(number: str) -> bool:
    """§ 139b AO, Bundeszentralamt für Steuern: one digit two or three times in the first ten."""
    repeated = [times for times in Counter(number[:10]).values() if times > 1]
    return number[0] != "0" and len(repeated) == 1 and repeated[0] in (2, 3) and mod11_10(number)


def _cross_sum(number: str, weights: tuple[int, ...]) -> int:
    products = (int(char) * weight for char, weight in zip(number, weights, strict=True))
    return sum(product // 10 + product % 10 for product in products)


def _is_pension(value: str) -> bool:
    """§ 147 SGB VI, VKVV § 4: the letter counts as 01 to 26."""
    day = int(value[2:4]) % 50 if int(value[2:4]) > 50 else int(value[2:4])
    number = f"{value[:8]}{ord(value[8]) - 64:02}{value[9:11]}"
    check = _cross_sum(number[:12], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10
    return is_short_date(value[6:8], value[4:6], f"{day:02}") and check == int(value[11])


def _is_health(value: str) -> bool:
    """§ 290 SGB V, GKV-Spitzenverband: the letter counts as 01 to 26."""
    return _cross_sum(f"{ord(value[0]) - 64:02}{value[1:9]}", (1, 2) * 5) % 10 == int(value[9])


def _is_austrian(number: str) -> bool:
    """Austria's social insurance: check digit fourth, weights 3,7,9 and 5,8,4,2,1,6.

    Published by the Hauptverband der Sozialversicherungsträger."""
    check = weighted_sum(number, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    day, month, year = int(number[4:6]), int(number[6:8]), int(number[8:10])
    # Months 13 to 15 are given when the day's numbers run out.
    dated = is_ddmmyy(number[4:]) or (13 <= month <= 15 and is_date(2000 + year, 1, day))
    return number[0] != "0" and dated and check == int(number[3])


def _is_uid(value: str) -> bool:
    """eCH-0097: weights 5,4,3,2,7,6,5,4 mod 11."""
    number = digits(value)
    check = (11 - weighted_sum(number[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11) % 11
    return check == int(number[8])


KINDS = (
    Kind(
        type="DE_TAX_ID",
        title="German tax id (IdNr)",
        category="user.government_id.tax",
        citation="§ 139b AO; ISO/IEC 7064 MOD 11,10; one digit repeated",
        forms=(
            Form(r"[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}", B, 0.7, Edge.NUMBER),
            Form(r"[1-9][0-9][ /]?[0-9]{3}[ /]?[0-9]{3}[ /]?[0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_tax_id,
        normalise=digits,
        words=("steuer id", "steueridentifikationsnummer", "idnr", "steuer idnr", "identifikationsnummer", "steuernummer", "tax id", "tin", "tax identification number", "steuerliche identifikationsnummer"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="DE_SOCIAL_SECURITY",
        title="German pension insurance number",
        category="user.government_id.social_security",
        citation="§ 147 SGB VI, VKVV § 4: date of birth, weighted cross sums",
        forms=(Form(r"[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}", B, 0.7),),
        check=_is_pension,
        normalise=compact,
        words=("rentenversicherungsnummer", "rvnr", "sozialversicherungsnummer", "sv nummer", "versicherungsnummer", "rentenversicherung", "social security"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="DE_HEALTH_INSURANCE",
        title="German health insurance number",
        category="user.health_and_medical.insurance_id",
        citation="§ 290 SGB V: letter and nine digits, weighted cross sums",
        forms=(Form(r"[A-Z][0-9]{9}", R, 0.7),),
        check=_is_health,
        words=("krankenversichertennummer", "kvnr", "krankenkasse", "versichertennummer", "krankenversicherung", "gesundheitskarte", "egk", "health insurance"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DE_ID_CARD",
        title="German identity card or passport number",
        category="user.government_id.national_identification_number",
        citation="PAuswV annex 3, ICAO Doc 9303: weights 7-3-1",
        forms=(Form(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}[0-9]D?", R, 0.7), Form(r"[CFGHJKLMNPRTVWXYZ][0-9CFGHJKLMNPRTVWXYZ]{8}", R, 0.5, check=lambda value: any(map(str.isdecimal, value)))),
        check=lambda value: icao(value.removesuffix("D")),
        words=("personalausweis", "ausweisnummer", "personalausweisnummer", "reisepass", "reisepassnummer", "passnummer", "ausweis", "id card", "identity card"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DE_VAT_ID",
        title="German VAT number",
        category="user.government_id.tax",
        citation="§ 27a UStG; ISO/IEC 7064 MOD 11,10",
        forms=(Form(r"DE ?[1-9][0-9]{8}|DE ?[1-9][0-9]{2} [0-9]{3} [0-9]{3}", N, 0.85),),
        check=lambda value: mod11_10(digits(value)),
        words=("ust idnr", "ustid", "umsatzsteuer", "umsatzsteuer identifikationsnummer", "vat", "vat id", "vat number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AT_SVNR",
        title="Austrian social insurance number",
        category="user.government_id.social_security",
        citation="§ 31 ASVG: check digit fourth, date of birth",
        forms=(Form(r"[1-9][0-9]{3}[ \-]?[0-9]{6}", R, 0.65, Edge.NUMBER), Form(r"[1-9][0-9]{3} [0-9]{6}", B, 0.6, Edge.NUMBER)),
        check=_is_austrian,
        normalise=digits,
        words=("svnr", "sozialversicherungsnummer", "sv nummer", "versicherungsnummer", "e card", "social security"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="CH_AHV",
        title="Swiss AHV/AVS number",
        category="user.government_id.social_security",
        citation="AHVV art. 133: 756 and EAN-13",
        forms=(Form(r"756([. ]?)[0-9]{4}[. ]?[0-9]{4}[. ]?[0-9]{2}", N, 0.9, Edge.NUMBER),),
        check=ean13,
        normalise=digits,
        words=("ahv", "avs", "ahv nummer", "avs number", "numéro avs", "sozialversicherungsnummer"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="CH_UID",
        title="Swiss company number (UID)",
        category="user.unique_id.organization",
        citation="eCH-0097: weights 5-4-3-2-7-6-5-4 mod 11",
        forms=(Form(r"CHE-?[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}", N, 0.9),),
        check=_is_uid,
        words=("uid", "mwst", "tva", "iva", "unternehmens identifikationsnummer"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
