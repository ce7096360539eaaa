"""Denmark, Sweden, Norway, Finland, Iceland, the Baltic states."""

from curtilage.detect.checksums import digits, is_monotone, luhn, weighted_sum
from curtilage.detect.dates import is_date, is_ddmmyy, is_short_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    NATIONAL_ID,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    shortened,
)

_HETU_CHECK = "0123456789ABCDEFHJKLMNPRSTUVWXY"

_CPR_TURNS = (0, 0, 0, 0, 37, 58, 58, 58, 58, 37)  # years below these are of the 2000s


def _is_cpr(number: str) -> bool:
    """CPR-kontoret: a real date, whose century the seventh digit says.

    Its mod 11 has not been kept since 2007, so it is not asked for."""
    year, turn = int(number[4:6]), _CPR_TURNS[int(number[6])]
    century = 2000 if year < turn else 1900  # or 1800, whose leap years are the same
    return is_date(century + year, int(number[2:4]), int(number[:2])) and number[6:] != "0000"


def _is_personal(number: str) -> bool:
    """Skatteverket SKV 704: Luhn over ten digits.

    The day of a coordination number is 60 more."""
    number = number[-10:]
    day = int(number[4:6])
    return is_short_date(number[:2], number[2:4], f"{day - 60 if day > 60 else day:02}") and luhn(
        number
    )


def _is_birth_number(number: str) -> bool:
    """Skatteetaten: k1 and k2, 40 added to the day of a D number."""
    first = -weighted_sum(number, (3, 7, 6, 1, 8, 9, 4, 5, 2)) % 11
    second = -weighted_sum(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = int(number[:2])
    dated = is_short_date(number[4:6], number[2:4], f"{day - 40 if day > 40 else day:02}")
    return dated and first == int(number[9]) and second == int(number[10])


def _is_hetu(value: str) -> bool:
    """Digi- ja väestötietovirasto: mod 31."""
    return is_ddmmyy(value) and _HETU_CHECK[int(value[:6] + value[7:10]) % 31] == value[10].upper()


def _is_kennitala(number: str) -> bool:
    """Þjóðskrá: weights 3,2,7,6,5,4,3,2 mod 11; the last digit is of the 1900s or 2000s."""
    check = -weighted_sum(number, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    day = int(number[:2])  # a body's number has 40 more
    dated = is_short_date(number[4:6], number[2:4], f"{day - 40 if day > 40 else day:02}")
    return dated and number[9] in "09" and check == int(number[8])


def _is_baltic(number: str) -> bool:
    """Estonia and Lithuania: two passes of mod 11."""
    check = weighted_sum(number, (1, 2, 3, 4, 5, 6, 7, 8, 9, 1)) % 11
    if check == 10:
        check = weighted_sum(number, (3, 4, 5, 6, 7, 8, 9, 1, 2, 3)) % 11 % 10
    century = 1800 + (int(number[0]) - 1) // 2 * 100
    return is_date(century + int(number[1:3]), int(number[3:5]), int(number[5:7])) and check == int(
        number[10]
    )


def is_latvian(number: str) -> bool:
    """PMLP: a date and mod 11; since 2017 numbers begin with 32 and hold no date."""
    check = (1 + weighted_sum(number, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11 % 10
    return (is_ddmmyy(number) or number[:2] == "32") and check == int(number[10])


def _is_organisation(number: str) -> bool:
    """Skatteverket SKV 709: Luhn; the third digit is two or more, so that it is no date."""
    return number[2] >= "2" and not is_monotone(number) and luhn(number)


KINDS = (
    Kind(
        type="DK_CPR",
        title="Danish personal number (CPR)",
        category="user.government_id.national_identification_number",
        citation="CPR-kontoret: date; mod 11 only until 2007",
        forms=(
            Form(r"[0-3][0-9][01][0-9]{3}-[0-9]{4}", R, 0.6, Edge.NUMBER, alone=True),
            Form(r"[0-3][0-9][ .]?[01][0-9][ .]?[0-9]{2}[\- ]?[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_cpr,
        normalise=digits,
        words=shortened("danish personal id", "danish civil registration number", "cpr", "cpr nummer", "cpr nr", "cpr number", "cprnr", "personnummer", "sygesikring", "sundhedskort", "danish cpr", "danish personal number", "danish national id", "danish id number"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SE_PERSONNUMMER",
        title="Swedish personal number",
        category="user.government_id.national_identification_number",
        citation="Skatteverket SKV 704: date, Luhn",
        forms=(
            Form(r"(?:18|19|20)?[0-9]{2}[01][0-9][0-9]{2} ?[\-+] ?[0-9]{4}", B, 0.65, Edge.NUMBER),
            Form(r"(?:18|19|20)?[0-9]{2}[01][0-9][0-9]{2} ?[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_personal,
        normalise=digits,
        words=shortened("personnummer", "person nr", "personnr", "pers nr", "samordningsnummer", "personal number", "svenskt personnummer", "pnr", "coordination number", "swedish personal number", "swedish personal identity number", "swedish national id", "swedish id number"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SE_ORGANISATIONSNUMMER",
        title="Swedish organisation number",
        category="user.unique_id.organization",
        citation="Skatteverket SKV 709: third digit from 2, Luhn",
        forms=(
            Form(r"(?:16)?[1-35-9][0-9][2-9][0-9]{3}-[0-9]{4}", B, 0.5, Edge.NUMBER),
            Form(r"(?:16)?[1-35-9][0-9][2-9][0-9]{3}[ \-]?[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=lambda number: _is_organisation(number[-10:]),
        normalise=digits,
        words=shortened("organisationsnummer", "organisations nr", "organisationsnr", "org nr", "orgnr", "org nummer", "bolagsverket", "organisation number", "organization number", "swedish organisation number", "swedish company number", "momsregistreringsnummer"),
        loose=COMPANY_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="NO_FNR",
        title="Norwegian birth number",
        category="user.government_id.national_identification_number",
        citation="Skatteetaten: date, two check digits mod 11",
        forms=(Form(r"[0-7][0-9][ .]?[01][0-9][ .]?[0-9]{2}[ \-]?[0-9]{3} ?[0-9]{2}", B, 0.65, Edge.NUMBER),),
        check=_is_birth_number,
        normalise=digits,
        words=shortened("fødselsnummer", "fodselsnummer", "fødselsnr", "fødsels nr", "personnummer", "fnr", "f nr", "d nummer", "d nr", "dnr", "norwegian national id", "norwegian national identity number", "norwegian birth number", "norwegian id number", "national identity number"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FI_PERSONAL_IDENTITY_CODE",
        title="Finnish personal identity code",
        category="user.government_id.national_identification_number",
        citation="Digital and Population Data Services Agency: date, mod 31",
        forms=(Form(r"[0-3][0-9][01][0-9]{3}[\-+A-FU-Y][0-9]{3}[0-9A-FHJ-NPR-Ya-fhj-npr-y]", N, 0.9),),
        check=_is_hetu,
        words=shortened("henkilötunnus", "hetu", "henkilötunnuksen", "sotu", "sosiaaliturvatunnus", "personbeteckning", "personal identity code", "finnish personal identity code", "finnish id", "finnish ssn"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="IS_KT",
        title="Icelandic kennitala",
        category="user.government_id.national_identification_number",
        citation="Þjóðskrá: date, weights 3-2-7-6-5-4-3-2 mod 11",
        forms=(Form(r"[0-7][0-9][01][0-9]{3}-[0-9]{4}", B, 0.65, Edge.NUMBER), Form(r"[0-7][0-9][01][0-9]{3}[ \-]?[0-9]{4}", R, 0.6, Edge.NUMBER)),
        check=_is_kennitala,
        normalise=digits,
        words=shortened("kennitala", "kennitölu", "kt", "icelandic id", "icelandic national id", "icelandic kennitala", "icelandic identification number"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="EE_IK",
        title="Estonian personal code",
        category="user.government_id.national_identification_number",
        citation="EVS 585: date, two passes of mod 11",
        forms=(Form(r"[1-8][ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_baltic,
        normalise=digits,
        words=shortened("isikukood", "isikukoodi", "ik", "estonian id", "estonian personal code", "estonian id code", "estonian national id", "estonian personal identification code"),
        loose=NATIONAL_ID + SOCIAL_SECURITY + TAX_NUMBER,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="LT_AK",
        title="Lithuanian personal code",
        category="user.government_id.national_identification_number",
        citation="Registrų centras: date, two passes of mod 11",
        forms=(Form(r"[1-8][ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_baltic,
        normalise=digits,
        words=shortened("asmens kodas", "asmens kodo", "lithuanian id", "lithuanian personal code", "lithuanian national id"),
        loose=NATIONAL_ID + SOCIAL_SECURITY + TAX_NUMBER,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="LV_PK",
        title="Latvian personal code",
        category="user.government_id.national_identification_number",
        citation="PMLP: date and mod 11; 32… since 2017 without either",
        forms=(
            Form(r"(?:[0-3][0-9][01][0-9]{3}|32[0-9]{4})-[0-9]{5}", B, 0.65, Edge.NUMBER),
            Form(r"[0-3][0-9][01][0-9]{3}[ \-]?[0-9]{5}", R, 0.6, Edge.NUMBER),
            Form(r"32[0-9]{4}[ \-]?[0-9]{5}", R, 0.6, Edge.NUMBER, check=lambda number: not is_monotone(number)),
        ),
        check=is_latvian,
        normalise=digits,
        words=shortened("personas kods", "personas koda", "latvian id", "latvian personal code", "latvian national id"),
        loose=NATIONAL_ID + SOCIAL_SECURITY + TAX_NUMBER,
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
