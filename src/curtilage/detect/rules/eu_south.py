"""Spain, Portugal, Italy."""

from curtilage.detect.checksums import BASE36, compact, digits, is_monotone, luhn, weighted_sum
from curtilage.detect.dates import is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

_NIF_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"  # Real Decreto 1553/2005
_CIF_LETTERS = "JABCDEFGHI"
# Decreto ministeriale 23/12/1976: what a character counts in an odd place; the twelve months; omocodia.
_ODD = dict(
    zip(
        BASE36,
        (
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            1,
            0,
            5,
            7,
            9,
            13,
            15,
            17,
            19,
            21,
            2,
            4,
            18,
            20,
            11,
            3,
            6,
            8,
            12,
            14,
            16,
            10,
            22,
            25,
            24,
            23,
        ),
        strict=True,
    )
)
_EVEN = {char: value if value < 10 else value - 10 for value, char in enumerate(BASE36)}
_MONTHS = "ABCDEHLMPRST"
_OMOCODIA = str.maketrans("LMNPQRSTUV", "0123456789")


def _is_dni(value: str) -> bool:
    return _NIF_LETTERS[int(value[:-1]) % 23] == value[-1]


def _is_nie(value: str) -> bool:
    return _is_dni(str("XYZ".index(value[0])) + value[1:])


def _is_cif(value: str) -> bool:
    """Orden EHA/451/2008: Luhn as a digit or a letter, by the kind of body."""
    number = value[1:8]
    check = next(digit for digit in range(10) if luhn(number + str(digit)))
    return value[8] in (str(check), _CIF_LETTERS[check])


def _is_nss(number: str) -> bool:
    province, serial, check = int(number[:2]), int(number[2:10]), int(number[10:])
    whole = province * 10**7 + serial if serial < 10**7 else int(number[:10])
    return 1 <= province <= 66 and whole % 97 == check


def _is_portuguese(number: str) -> bool:
    """Decreto-Lei 14/2013: weights 9 to 2 mod 11."""
    check = 11 - weighted_sum(number[:8], range(9, 1, -1)) % 11
    return (
        number[0] in "1235689"
        and not is_monotone(number)
        and (0 if check > 9 else check) == int(number[8])
    )


def _is_nif_named(value: str) -> bool:
    return _is_portuguese(digits(value))


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


def _is_piva(number: str) -> bool:
    """DPR 633/1972: Luhn, and the office that gave it."""
    office = int(number[7:10])
    return (
        (1 <= office <= 100 or office in (120, 121, 888, 999))
        and number[:7] != "0000000"
        and luhn(number)
    )


KINDS = (
    Kind(
        type="ES_NIF",
        title="Spanish identity number (DNI/NIF)",
        category="user.government_id.national_identification_number",
        citation="Real Decreto 1553/2005: mod 23 letter",
        forms=(Form(r"[0-9]{8}[ \-]?[TRWAGMYFPDXBNJZSQVHLCKEtrwagmyfpdxbnjzsqvhlcke]", N, 0.85, Edge.NUMBER), Form(r"[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}[ \-]?[TRWAGMYFPDXBNJZSQVHLCKE]", N, 0.85, Edge.NUMBER)),
        check=_is_dni,
        normalise=compact,
        words=("dni", "nif", "documento nacional de identidad", "documento de identidad", "identidad", "spanish id"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_NIE",
        title="Spanish foreigner number (NIE)",
        category="user.government_id.national_identification_number",
        citation="Orden INT/2058/2008: X, Y, Z as 0, 1, 2; mod 23 letter",
        forms=(Form(r"[XYZxyz][ \-]?[0-9]{7}[ \-]?[TRWAGMYFPDXBNJZSQVHLCKEtrwagmyfpdxbnjzsqvhlcke]", N, 0.9),),
        check=_is_nie,
        normalise=compact,
        words=("nie", "número de extranjero", "extranjero", "residencia"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_CIF",
        title="Spanish company number (CIF)",
        category="user.unique_id.organization",
        citation="Orden EHA/451/2008",
        forms=(Form(r"[ABCDEFGHJNPQRSUVW][ \-]?[0-9]{7}[ \-]?[0-9A-J]", R, 0.7),),
        check=_is_cif,
        normalise=compact,
        words=("cif", "nif", "empresa", "razón social", "sociedad"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ES_NSS",
        title="Spanish social security number",
        category="user.government_id.social_security",
        citation="Tesorería General de la Seguridad Social: mod 97",
        forms=(Form(r"[0-6][0-9][ /][0-9]{8}[ /][0-9]{2}", B, 0.6, Edge.NUMBER), Form(r"[0-6][0-9]{11}", R, 0.6, Edge.NUMBER)),
        check=_is_nss,
        normalise=digits,
        words=("seguridad social", "nss", "número de seguridad social", "afiliación", "naf", "social security"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="PT_NIF",
        title="Portuguese tax number",
        category="user.government_id.tax",
        citation="Decreto-Lei 14/2013: weights 9 to 2 mod 11",
        forms=(Form(r"(?:PT ?)?[1235689][0-9]{2} ?[0-9]{3} ?[0-9]{3}", R, 0.65, Edge.NUMBER),),
        check=_is_nif_named,
        words=("nif", "contribuinte", "número de contribuinte", "nipc", "número fiscal", "tax number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PT_CC",
        title="Portuguese citizen card",
        category="user.government_id.national_identification_number",
        citation="Cartão de Cidadão, validation of the document number: Luhn base 36",
        forms=(Form(r"[0-9]{8} ?[0-9] ?[0-9A-Z]{2}[0-9]", B, 0.55, check=_is_citizen_card),),
        normalise=compact,
        words=("cartão de cidadão", "cc", "bilhete de identidade", "citizen card", "número de documento"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PT_NISS",
        title="Portuguese social security number",
        category="user.government_id.social_security",
        citation="Instituto da Segurança Social: weights of primes mod 10",
        forms=(Form(r"[12][0-9]{10}", R, 0.65, Edge.NUMBER),),
        check=_is_niss,
        words=("niss", "segurança social", "número de segurança social", "social security"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IT_FISCAL_CODE",
        title="Italian tax code",
        category="user.government_id.tax",
        citation="DM 23/12/1976: odd and even tables mod 26; omocodia",
        forms=(Form(r"[A-Z]{6}[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]", N, 0.95, lead="[A-Z]", trigger=r"[0-9LMNPQRSTUV]{2}[A-EHLMPRST][0-9LMNPQRSTUV]{2}[A-Z][0-9LMNPQRSTUV]{3}[A-Z]"),
            Form(
                r"[a-z]{6}[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]",
                N,
                0.9,
                lead="[a-z]",
                trigger=r"[0-9]{2}[a-ehlmprst][0-9]{2}[a-z][0-9]{3}[a-z]",
            )),
        check=_is_fiscal,
        normalise=str.upper,
        words=("codice fiscale", "cf", "c f", "fiscal code", "tax code"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="IT_VAT_CODE",
        title="Italian VAT number",
        category="user.government_id.tax",
        citation="DPR 633/1972 art. 35: Luhn, office",
        forms=(Form(r"IT ?[0-9]{11}", B, 0.8, check=lambda value: _is_piva(digits(value))), Form(r"[0-9]{11}", R, 0.65, Edge.NUMBER)),
        check=_is_piva,
        words=("partita iva", "p iva", "piva", "vat", "vat number", "iva"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
