"""Brazil and Mexico."""

from curtilage.detect.checksums import compact, digits, is_monotone, weighted_sum
from curtilage.detect.dates import is_yymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming_world import (
    ACCOUNT,
    COMPANY_ID,
    HEALTH_ID,
    NATIONAL_ID,
    SOCIAL_SECURITY,
    TAX_ID,
)

_CURP = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ")}
_STATES = frozenset(
    (
        "AS", "BC", "BS", "CC", "CL", "CM", "CS", "CH", "DF", "DG", "GT", "GR", "HG", "JC", "MC", "MN", "MS",
        "NT", "NL", "OC", "PL", "QT", "QR", "SP", "SL", "SR", "TC", "TS", "TL", "VZ", "YN", "ZS", "NE",
    )
)  # fmt: skip
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


def _is_pis(number: str) -> bool:
    """Caixa Econômica Federal: weights 3-2-9-8-7-6-5-4-3-2 mod 11."""
    check = _mod11(number[:10], (3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
    return not is_monotone(number) and check == int(number[10])


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


def _has_date(value: str) -> bool:
    """A short RFC has no check digit, and not every long one has the right one."""
    return is_yymmdd(value.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ&")[:6])


def _plain_rfc(value: str) -> str:
    return value.replace(" ", "").replace("-", "").upper()


def _is_clabe(number: str) -> bool:
    """Banxico: weights 3, 7, 1, each product mod 10."""
    total = sum(int(char) * (3, 7, 1)[place % 3] % 10 for place, char in enumerate(number[:17]))
    return not is_monotone(number) and -total % 10 == int(number[17])


KINDS = (
    Kind(
        type="BR_CPF",
        title="Brazilian CPF",
        category="user.government_id.tax",
        citation="Receita Federal, IN RFB 1548/2015: two digits mod 11",
        forms=(
            Form(r"[0-9]{3}[.][0-9]{3}[.][0-9]{3}-[0-9]{2}", N, 0.95, Edge.NUMBER),
            Form(r"[0-9]{9}[\-/]?[0-9]{2}|[0-9]{3}[ .\-][0-9]{3}[ .\-][0-9]{3}[ .\-/][0-9]{2}", R, 0.7, Edge.NUMBER),
        ),
        check=_is_cpf,
        normalise=digits,
        words=("cpf", "cpf mf", "cadastro de pessoas físicas", "cadastro de pessoa física", "número do cpf", "nº cpf", "cpf number"),
        loose=(*TAX_ID, *NATIONAL_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BR_CNPJ",
        title="Brazilian CNPJ",
        category="user.unique_id.organization",
        citation="Receita Federal, IN RFB 2229/2024: two digits mod 11, letters since 2026",
        forms=(
            Form(r"[0-9A-Z]{2}[.][0-9A-Z]{3}[.][0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}", N, 0.95),
            Form(r"[0-9]{12}-?[0-9]{2}|[0-9]{8}/[0-9]{4}-?[0-9]{2}|[0-9]{2} [0-9]{3} [0-9]{3} [0-9]{4} [0-9]{2}", R, 0.7, Edge.NUMBER),
            Form(r"[0-9A-Z]{12}[0-9]{2}", R, 0.6),
        ),
        check=_is_cnpj,
        normalise=compact,
        words=("cnpj", "cnpj number", "cadastro nacional da pessoa jurídica", "número do cnpj", "inscrição cnpj"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BR_CNS",
        title="Brazilian health card (CNS)",
        category="user.health_and_medical.insurance_id",
        citation="DATASUS: weights 15 to 1 mod 11",
        forms=(
            Form(r"[12789][0-9]{2} [0-9]{4} [0-9]{4} [0-9]{4}", B, 0.65, Edge.NUMBER),
            Form(r"[12789][0-9]{2}[ .\-]?[0-9]{4}[ .\-]?[0-9]{4}[ .\-]?[0-9]{4}", R, 0.65, Edge.NUMBER),
        ),
        check=_is_cns,
        normalise=digits,
        words=("cns", "cartão nacional de saúde", "cartão sus", "cartão do sus", "sus", "health card cns"),
        loose=HEALTH_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="BR_PIS",
        title="Brazilian worker number (PIS/PASEP/NIS/NIT)",
        category="user.government_id.social_security",
        citation="Caixa Econômica Federal: weights 3-2-9-8-7-6-5-4-3-2 mod 11",
        forms=(
            Form(r"[0-9]{3}[.][0-9]{5}[.][0-9]{2}-[0-9]", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{3}[ .]?[0-9]{5}[ .]?[0-9]{2}[ \-.]?[0-9]", R, 0.6, Edge.NUMBER),
        ),
        check=_is_pis,
        normalise=digits,
        words=("pis", "pasep", "pis pasep", "nis", "pis number", "programa de integração social", "número do pis", "carteira de trabalho", "nit inss", "inss"),
        loose=SOCIAL_SECURITY,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="BR_RG",
        title="Brazilian identity card (RG)",
        category="user.government_id.national_identification_number",
        citation="Lei 7.116/1983: each state numbers on its own, most with a check digit or X",
        forms=(
            Form(r"[0-9]{1,2}[.][0-9]{3}[.][0-9]{3}-[0-9Xx]", B, 0.55, Edge.NUMBER),
            Form(r"(?:[A-Z]{2}-?)?[0-9]{1,2}[. ]?[0-9]{3}[. ]?[0-9]{3}(?:-?[0-9Xx])?", R, 0.5, Edge.NUMBER),
        ),
        check=lambda value: not is_monotone(digits(value)),
        words=("rg", "rg number", "registro geral", "carteira de identidade", "cédula de identidade", "identidade", "rg identity", "órgão expedidor", "ssp"),
        loose=NATIONAL_ID,
        strength=Strength.NONE,
    ),
    Kind(
        type="MX_CURP",
        title="Mexican CURP",
        category="user.government_id.national_identification_number",
        citation="DOF 23/10/1996: date, state, mod 10",
        forms=(
            Form(r"[A-Z][AEIOUX][A-Z]{2}[0-9]{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z][0-9]", N, 0.95),
            Form(r"[a-z][aeioux][a-z]{2}[0-9]{6}[hmx][a-z]{2}[b-df-hj-np-tv-z]{3}[0-9a-z][0-9]", N, 0.9),
        ),
        check=_is_curp,
        normalise=str.upper,
        words=("curp", "clave única de registro", "clave única de registro de población"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="MX_RFC",
        title="Mexican RFC",
        category="user.government_id.tax",
        citation="SAT, anexo 1-A: date, mod 11 over the padded name",
        forms=(
            Form(r"[A-Z&]{3,4}[ \-]?[0-9]{6}[ \-]?[0-9A-Z]{2}[0-9A]", B, 0.7),
            Form(r"[A-Z&]{3,4}[ \-]?[0-9]{6}(?:[ \-]?[0-9A-Z]{3})?", R, 0.5, check=_has_date),
        ),
        check=_is_rfc,
        normalise=_plain_rfc,
        words=("rfc", "registro federal de contribuyentes", "rfc number", "clave rfc", "homoclave"),
        loose=TAX_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="MX_CLABE",
        title="Mexican bank account (CLABE)",
        category="user.financial.bank_account",
        citation="Banxico: weights 3-7-1 mod 10",
        forms=(
            Form(r"[0-9]{18}", R, 0.65, Edge.NUMBER),
            Form(r"[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{11}[ \-]?[0-9]", R, 0.65, Edge.NUMBER),
            Form(r"[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4} [0-9]{2}|(?:[0-9]{3} ){5}[0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_clabe,
        normalise=digits,
        words=("clabe", "cuenta clabe", "clabe interbancaria", "clave bancaria estandarizada", "clabe number", "spei"),
        loose=ACCOUNT,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
