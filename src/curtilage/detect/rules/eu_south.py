"""Spain, Portugal, Italy, Malta, Cyprus."""

from curtilage.detect.checksums import BASE36, compact, digits, is_monotone, luhn, weighted_sum
from curtilage.detect.dates import is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    DRIVING_LICENCE,
    ID_CARD,
    NATIONAL_ID,
    PASSPORT,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    VAT_NUMBER,
)

_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # Real Decreto 1553/2005
_CIF_LETTERS = "JABCDEFGHI"
_CIF_KINDS = "ABCDEFGHJNPQRSUVW"
# Decreto ministeriale 23/12/1976: what a character counts in an odd place; the twelve months; omocodia.
_ODD = dict(
    zip(
        BASE36,
        (
            1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
        ),
        strict=True,
    )
)  # fmt: skip
_EVEN = {char: value if value < 10 else value - 10 for value, char in enumerate(BASE36)}
_MONTHS = "ABCDEHLMPRST"
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")


def _is_dni(value: str) -> bool:
    return _NIF_LETTERS[int(value[:-1]) % 23] == value[-1]


def _is_nie(value: str) -> bool:
    return _is_dni(str("XYZ".index(value[0])) + value[1:])


def is_spanish(value: str) -> bool:
    """What a Spanish VAT number is: a DNI, a NIE, a CIF, or K, L, M and the letter of a DNI."""
    if value[0] in "KLM":
        return value[8].isalpha() and _is_dni(value[1:])
    if value[0].isdecimal():
        return value[8].isalpha() and _is_dni(value)
    if value[0] in "XYZ":
        return value[8].isalpha() and _is_nie(value)
    return value[0] in _CIF_KINDS and _is_cif(value)


def _is_cif(value: str) -> bool:
    """Orden EHA/451/2008: Luhn as a digit or a letter, by the kind of body."""
    number = value[1:8]
    check = next(digit for digit in range(10) if luhn(number + str(digit)))
    return value[8] in (str(check), _CIF_LETTERS[check])


def _is_nss(number: str) -> bool:
    province, serial, check = int(number[:2]), int(number[2:10]), int(number[10:])
    whole = province * 10**7 + serial if serial < 10**7 else int(number[:10])
    return 1 <= province <= 66 and whole % 97 == check


def is_portuguese(number: str) -> bool:
    """Decreto-Lei 14/2013: weights 9 to 2 mod 11."""
    check = 11 - weighted_sum(number[:8], range(9, 1, -1)) % 11
    return (
        number[0] != "0"
        and not is_monotone(number)
        and (0 if check > 9 else check) == int(number[8])
    )


def _is_nif_named(value: str) -> bool:
    return is_portuguese(digits(value))


def _is_citizen_card(value: str) -> bool:
    """Luhn over letters as 10 to 35, where what passes nine loses nine."""
    total = 0
    for place, char in enumerate(reversed(value)):
        product = BASE36.index(char) * (1 + place % 2)
        total += product - 9 if place % 2 and product > 9 else product
    return any(map(str.isalpha, value)) and total % 10 == 0


def _is_niss(number: str) -> bool:
    return 9 - weighted_sum(number[:10], (29, 23, 19, 17, 13, 11, 7, 5, 3, 2)) % 10 == int(
        number[10]
    )


def _is_fiscal(value: str) -> bool:
    """Letters of the name, date, place and the check letter over all of it."""
    total = sum(_ODD[char] for char in value[:15:2]) + sum(_EVEN[char] for char in value[1:15:2])
    plain = value[6:8].translate(_OMOCODIA) + value[9:11].translate(_OMOCODIA)
    day = int(plain[2:]) % 40 or 40
    dated = value[8] in _MONTHS and is_short_date(
        plain[:2], f"{_MONTHS.index(value[8]) + 1:02}", f"{day:02}"
    )
    return dated and chr(65 + total % 26) == value[15]


def is_piva(number: str) -> bool:
    """DPR 633/1972: Luhn, and the office that gave it."""
    office = int(number[7:10])
    return (
        (1 <= office <= 100 or office in (120, 121, 888, 999))
        and number[:7] != "0000000"
        and luhn(number)
    )


_DNI_LETTERS = "[TRWAGMYFPDXBNJZSQVHLCKEtrwagmyfpdxbnjzsqvhlcke]"

KINDS = (
    Kind(
        type="ES_NIF",
        title="Spanish identity number (DNI/NIF)",
        category="user.government_id.national_identification_number",
        citation="Real Decreto 1553/2005: mod 23 letter",
        forms=(Form(rf"[0-9]{{8}}[ \-]?{_DNI_LETTERS}", N, 0.85, Edge.NUMBER), Form(rf"[0-9]{{1,2}}[. ][0-9]{{3}}[. ][0-9]{{3}}[ \-]?{_DNI_LETTERS}", N, 0.85, Edge.NUMBER), Form(rf"ES ?[0-9]{{8}}{_DNI_LETTERS}", R, 0.8)),
        check=lambda value: _is_dni(value.removeprefix("ES")),
        normalise=compact,
        words=("dni", "nif", "número de dni", "documento nacional de identidad", "documento de identidad", "identidad", "identificación fiscal", "spanish id", "spanish national id", "spanish dni", "spanish tax id", "spanish nif"),
        loose=NATIONAL_ID + TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_NIE",
        title="Spanish foreigner number (NIE)",
        category="user.government_id.national_identification_number",
        citation="Orden INT/2058/2008: X, Y, Z as 0, 1, 2; mod 23 letter",
        forms=(Form(rf"[XYZxyz][ \-]?[0-9]{{7}}[ \-]?{_DNI_LETTERS}", N, 0.9), Form(rf"[XYZ][ \-]?[0-9][.][0-9]{{3}}[.][0-9]{{3}}[ \-]?{_DNI_LETTERS}", N, 0.9)),
        check=_is_nie,
        normalise=compact,
        words=("nie", "número de extranjero", "número de identidad de extranjero", "número de identificación de extranjero", "extranjero", "residencia", "tarjeta de residencia", "foreigner number", "spanish nie", "foreigner identification number", "spanish foreigner"),
        loose=NATIONAL_ID + TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_CIF",
        title="Spanish company number (CIF)",
        category="user.unique_id.organization",
        citation="Orden EHA/451/2008",
        forms=(Form(r"(?:ES)?[ABCDEFGHJNPQRSUVWabcdefghjnpqrsuvw][ \-]?[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{2}[ \-]?[0-9A-Ja-j]", R, 0.7), Form(r"[ABCDEFGHJNPQRSUVW]-[0-9]{7}[0-9A-J]", B, 0.5)),
        check=lambda value: _is_cif(value.removeprefix("ES")),
        normalise=compact,
        words=("cif", "número de cif", "nif", "empresa", "razón social", "sociedad", "código de identificación fiscal", "spanish company number", "spanish cif", "spanish tax id"),
        loose=COMPANY_NUMBER + TAX_NUMBER + VAT_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_NSS",
        title="Spanish social security number",
        category="user.government_id.social_security",
        citation="Tesorería General de la Seguridad Social: mod 97",
        forms=(Form(r"[0-6][0-9][ /\-][0-9]{8}[ /\-][0-9]{2}", B, 0.6, Edge.NUMBER), Form(r"[0-6][0-9][ /\-.]?[0-9]{7,8}[ /\-.]?[0-9]{2}", R, 0.6, Edge.NUMBER)),
        check=_is_nss,
        normalise=digits,
        words=("seguridad social", "nss", "nuss", "número de seguridad social", "número de la seguridad social", "afiliación", "número de afiliación", "naf", "spanish social security", "spanish ssn", "spanish social security number"),
        loose=SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="PT_NIF",
        title="Portuguese tax number",
        category="user.government_id.tax",
        citation="Decreto-Lei 14/2013: weights 9 to 2 mod 11",
        forms=(Form(r"[1-9][0-9]{2}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.65, Edge.NUMBER), Form(r"PT ?[1-9][0-9]{2} ?[0-9]{3} ?[0-9]{3}", R, 0.7)),
        check=_is_nif_named,
        words=("nif", "contribuinte", "número de contribuinte", "nipc", "número fiscal", "número de identificação fiscal", "contribuinte nº", "portuguese tax number", "portuguese nif", "portuguese tax id", "portuguese tin"),
        loose=TAX_NUMBER + VAT_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PT_CC",
        title="Portuguese citizen card",
        category="user.government_id.national_identification_number",
        citation="Cartão de Cidadão, validation of the document number: Luhn base 36",
        forms=(Form(r"[0-9]{8}[ \-]?[0-9][ \-]?[0-9A-Z]{2} ?[0-9]", B, 0.55, check=_is_citizen_card),),
        normalise=compact,
        words=("cartão de cidadão", "cartão do cidadão", "cc", "bilhete de identidade", "citizen card", "número de documento", "número do cartão de cidadão", "portuguese citizen card", "portuguese id", "citizen card number"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PT_NISS",
        title="Portuguese social security number",
        category="user.government_id.social_security",
        citation="Instituto da Segurança Social: weights of primes mod 10",
        forms=(Form(r"[12][0-9]{2}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{2}|[12][0-9]{3} [0-9]{3} [0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_niss,
        normalise=digits,
        words=("niss", "segurança social", "número de segurança social", "número de identificação da segurança social", "nº segurança social", "beneficiário", "portuguese social security", "portuguese social security number"),
        loose=SOCIAL_SECURITY,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IT_FISCAL_CODE",
        title="Italian tax code",
        category="user.government_id.tax",
        citation="DM 23/12/1976: odd and even tables mod 26; omocodia",
        forms=(
            Form(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", N, 0.95, lead="[A-Z]", trigger=r"[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"),
            Form(r"[a-z]{6}[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]", N, 0.9, lead="[a-z]", trigger=r"[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]"),
            Form(r"[A-Z]{3} [A-Z]{3} [0-9]{2}[A-EHLMPRST][0-9]{2} [A-Z][0-9]{3}[A-Z]", N, 0.95),
        ),
        check=_is_fiscal,
        normalise=compact,
        words=("codice fiscale", "cod fisc", "cf", "c f", "cod fiscale", "tessera sanitaria", "fiscal code", "tax code", "italian tax code", "italian fiscal code", "italian tax id"),
        loose=TAX_NUMBER + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="IT_VAT_CODE",
        title="Italian VAT number",
        category="user.government_id.tax",
        citation="DPR 633/1972 art. 35: Luhn, office",
        forms=(Form(r"IT[ \-]?[0-9]{11}", N, 0.8), Form(r"[0-9]{3} ?[0-9]{4} ?[0-9]{4}", R, 0.65, Edge.NUMBER)),
        check=lambda value: is_piva(digits(value)),
        words=("partita iva", "p iva", "piva", "p. iva", "iva", "numero di partita iva", "italian vat", "italian vat number", *VAT_NUMBER),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IT_IDENTITY_CARD",
        title="Italian identity card, passport or driving licence number",
        category="user.government_id.national_identification_number",
        citation="Ministero dell'Interno: CIE 3.0, card on paper; Polizia di Stato: passport; DPR 445/2000",
        forms=(
            Form(r"C[A-Z][0-9]{5}[A-Z]{2}", B, 0.5),
            Form(r"C[A-Z] ?[0-9]{5} ?[A-Z]{2}|[A-Z]{2} ?[0-9]{7}[A-Z]?|[0-9]{7}[A-Z]{2}|U1[0-9A-Z]{7}[A-Z]", R, 0.65),
        ),
        words=(
            "carta d'identità", "carta d'identita", "carta di identità", "carta identità", "documento d'identità", "cie", "cie number", "numero cie", "numero carta", "numero documento", "passaporto", "numero di passaporto", "patente", "patente di guida", "numero patente",
            "italian id", "italian id card", "italian identity card", "italian passport", "italian driving licence", "italian driver license",
        ),
        loose=ID_CARD + DRIVING_LICENCE + PASSPORT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="MT_CY_ID",
        title="Maltese or Cypriot identity card number",
        category="user.government_id.national_identification_number",
        citation="Identity Malta, Identity Card Act cap. 258; Cyprus Civil Registry: a number",
        forms=(Form(r"[0-9]{7}[APLGHBZM]", R, 0.55, alone=True), Form(r"[0-9]{3,7} ?[APLGHBZM]", R, 0.55, Edge.NUMBER), Form(r"[0-9]{6,8}", R, 0.55, Edge.NUMBER)),
        words=("karta tal identità", "karta tal identita", "karta ta l identità", "numru tal karta", "maltese id", "maltese id card", "maltese identity card", "malta id", "malta id card", "cyprus id", "cypriot id", "cyprus identity card", "cypriot identity card", "cyprus id card", "αριθμός ταυτότητας", "ταυτότητα", "αδτ", "arc number"),
        loose=ID_CARD,
        strength=Strength.NONE,
    ),
)  # fmt: skip
