"""Canada, Brazil, Mexico, Argentina, Chile, Colombia."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn, weighted_sum
from curtilage.detect.dates import is_yymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

_CURP = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")}
_STATES = frozenset(
    [
        "AS",
        "BC",
        "BS",
        "CC",
        "CL",
        "CM",
        "CS",
        "CH",
        "DF",
        "DG",
        "GT",
        "GR",
        "HG",
        "JC",
        "MC",
        "MN",
        "MS",
        "NT",
        "NL",
        "OC",
        "PL",
        "QT",
        "QR",
        "SP",
        "SL",
        "SR",
        "TC",
        "TS",
        "TL",
        "VZ",
        "YN",
        "ZS",
        "NE",
    ]
)
_RFC = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


def _is_cpf(number: str) -> bool:
    """Receita Federal, IN RFB 1548/2015: two digits mod 11."""
    return len(set(number)) > 1 and all(
        _mod11(number[:length], range(length + 1, 1, -1)) == int(number[length])
        for length in (9, 10)
    )


def _mod11(number: str, weights: range | tuple[int, ...]) -> int:
    rest = weighted_sum(number, tuple(weights)) % 11
    return 0 if rest < 2 else 11 - rest


def _is_cnpj(value: str) -> bool:
    """IN RFB 2229/2024: ASCII less 48, letters since July 2026."""
    weights = (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)
    return (
        len(set(value)) > 1
        and _mod11(value[:12], weights[1:]) == int(value[12])
        and _mod11(value[:13], weights) == int(value[13])
    )


def _is_cns(number: str) -> bool:
    return weighted_sum(number, range(15, 0, -1)) % 11 == 0


def _is_curp(value: str) -> bool:
    """DOF 23/10/1996: date, state, mod 10."""
    total = sum(_CURP[char] * (18 - place) for place, char in enumerate(value[:17]))
    return is_yymmdd(value[4:10]) and value[11:13] in _STATES and -total % 10 == int(value[17])


def _is_rfc(value: str) -> bool:
    """SAT, anexo 1-A: date, mod 11 over the padded name."""
    plain = value.rjust(13)
    total = sum(_RFC[char] * (13 - place) for place, char in enumerate(plain[:12]))
    check = {10: "A", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    return is_yymmdd(plain[4:10]) and check == plain[12]


def _is_clabe(number: str) -> bool:
    """Banxico: weights 3, 7, 1, each product mod 10."""
    total = sum(int(char) * (3, 7, 1)[place % 3] % 10 for place, char in enumerate(number[:17]))
    return not is_monotone(number) and -total % 10 == int(number[17])


def _is_cuit(number: str) -> bool:
    return number[:2] in ("20", "23", "24", "25", "26", "27", "30", "33", "34") and _cuit_check(
        number
    ) == int(number[10])


def _cuit_check(number: str) -> int:
    rest = 11 - weighted_sum(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return {11: 0, 10: 9}.get(rest, rest)


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


KINDS = (
    Kind(
        type="CA_SIN",
        title="Canadian social insurance number",
        category="user.government_id.social_security",
        citation="Service Canada: Luhn; 0 and 8 not given",
        forms=(Form(r"[1-79][0-9]{2}([ \-])[0-9]{3}[ \-][0-9]{3}", B, 0.5, Edge.NUMBER), Form(r"[1-79][0-9]{8}", R, 0.6, Edge.NUMBER)),
        check=lambda number: luhn(number) and not is_monotone(number),
        normalise=digits,
        words=("sin", "social insurance", "social insurance number", "nas", "assurance sociale", "numéro d'assurance sociale"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_OHIP",
        title="Ontario health card",
        category="user.health_and_medical.insurance_id",
        citation="Ontario Ministry of Health: Luhn, version code",
        forms=(Form(r"[1-9][0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}(?:[ \-]?[A-Z]{2})?", R, 0.6, Edge.NUMBER),),
        check=lambda value: luhn(digits(value)),
        words=("ohip", "health card", "health number", "health card number", "carte santé"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CA_POSTAL_CODE",
        title="Canadian postal code",
        category="user.contact.address.postal_code",
        citation="Canada Post addressing guidelines: letters in use",
        forms=(Form(r"[ABCEGHJ-NPRSTVXY][0-9][ABCEGHJ-NPRSTV-Z] ?[0-9][ABCEGHJ-NPRSTV-Z][0-9]", R, 0.6),),
        words=("postal code", "address", "code postal", "adresse"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="BR_CPF",
        title="Brazilian CPF",
        category="user.government_id.tax",
        citation="Receita Federal, IN RFB 1548/2015: two digits mod 11",
        forms=(
            Form(r"[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]{2}", N, 0.95, Edge.NUMBER),
            Form(r"[0-9]{9}-?[0-9]{2}", R, 0.7, Edge.NUMBER),
        ),
        check=_is_cpf,
        normalise=digits,
        words=("cpf", "cadastro de pessoas físicas", "documento", "contribuinte"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BR_CNPJ",
        title="Brazilian CNPJ",
        category="user.unique_id.organization",
        citation="Receita Federal, IN RFB 2229/2024: two digits mod 11, letters since 2026",
        forms=(Form(r"[0-9A-Z]{2}[.][0-9A-Z]{3}[.][0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}", N, 0.95), Form(r"[0-9]{14}", R, 0.7, Edge.NUMBER)),
        check=_is_cnpj,
        normalise=compact,
        words=("cnpj", "cadastro nacional da pessoa jurídica"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BR_CNS",
        title="Brazilian health card (CNS)",
        category="user.health_and_medical.insurance_id",
        citation="DATASUS: weights 15 to 1 mod 11",
        forms=(Form(r"[12789][0-9]{2} ?[0-9]{4} ?[0-9]{4} ?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_cns,
        normalise=digits,
        words=("cns", "cartão nacional de saúde", "cartão sus", "sus"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="MX_CURP",
        title="Mexican CURP",
        category="user.government_id.national_identification_number",
        citation="DOF 23/10/1996: date, state, mod 10",
        forms=(Form(r"[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z][0-9]", N, 0.95),),
        check=_is_curp,
        words=("curp", "clave única de registro"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="MX_RFC",
        title="Mexican RFC",
        category="user.government_id.tax",
        citation="SAT, anexo 1-A: date, mod 11",
        forms=(Form(r"[A-Z&]{3,4} ?[0-9]{6} ?[0-9A-Z]{2}[0-9A]", B, 0.7),),
        check=_is_rfc,
        normalise=lambda value: value.replace(" ", ""),
        words=("rfc", "registro federal de contribuyentes"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="MX_CLABE",
        title="Mexican bank account (CLABE)",
        category="user.financial.bank_account",
        citation="Banxico: weights 3-7-1 mod 10",
        forms=(Form(r"[0-9]{18}", R, 0.65, Edge.NUMBER), Form(r"[0-9]{3} [0-9]{3} [0-9]{11} [0-9]", R, 0.65, Edge.NUMBER)),
        check=_is_clabe,
        normalise=digits,
        words=("clabe", "cuenta clabe", "clabe interbancaria"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AR_CUIT",
        title="Argentine CUIT/CUIL",
        category="user.government_id.tax",
        citation="AFIP: weights 5-4-3-2-7-6-5-4-3-2 mod 11",
        forms=(Form(r"[23][0-9]-[0-9]{8}-[0-9]", B, 0.75, Edge.NUMBER), Form(r"[23][0-9]{10}", R, 0.65, Edge.NUMBER)),
        check=_is_cuit,
        normalise=digits,
        words=("cuit", "cuil", "afip"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CL_RUT",
        title="Chilean RUT/RUN",
        category="user.government_id.national_identification_number",
        citation="Servicio de Impuestos Internos: mod 11",
        forms=(Form(r"[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}-[0-9Kk]", B, 0.8, Edge.NUMBER), Form(r"[0-9]{7,8}-[0-9Kk]", R, 0.7, Edge.NUMBER)),
        check=_is_rut,
        normalise=compact,
        words=("rut", "run", "rol único tributario", "cédula", "cédula de identidad"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CO_NIT",
        title="Colombian NIT",
        category="user.government_id.tax",
        citation="DIAN: primes mod 11",
        forms=(Form(r"[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]", R, 0.7, Edge.NUMBER), Form(r"[0-9]{9}-[0-9]", R, 0.6, Edge.NUMBER)),
        check=_is_nit,
        normalise=digits,
        words=("nit", "número de identificación tributaria", "rut"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
