"""Germany, Austria, Switzerland: people and companies; papers are in `eu_dach_papers`."""

import re
from collections import Counter

from curtilage.detect.checksums import compact, digits, ean13, is_monotone, mod11_10, weighted_sum
from curtilage.detect.dates import is_date, is_ddmmyy, is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    HEALTH_INSURANCE,
    NATIONAL_ID,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    VAT_NUMBER,
    shortened,
)

# BMF: the tax offices that account numbers begin with.
_TAX_OFFICES_TEXT = """
03 04 06 07 08 09 10 12 15 16 18 22 23 29 33 38 41 46 51 52 53 54 57 59 61 65 67 68 69 71 72 81 82 83 84 90 91 93 97
98
"""
_TAX_OFFICES = frozenset(_TAX_OFFICES_TEXT.split())
_LAND = re.compile(
    "28|9|11|30|24|22|26|40|23|5|27|10|32|31|21|41"
)  # ELSTER: by which a Land's numbers begin


def _is_tax_id(number: str) -> bool:
    """§ 139b AO, Bundeszentralamt für Steuern: one digit two or three times in the first ten."""
    repeated = [times for times in Counter(number[:10]).values() if times > 1]
    return number[0] != "0" and len(repeated) == 1 and repeated[0] in (2, 3) and mod11_10(number)


def cross_sum(number: str, weights: tuple[int, ...]) -> int:
    products = (int(char) * weight for char, weight in zip(number, weights, strict=True))
    return sum(product // 10 + product % 10 for product in products)


def _is_pension(value: str) -> bool:
    """§ 147 SGB VI, VKVV § 4: the letter counts as 01 to 26."""
    day = int(value[2:4]) % 50 if int(value[2:4]) > 50 else int(value[2:4])
    number = f"{value[:8]}{ord(value[8]) - 64:02}{value[9:11]}"
    check = cross_sum(number[:12], (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1)) % 10
    return is_short_date(value[6:8], value[4:6], f"{day:02}") and check == int(value[11])


def _is_health(value: str) -> bool:
    """§ 290 SGB V, GKV-Spitzenverband: the letter counts as 01 to 26."""
    return cross_sum(f"{ord(value[0]) - 64:02}{value[1:9]}", (1, 2) * 5) % 10 == int(value[9])


def _is_austrian(number: str) -> bool:
    """Austria's social insurance: check digit fourth, weights 3,7,9 and 5,8,4,2,1,6.

    Published by the Hauptverband der Sozialversicherungsträger."""
    check = weighted_sum(number, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11
    day, month, year = int(number[4:6]), int(number[6:8]), int(number[8:10])
    # Months 13 to 15 are given when the day's numbers run out.
    dated = is_ddmmyy(number[4:]) or (13 <= month <= 15 and is_date(2000 + year, 1, day))
    return number[0] != "0" and dated and check == int(number[3])


def is_uid(value: str) -> bool:
    """eCH-0097: weights 5,4,3,2,7,6,5,4 mod 11."""
    number = digits(value)
    check = (11 - weighted_sum(number[:8], (5, 4, 3, 2, 7, 6, 5, 4)) % 11) % 11
    return check == int(number[8])


def _is_abgabenkonto(number: str) -> bool:
    """BMF, Abgabenkontonummer: cross sums of the doubled even places, mod 10."""
    check = -cross_sum(number[:8], (1, 2) * 4) % 10
    return number[:2] in _TAX_OFFICES and check == int(number[8])


def _is_steuernummer(number: str) -> bool:
    """ELSTER, Prüfung der Steuernummer: thirteen digits begin with the Land, a 0 stands fifth.

    What is shorter says too little: the check digit differs by Land."""
    return not is_monotone(number) and (
        len(number) < 13 or (number[4] == "0" and _LAND.match(number) is not None)
    )


def _is_doctor(number: str) -> bool:
    """KBV, Arztnummern-Richtlinie: weights 4 and 9 mod 10; the field of medicine is not checked."""
    return not is_monotone(number) and -weighted_sum(number[:6], (4, 9) * 3) % 10 == int(number[6])


KINDS = (
    Kind(
        type="DE_TAX_ID",
        title="German tax id (IdNr)",
        category="user.government_id.tax",
        citation="§ 139b AO; ISO/IEC 7064 MOD 11,10; one digit repeated",
        forms=(
            Form(r"[1-9][0-9] [0-9]{3} [0-9]{3} [0-9]{3}", B, 0.7, Edge.NUMBER),
            Form(r"[1-9][0-9][ /.\-]?[0-9]{3}[ /.\-]?[0-9]{3}[ /.\-]?[0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_tax_id,
        normalise=digits,
        words=shortened("steuernummer", "steuer nr", "persönliche steuernummer",
            "steuer id", "steuerid", "steuer identifikationsnummer", "steueridentifikationsnummer", "steuerliche identifikationsnummer", "steuerliche id", "idnr", "steuer idnr", "steueridnr", "identifikationsnummer", "steueridentnummer",
            "german tax id", "german tin", "german tax number", "german tax identification number", "bundeszentralamt für steuern",
        ),
        loose=TAX_NUMBER + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="DE_TAX_NUMBER",
        title="German tax number of a Land (Steuernummer)",
        category="user.government_id.tax",
        citation="ELSTER, Prüfung der Steuer- und Steueridentifikationsnummer: form by Land",
        forms=(
            Form(r"(?:[0-9]{2,3}/[0-9]{3}/[0-9]{4} ?[0-9]|[0-9]{3}/[0-9]{4}/[0-9]{4})", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{2,3}[ /.\-]?[0-9]{3}[ /.\-]?[0-9]{4} ?[0-9]|[0-9]{3}[ /.\-][0-9]{4}[ /.\-][0-9]{4}|[1-59][0-9]{3}0[0-9]{3} ?[0-9]{5}", R, 0.55, Edge.NUMBER),
        ),
        check=_is_steuernummer,
        normalise=digits,
        words=shortened("steuernummer", "steuer nr", "steuernr", "st nr", "stnr", "st nummer", "steuer nummer", "finanzamt", "german tax number", "elster"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="DE_SOCIAL_SECURITY",
        title="German pension insurance number",
        category="user.government_id.social_security",
        citation="§ 147 SGB VI, VKVV § 4: date of birth, weighted cross sums",
        forms=(
            Form(r"[0-9]{2} ?[0-9]{6} ?[A-Z] ?[0-9]{3}", B, 0.7),
            Form(r"[0-9]{2}[ .\-/]?[0-9]{2}[ .\-/]?[0-9]{2}[ .\-/]?[0-9]{2}[ .\-/]?[A-Za-z][ .\-/]?[0-9]{2} ?[0-9]", R, 0.65),
        ),
        check=_is_pension,
        normalise=compact,
        words=shortened(
            "rentenversicherungsnummer", "rentenversicherungs nr", "rentenversicherung", "rvnr", "rv nummer", "rv nr", "vsnr", "sozialversicherungsnummer", "sozialversicherungs nr", "sv nummer", "sv nr", "svnr", "versicherungsnummer", "rentennummer",
            "sozialversicherungsausweis", "german social security", "german ssn", "german pension insurance number", "german pension number", "pension insurance number",
        ),
        loose=SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="DE_HEALTH_INSURANCE",
        title="German health insurance number",
        category="user.health_and_medical.insurance_id",
        citation="§ 290 SGB V: letter and nine digits, weighted cross sums",
        forms=(Form(r"[A-Za-z] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", R, 0.7),),
        check=_is_health,
        normalise=compact,
        words=shortened(
            "krankenversichertennummer", "krankenversicherten nr", "krankenversicherungsnummer", "kvnr", "kv nummer", "kv nr", "krankenkasse", "krankenkassennummer", "versichertennummer", "versicherten nr", "krankenversicherung", "gesundheitskarte", "egk", "gkv",
            "german health insurance", "german health insurance number", "versicherten id",
        ),
        loose=HEALTH_INSURANCE + SOCIAL_SECURITY,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DE_LANR",
        title="German lifelong doctor number (LANR)",
        category="user.health_and_medical.professional_id",
        citation="KBV, § 75 Abs. 7 SGB V: weights 4 and 9 mod 10",
        forms=(Form(r"[0-9]{6}[ /\-]?[0-9] ?[0-9]{2}", R, 0.6, Edge.NUMBER),),
        check=_is_doctor,
        normalise=digits,
        words=shortened("doctor's number", "doctor no", "lanr", "arztnummer", "arzt nr", "arztnr", "lebenslange arztnummer", "vertragsarztnummer", "doctor number", "german doctor number", "lifelong doctor number", "physician number", "physician id", "behandelnder arzt"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DE_VAT_ID",
        title="German VAT number",
        category="user.government_id.tax",
        citation="§ 27a UStG; ISO/IEC 7064 MOD 11,10",
        forms=(
            Form(r"DE[ \-]?[1-9][0-9]{8}|DE ?[1-9][0-9]{2}[ .\-][0-9]{3}[ .\-][0-9]{3}", N, 0.85),
            Form(r"[1-9][0-9]{2} ?[0-9]{3} ?[0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=lambda value: mod11_10(digits(value)),
        words=shortened("ust idnr", "ust id", "ust id nr", "ustid", "ustidnr", "umsatzsteuer", "umsatzsteuer id", "umsatzsteuer identifikationsnummer", "umsatzsteueridentifikationsnummer", "mehrwertsteuer", "german vat", "german vat number", "german vat id", *VAT_NUMBER),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AT_SVNR",
        title="Austrian social insurance number",
        category="user.government_id.social_security",
        citation="§ 31 ASVG: check digit fourth, date of birth",
        forms=(Form(r"[1-9][0-9]{3}[ \-/.]?[0-9]{2}[ .]?[0-9]{2}[ .]?[0-9]{2}", R, 0.65, Edge.NUMBER), Form(r"[1-9][0-9]{3} [0-9]{6}", B, 0.6, Edge.NUMBER)),
        check=_is_austrian,
        normalise=digits,
        words=shortened("svnr", "sv nr", "sozialversicherungsnummer", "sozialversicherungs nr", "sv nummer", "versicherungsnummer", "vsnr", "e card", "ecard", "österreichische sozialversicherungsnummer", "austrian social security", "austrian ssn", "austrian social insurance number", "austrian insurance number"),
        loose=SOCIAL_SECURITY + HEALTH_INSURANCE,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="AT_TIN",
        title="Austrian tax account number",
        category="user.government_id.tax",
        citation="BMF, Abgabenkontonummer: tax office, cross sums mod 10",
        forms=(Form(r"[0-9]{2}-[0-9]{3}/[0-9]{4}", B, 0.65, Edge.NUMBER), Form(r"[0-9]{2}[ \-/.]?[0-9]{3}[ \-/.]?[0-9]{4}", R, 0.6, Edge.NUMBER)),
        check=_is_abgabenkonto,
        normalise=digits,
        words=shortened("abgabenkontonummer", "abgabenkonto", "abgabenkontonr", "steuernummer", "steuer nr", "finanzamt", "finanzamtsnummer", "österreichische steuernummer", "austrian tax number", "austrian tin", "austrian tax id"),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CH_AHV",
        title="Swiss AHV/AVS number",
        category="user.government_id.social_security",
        citation="AHVV art. 133: 756 and EAN-13",
        forms=(Form(r"756[. \-]?[0-9]{4}[. \-]?[0-9]{4}[. \-]?[0-9]{2}", N, 0.9, Edge.NUMBER),),
        check=ean13,
        normalise=digits,
        words=shortened("ahv", "avs", "ahv nummer", "ahv nr", "ahvn13", "navs13", "navs", "avs number", "ahv number", "numéro avs", "numero avs", "sozialversicherungsnummer", "swiss social security", "swiss ssn", "swiss social security number"),
        loose=SOCIAL_SECURITY + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="CH_UID",
        title="Swiss company number (UID)",
        category="user.unique_id.organization",
        citation="eCH-0097: weights 5-4-3-2-7-6-5-4 mod 11",
        forms=(Form(r"CHE[ \-]?[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3}", N, 0.9),),
        check=is_uid,
        words=shortened("uid", "uid nummer", "mwst", "tva", "iva", "unternehmens identifikationsnummer", "unternehmensidentifikationsnummer", "numéro ide", "swiss company number", "swiss uid", "swiss business id"),
        loose=COMPANY_NUMBER + VAT_NUMBER,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
