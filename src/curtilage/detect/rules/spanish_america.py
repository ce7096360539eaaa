"""Spanish America without Mexico: Argentina to Venezuela, the Dominican Republic."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import ACCOUNT, NATIONAL_ID, TAX_ID

_CUIT_TYPES = ("20", "23", "24", "25", "26", "27", "30", "33", "34")
_RIF_VALUES = {"V": 4, "E": 8, "J": 12, "P": 16, "G": 20, "C": 12}


def _is_cuit(number: str) -> bool:
    return number[:2] in _CUIT_TYPES and _cuit_check(number) == int(number[10])


def _cuit_check(number: str) -> int:
    rest = 11 - weighted_sum(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return {11: 0, 10: 9}.get(rest, rest)


def _is_cbu(number: str) -> bool:
    """BCRA, Com. A 2622: two blocks, each closed by its digit."""
    return not is_monotone(number) and _cbu_block(number[:8]) and _cbu_block(number[8:])


def _cbu_block(block: str) -> bool:
    return -weighted_sum(block[-2::-1], (3, 1, 7, 9) * 4) % 10 == int(block[-1])


def _is_rut(value: str) -> bool:
    """Servicio de Impuestos Internos: 2 to 7 in turn, mod 11."""
    body = value[:-1]
    total = sum(int(char) * (2 + place % 6) for place, char in enumerate(reversed(body)))
    return not is_monotone(body) and "0K987654321"[total % 11] == value[-1]


def _is_nit(number: str) -> bool:
    """DIAN: primes mod 11."""
    primes = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
    rest = weighted_sum(number[-2::-1], primes) % 11
    return (rest if rest < 2 else 11 - rest) == int(number[-1])


def _is_cui(value: str) -> bool:
    """RENIEC: weights 3-2-7-6-5-4-3-2 mod 11, a digit or a letter."""
    rest = weighted_sum(value[:8], (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return not is_monotone(value[:8]) and value[8] in ("65432110987"[rest], "KJIHGFEDCBA"[rest])


def _is_ecuadorian(number: str) -> bool:
    """Registro Civil: province, third digit to 6, Luhn."""
    province = int(number[:2])
    issued = 1 <= province <= 24 or province in (30, 50)
    return issued and number[2] <= "6" and luhn(number) and not is_monotone(number)


def _is_uruguayan(number: str) -> bool:
    """Dirección Nacional de Identificación Civil: weights 2-9-8-7-6-3-4 mod 10."""
    padded = number.rjust(8, "0")
    check = -weighted_sum(padded, (2, 9, 8, 7, 6, 3, 4)) % 10
    return not is_monotone(number) and check == int(padded[7])


def _is_paraguayan(number: str) -> bool:
    """SET: 2, 3, 4 … from the right, mod 11; 10 counts as 0."""
    total = sum(int(char) * weight for weight, char in enumerate(reversed(number[:-1]), 2))
    return not is_monotone(number) and -total % 11 % 10 == int(number[-1])


def _is_rif(value: str) -> bool:
    """SENIAT: the kind of holder, weights 3-2-7-6-5-4-3-2 mod 11."""
    total = _RIF_VALUES[value[0]] + weighted_sum(value[1:9], (3, 2, 7, 6, 5, 4, 3, 2))
    return "00987654321"[total % 11] == value[9]


KINDS = (
    Kind(
        type="AR_CUIT",
        title="Argentine CUIT/CUIL",
        category="user.government_id.tax",
        citation="AFIP: weights 5-4-3-2-7-6-5-4-3-2 mod 11",
        forms=(
            Form(r"[23][0-9]-[0-9]{8}-[0-9]", B, 0.75, Edge.NUMBER),
            Form(r"[23][0-9][ ./\-]?[0-9]{2}[.]?[0-9]{3}[.]?[0-9]{3}[ ./\-]?[0-9]", R, 0.65, Edge.NUMBER),
        ),
        check=_is_cuit,
        normalise=digits,
        words=("cuit", "cuil", "cuit cuil", "cuit number", "afip", "arca", "clave única de identificación tributaria", "código único de identificación laboral"),
        loose=TAX_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AR_CBU",
        title="Argentine bank account (CBU)",
        category="user.financial.bank_account",
        citation="BCRA, Com. A 2622: two blocks, weights 3-1-7-9 from the right mod 10",
        forms=(
            Form(r"[0-9]{8}[ \-][0-9]{14}|[0-9]{22}", R, 0.75, Edge.NUMBER),
            Form(r"[0-9]{3}[ \-][0-9]{4}[ \-][0-9][ \-]?[0-9]{13}[ \-]?[0-9]|(?:[0-9]{4} ){5}[0-9]{2}", R, 0.7, Edge.NUMBER),
        ),
        check=_is_cbu,
        normalise=digits,
        words=("cbu", "cvu", "cbu number", "clave bancaria uniforme", "número de cbu"),
        loose=ACCOUNT,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="AR_DNI",
        title="Argentine DNI",
        category="user.government_id.national_identification_number",
        citation="RENAPER, Ley 17.671: seven or eight digits",
        forms=(Form(r"[1-9][0-9]?[.][0-9]{3}[.][0-9]{3}", R, 0.6, Edge.NUMBER), Form(r"[1-9][0-9]{6,7}", R, 0.5, Edge.NUMBER)),
        check=lambda value: not is_monotone(digits(value)),
        words=("dni", "dni number", "dni argentino", "documento nacional de identidad", "libreta cívica", "libreta de enrolamiento"),
        loose=NATIONAL_ID,
        strength=Strength.NONE,
    ),
    Kind(
        type="CL_RUT",
        title="Chilean RUT/RUN",
        category="user.government_id.national_identification_number",
        citation="Servicio de Impuestos Internos: mod 11",
        forms=(
            Form(r"[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}-[0-9Kk]", B, 0.8, Edge.NUMBER),
            Form(r"[0-9]{7,8}-[0-9Kk]", R, 0.7, Edge.NUMBER),
            Form(r"[0-9]{1,2}[ .,]?[0-9]{3}[ .,]?[0-9]{3}[ \-]?[0-9Kk]", R, 0.55, Edge.NUMBER),
        ),
        check=_is_rut,
        normalise=compact,
        words=("rut", "run", "rut number", "rol único tributario", "rol único nacional", "cédula", "cédula de identidad", "cédula chilena"),
        loose=(*NATIONAL_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CO_NIT",
        title="Colombian NIT, or the cédula that it is made of",
        category="user.government_id.tax",
        citation="DIAN: primes mod 11",
        forms=(
            Form(r"[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]", R, 0.7, Edge.NUMBER),
            Form(r"[0-9]{8,10}[ \-][0-9]|[0-9]{1,3}[., ][0-9]{3}[., ][0-9]{3}[ \-][0-9]|[0-9]{10}", R, 0.6, Edge.NUMBER),
            Form(r"[1-9][0-9]{0,2}(?:[.][0-9]{3}){2,3}", R, 0.4, Edge.NUMBER, check=lambda number: not is_monotone(number)),
        ),
        check=_is_nit,
        normalise=digits,
        words=("nit", "nit number", "número de identificación tributaria", "cédula de ciudadanía", "cédula de extranjería", "dian", "rut"),
        loose=(*TAX_ID, *NATIONAL_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PE_CUI",
        title="Peruvian DNI or CUI",
        category="user.government_id.national_identification_number",
        citation="RENIEC: eight digits, weights 3-2-7-6-5-4-3-2 mod 11",
        forms=(
            Form(r"[0-9]{8}[ \-]?[0-9A-K]", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{8}", R, 0.45, Edge.NUMBER, check=lambda number: not is_monotone(number)),
        ),
        check=_is_cui,
        normalise=compact,
        words=("cui", "dni peruano", "reniec", "código único de identificación"),
        loose=("dni", *NATIONAL_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="EC_CI",
        title="Ecuadorian cédula",
        category="user.government_id.national_identification_number",
        citation="Registro Civil: province, Luhn",
        forms=(Form(r"[0-5][0-9]{8}[ \-]?[0-9]|[0-5][0-9]-[0-9]{7}-[0-9]", R, 0.6, Edge.NUMBER),),
        check=_is_ecuadorian,
        normalise=digits,
        words=("cédula", "cédula ecuatoriana", "c.i", "cédula de identidad", "cédula de ciudadanía", "número de cédula"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="UY_CI",
        title="Uruguayan cédula",
        category="user.government_id.national_identification_number",
        citation="Dirección Nacional de Identificación Civil: weights 2-9-8-7-6-3-4 mod 10",
        forms=(
            Form(r"[1-9][.][0-9]{3}[.][0-9]{3}[\-/][0-9]", B, 0.6, Edge.NUMBER),
            Form(r"[1-9][. ]?[0-9]{3}[. ]?[0-9]{3}[ \-/]?[0-9]|[0-9]{3}[. ]?[0-9]{3}[ \-/]?[0-9]", R, 0.55, Edge.NUMBER),
        ),
        check=_is_uruguayan,
        normalise=digits,
        words=("cédula", "cédula uruguaya", "c.i", "cédula de identidad", "número de cédula"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PY_CI",
        title="Paraguayan cédula or RUC",
        category="user.government_id.tax",
        citation="SET: 2, 3, 4 … from the right mod 11",
        forms=(
            Form(r"[0-9]{5,8}[ \-][0-9]|[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}-[0-9]|[0-9]{9}", R, 0.6, Edge.NUMBER),
            Form(r"[1-9][.][0-9]{3}[.][0-9]{3}", R, 0.4, Edge.NUMBER, check=lambda number: not is_monotone(number)),
        ),
        check=_is_paraguayan,
        normalise=digits,
        words=("ruc", "ruc number", "cic", "cic ruc", "registro único de contribuyentes", "cédula paraguaya", "cédula de identidad civil", "c.i"),
        loose=(*TAX_ID, *NATIONAL_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="VE_RIF",
        title="Venezuelan RIF or cédula",
        category="user.government_id.tax",
        citation="SENIAT: kind of holder, weights 3-2-7-6-5-4-3-2 mod 11",
        forms=(
            Form(r"[VEJPGC]-?[0-9]{8}-[0-9]", B, 0.75, Edge.NUMBER),
            Form(r"[VEJPGCvejpgc][ \-]?[0-9]{8}[ \-]?[0-9]|[VEJPGC]-[0-9]{2}[.]?[0-9]{3}[.]?[0-9]{3}-[0-9]", R, 0.65, Edge.NUMBER),
            Form(r"[VE][ \-]?[0-9]{1,2}[.]?[0-9]{3}[.]?[0-9]{3}", R, 0.45, Edge.NUMBER, check=lambda value: not is_monotone(value[1:])),
        ),
        check=_is_rif,
        normalise=compact,
        words=("rif", "rif number", "rif cdi", "cdi", "registro de información fiscal", "seniat", "cédula de identidad", "cédula venezolana"),
        loose=(*TAX_ID, *NATIONAL_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="DO_CEDULA",
        title="Dominican cédula",
        category="user.government_id.national_identification_number",
        citation="Junta Central Electoral: Luhn over eleven digits",
        forms=(
            Form(r"[0-9]{3}-[0-9]{7}-[0-9]", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{3}[ \-]?[0-9]{7}[ \-]?[0-9]", R, 0.55, Edge.NUMBER),
        ),
        check=lambda number: luhn(number) and not is_monotone(number),
        normalise=digits,
        words=("cédula", "cédula dominicana", "cédula de identidad y electoral", "cédula de identidad", "número de cédula", "junta central electoral"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
