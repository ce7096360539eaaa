"""The east of Europe: identifiers by country.

Poland, Czechia, Slovakia, Hungary, Romania, Bulgaria, Croatia, Slovenia, Greece, Turkey.
"""

from curtilage.detect.checksums import (
    BASE36,
    compact,
    digits,
    is_monotone,
    luhn,
    mod11_10,
    weighted_sum,
)
from curtilage.detect.dates import is_date, is_ddmmyy
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

_PESEL_CENTURIES = {0: 1900, 20: 2000, 40: 2100, 60: 2200, 80: 1800}
_CNP_CENTURIES = {
    "1": 1900,
    "2": 1900,
    "3": 1800,
    "4": 1800,
    "5": 2000,
    "6": 2000,
    "7": 1900,
    "8": 1900,
}


def _dated(year: int, month: int, day: int, centuries: dict[int, int]) -> bool:
    """A month that carries its century: 20 added for the 2000s, and so on."""
    shift = month - (month - 1) % 20 - 1
    return shift in centuries and is_date(centuries[shift] + year, month - shift, day)


def _is_pesel(number: str) -> bool:
    """Ustawa o ewidencji ludności art. 15: weights 1,3,7,9, century in the month."""
    dated = _dated(int(number[:2]), int(number[2:4]), int(number[4:6]), _PESEL_CENTURIES)
    return dated and -weighted_sum(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10 == int(number[10])


def _is_nip(value: str) -> bool:
    number = digits(value)
    return not is_monotone(number) and weighted_sum(
        number, (6, 5, 7, 2, 3, 4, 5, 6, 7)
    ) % 11 == int(number[9])


def _is_dowod(value: str) -> bool:
    number = [BASE36.index(char) for char in value]
    return (
        sum(
            digit * weight
            for digit, weight in zip(number, (7, 3, 1, 9, 7, 3, 1, 7, 3), strict=True)
        )
        % 10
        == 0
    )


def _is_rodne(number: str) -> bool:
    """Zákon 133/2000 Sb.: 50 or 70 added to a woman's month, 20 to a man's since 2004; mod 11."""
    month = int(number[2:4])
    month -= next((shift for shift in (70, 50, 20) if month > shift), 0)
    if not (
        is_date(1900 + int(number[:2]), month, int(number[4:6]))
        or is_date(2000 + int(number[:2]), month, int(number[4:6]))
    ):
        return False
    if len(number) == 9:
        return number[6:] != "000" and int(number[:2]) < 54
    return int(number) % 11 == 0 or (int(number[:9]) % 11 == 10 and number[9] == "0")


def _is_cnp(number: str) -> bool:
    """Legea 105/1996: sex and century, date, county, weights mod 11 with ten as one."""
    check = weighted_sum(number, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    county = int(number[7:9])
    dated = number[0] in _CNP_CENTURIES and is_date(
        _CNP_CENTURIES[number[0]] + int(number[1:3]), int(number[3:5]), int(number[5:7])
    )
    return (
        dated
        and (1 <= county <= 48 or county in (51, 52, 70, 80, 81, 82, 83))
        and (1 if check == 10 else check) == int(number[12])
    )


def _is_egn(number: str) -> bool:
    """ESGRAON: 40 added to the month in the 2000s, 20 in the 1800s."""
    dated = _dated(
        int(number[:2]), int(number[2:4]), int(number[4:6]), {0: 1900, 20: 1800, 40: 2000}
    )
    return dated and weighted_sum(number, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(number[9])


def _is_emso(number: str) -> bool:
    """Zakon o centralnem registru prebivalstva: date with three digits of the year."""
    year = int(number[4:7]) + (1000 if number[4] == "9" or number[4] == "8" else 2000)
    check = -weighted_sum(number, (7, 6, 5, 4, 3, 2) * 2) % 11
    return is_date(year, int(number[2:4]), int(number[:2])) and check == int(number[12])


def _is_taj(number: str) -> bool:
    return weighted_sum(number, (3, 7) * 4) % 10 == int(number[8])


def _is_afm(value: str) -> bool:
    number = digits(value)
    return number != "000000000" and weighted_sum(
        number, (256, 128, 64, 32, 16, 8, 4, 2)
    ) % 11 % 10 == int(number[8])


def _is_tckn(number: str) -> bool:
    """Nüfus: tenth digit from odd and even sums, eleventh from all."""
    odd, even = weighted_sum(number, (1, 0) * 4 + (1,)), weighted_sum(number, (0, 1) * 4)
    tenth = (7 * odd - even) % 10
    return (
        not is_monotone(number)
        and tenth == int(number[9])
        and (odd + even + tenth) % 10 == int(number[10])
    )


KINDS = (
    Kind(
        type="PL_PESEL",
        title="Polish PESEL",
        category="user.government_id.national_identification_number",
        citation="Ustawa o ewidencji ludności art. 15: date, weights 1-3-7-9",
        forms=(Form(r"[0-9]{2}[0-9]{2}[0-3][0-9]{6}", R, 0.65, Edge.NUMBER),),
        check=_is_pesel,
        words=("pesel", "numer pesel", "nr pesel", "personal number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="PL_NIP",
        title="Polish tax number (NIP)",
        category="user.government_id.tax",
        citation="Ordynacja podatkowa: weights 6-5-7-2-3-4-5-6-7 mod 11",
        forms=(Form(r"(?:PL ?)?[1-9][0-9]{2}-?[0-9]{3}-?[0-9]{2}-?[0-9]{2}", R, 0.65, Edge.NUMBER), Form(r"(?:PL ?)?[1-9][0-9]{2}-[0-9]{2}-[0-9]{2}-[0-9]{3}", R, 0.65, Edge.NUMBER)),
        check=_is_nip,
        words=("nip", "numer nip", "vat", "tax number", "vat ue"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PL_ID",
        title="Polish identity card",
        category="user.government_id.national_identification_number",
        citation="Rozporządzenie MSWiA on identity cards: weights 7-3-1-9-7-3-1-7-3",
        forms=(Form(r"[A-Z]{3} ?[0-9]{6}", R, 0.65, lead="[A-Z]", trigger="[A-Z] ?[0-9]{6}"),),
        check=_is_dowod,
        normalise=compact,
        words=("dowód", "dowód osobisty", "numer dowodu", "dowod osobisty", "seria i numer", "id card", "identity card"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CZ_RC",
        title="Czech or Slovak birth number",
        category="user.government_id.national_identification_number",
        citation="Zákon 133/2000 Sb. § 13: date, mod 11",
        forms=(Form(r"[0-9]{2}[0-8][0-9][0-3][0-9]/[0-9]{3,4}", B, 0.7, Edge.NUMBER), Form(r"[0-9]{2}[0-8][0-9][0-3][0-9]{4,5}", R, 0.6, Edge.NUMBER)),
        check=_is_rodne,
        normalise=digits,
        words=("rodné číslo", "rodne cislo", "rč", "rodné", "birth number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="RO_CNP",
        title="Romanian personal code (CNP)",
        category="user.government_id.national_identification_number",
        citation="Legea 105/1996: date, county, mod 11",
        forms=(Form(r"[1-8][0-9]{2}[01][0-9][0-3][0-9]{7}", N, 0.8, Edge.NUMBER),),
        check=_is_cnp,
        words=("cnp", "cod numeric personal", "personal code"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BG_EGN",
        title="Bulgarian personal number (EGN)",
        category="user.government_id.national_identification_number",
        citation="ESGRAON: date, weights mod 11 mod 10",
        forms=(Form(r"[0-9]{2}[0-5][0-9][0-3][0-9]{5}", R, 0.65, Edge.NUMBER),),
        check=_is_egn,
        words=("egn", "egn number", "единен граждански номер", "егн"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HR_OIB",
        title="Croatian personal number (OIB)",
        category="user.government_id.national_identification_number",
        citation="Zakon o osobnom identifikacijskom broju; ISO/IEC 7064 MOD 11,10",
        forms=(Form(r"HR ?[0-9]{11}", B, 0.8, check=lambda value: mod11_10(digits(value))), Form(r"[0-9]{11}", R, 0.65, Edge.NUMBER)),
        check=mod11_10,
        words=("oib", "osobni identifikacijski broj", "personal identification number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="SI_EMSO",
        title="EMŠO / JMBG",
        category="user.government_id.national_identification_number",
        citation="Zakon o centralnem registru prebivalstva: date, region, mod 11",
        forms=(Form(r"[0-3][0-9][01][0-9][089][0-9]{8}", B, 0.6, Edge.NUMBER),),
        check=_is_emso,
        words=("emšo", "emso", "jmbg", "matični broj", "matična številka"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HU_TAJ",
        title="Hungarian social security number (TAJ)",
        category="user.government_id.social_security",
        citation="1996. évi XX. törvény: weights 3-7 mod 10",
        forms=(Form(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=_is_taj,
        normalise=digits,
        words=("taj", "taj szám", "társadalombiztosítási", "taj number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="GR_AFM",
        title="Greek tax number (AFM)",
        category="user.government_id.tax",
        citation="AADE: powers of two mod 11 mod 10",
        forms=(Form(r"(?:(?:EL|GR) ?)?[0-9]{9}", R, 0.6, Edge.NUMBER),),
        check=_is_afm,
        words=("afm", "αφμ", "vat", "tax number", "α φ μ"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="GR_AMKA",
        title="Greek social security number (AMKA)",
        category="user.government_id.social_security",
        citation="Law 3655/2008: date, Luhn",
        forms=(Form(r"[0-3][0-9][01][0-9]{8}", R, 0.65, Edge.NUMBER),),
        check=lambda number: is_ddmmyy(number) and luhn(number),
        words=("amka", "αμκα"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="TR_NATIONAL_ID",
        title="Turkish identity number",
        category="user.government_id.national_identification_number",
        citation="Nüfus ve Vatandaşlık İşleri: two check digits",
        forms=(Form(r"[1-9][0-9]{10}", R, 0.65, Edge.NUMBER),),
        check=_is_tckn,
        words=("tckn", "kimlik", "t c kimlik", "tc kimlik no", "kimlik numarası", "tc kimlik"),
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
