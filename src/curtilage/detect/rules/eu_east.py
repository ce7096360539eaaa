"""The east of the European Union: Poland to Greece, Czechia to Bulgaria."""

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
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    NATIONAL_ID,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    VAT_NUMBER,
)

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
    "9": 1900,  # foreigners
}


def _dated(year: int, month: int, day: int, centuries: dict[int, int]) -> bool:
    """A month that carries its century: 20 added for the 2000s, and so on."""
    shift = month - (month - 1) % 20 - 1
    return shift in centuries and is_date(centuries[shift] + year, month - shift, day)


def _is_pesel(number: str) -> bool:
    """Ustawa o ewidencji ludności art. 15: weights 1,3,7,9, century in the month."""
    dated = _dated(int(number[:2]), int(number[2:4]), int(number[4:6]), _PESEL_CENTURIES)
    return dated and -weighted_sum(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10 == int(number[10])


def is_nip(value: str) -> bool:
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


def is_rodne(number: str) -> bool:
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


def is_cnp(number: str) -> bool:
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


def is_egn(number: str) -> bool:
    """ESGRAON: 40 added to the month in the 2000s, 20 in the 1800s."""
    dated = _dated(
        int(number[:2]), int(number[2:4]), int(number[4:6]), {0: 1900, 20: 1800, 40: 2000}
    )
    return dated and weighted_sum(number, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == int(number[9])


def _is_emso(number: str) -> bool:
    """Zakon o centralnem registru prebivalstva: date with three digits of the year."""
    year = int(number[4:7]) + (1000 if number[4] == "9" or number[4] == "8" else 2000)
    check = -weighted_sum(number, (7, 6, 5, 4, 3, 2) * 2) % 11 % 10
    return is_date(year, int(number[2:4]), int(number[:2])) and check == int(number[12])


def _is_taj(number: str) -> bool:
    return weighted_sum(number, (3, 7) * 4) % 10 == int(number[8])


def is_afm(value: str) -> bool:
    number = digits(value)
    return number != "000000000" and weighted_sum(
        number, (256, 128, 64, 32, 16, 8, 4, 2)
    ) % 11 % 10 == int(number[8])


def _is_regon(number: str) -> bool:
    """GUS: weights 8,9,2,3,4,5,6,7 mod 11; of fourteen digits the last has weights of its own."""
    first = weighted_sum(number, (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10
    last = weighted_sum(number, (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10
    return (
        first == int(number[8])
        and not is_monotone(number)
        and (len(number) == 9 or last == int(number[13]))
    )


def is_cui(number: str) -> bool:
    """Codul fiscal, CUI: weights 7,5,3,2,1,7,5,3,2 mod 11 mod 10."""
    total = weighted_sum(number[:-1].zfill(9), (7, 5, 3, 2, 1, 7, 5, 3, 2))
    return number[0] != "0" and total * 10 % 11 % 10 == int(number[-1])


def _is_hungarian_tax(number: str) -> bool:
    """2017. évi CL. törvény (Art.) annex 1: weights 1 to 9 mod 11."""
    return weighted_sum(number, range(1, 10)) % 11 == int(number[9])


_BIRTH_NUMBER = (
    "rodné číslo",
    "rodne cislo",
    "rodného čísla",
    "rodným číslem",
    "rodným číslom",
    "rodné",
    "birth number",
)  # in both countries

KINDS = (
    Kind(
        type="PL_PESEL",
        title="Polish PESEL",
        category="user.government_id.national_identification_number",
        citation="Ustawa o ewidencji ludności art. 15: date, weights 1-3-7-9",
        forms=(Form(r"[0-9]{6}[ \-]?[0-9]{5}", R, 0.65, Edge.NUMBER),),
        check=_is_pesel,
        normalise=digits,
        words=("pesel", "numer pesel", "nr pesel", "peselu", "personal number", "polish id", "polish id number", "polish national id", "polish personal number", "polish pesel"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="PL_NIP",
        title="Polish tax number (NIP)",
        category="user.government_id.tax",
        citation="Ordynacja podatkowa: weights 6-5-7-2-3-4-5-6-7 mod 11",
        forms=(
            Form(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{2}[ \-]?[0-9]{2}", R, 0.65, Edge.NUMBER),
            Form(r"[0-9]{3}[ \-][0-9]{2}[ \-][0-9]{2}[ \-][0-9]{3}", R, 0.65, Edge.NUMBER),
            Form(r"PL ?[0-9]{3}-?[0-9]{3}-?[0-9]{2}-?[0-9]{2}|PL ?[0-9]{3}-[0-9]{2}-[0-9]{2}-[0-9]{3}", R, 0.7),
        ),
        check=is_nip,
        words=("nip", "numer nip", "nr nip", "nip ue", "numer identyfikacji podatkowej", "polish tax number", "polish tax id", "polish nip", "polish vat", "polish vat number"),
        loose=TAX_NUMBER + VAT_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PL_REGON",
        title="Polish company number (REGON)",
        category="user.unique_id.organization",
        citation="GUS, Rozporządzenie Rady Ministrów on REGON: weights mod 11 mod 10",
        forms=(Form(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}(?:[ \-]?[0-9]{5})?|[0-9]{2}-?[0-9]{7}", R, 0.65, Edge.NUMBER),),
        check=_is_regon,
        normalise=digits,
        words=("regon", "numer regon", "nr regon", "regonu", "polish company number", "polish regon", "polish business number"),
        loose=COMPANY_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PL_ID",
        title="Polish identity card",
        category="user.government_id.national_identification_number",
        citation="Rozporządzenie MSWiA on identity cards: weights 7-3-1-9-7-3-1-7-3",
        forms=(Form(r"[A-Z]{3}[ \-]?[0-9]{6}|[A-Z]{3} [0-9]{3} [0-9]{3}", R, 0.65, lead="[A-Z]", trigger="[A-Z][ -]?[0-9]{6}|[A-Z] [0-9]{3} [0-9]{3}"),),
        check=_is_dowod,
        normalise=compact,
        words=("dowód", "dowód osobisty", "dowodu osobistego", "numer dowodu", "nr dowodu", "dowod osobisty", "seria i numer", "seria i numer dowodu", "polish id card", "polish identity card"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CZ_RC",
        title="Czech birth number",
        category="user.government_id.national_identification_number",
        citation="Zákon 133/2000 Sb. § 13: date, mod 11",
        forms=(Form(r"[0-9]{2}[0-8][0-9][0-3][0-9]/[0-9]{3,4}", B, 0.7, Edge.NUMBER), Form(r"[0-9]{2}[0-8][0-9][0-3][0-9][ /\-]?[0-9]{3,4}", R, 0.6, Edge.NUMBER)),
        check=is_rodne,
        normalise=digits,
        words=("české rodné číslo", "rodné číslo čr", "czech birth no", "czech birth number", "czech personal number", "czech national id", "czech id"),
        loose=(*_BIRTH_NUMBER, *NATIONAL_ID, *SOCIAL_SECURITY),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SK_RC",
        title="Slovak birth number",
        category="user.government_id.national_identification_number",
        citation="Zákon 301/1995 Z. z.: date, mod 11",
        forms=(Form(r"[0-9]{2}[0-8][0-9][0-3][0-9][ /\-]?[0-9]{3,4}", R, 0.6, Edge.NUMBER),),
        check=is_rodne,
        normalise=digits,
        words=("slovenské rodné číslo", "slovak birth number", "slovak rodné číslo", "slovak personal number", "slovak national id", "slovak id", "slovensko", "slovak", "slovakia", "rodné číslo sr"),
        loose=("rodné číslo", "rodného čísla", "rodným číslom", "birth number", *NATIONAL_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HU_TAJ",
        title="Hungarian social security number (TAJ)",
        category="user.government_id.social_security",
        citation="1996. évi XX. törvény: weights 3-7 mod 10",
        forms=(Form(r"[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=_is_taj,
        normalise=digits,
        words=("taj", "taj szám", "tajszám", "taj kártya", "társadalombiztosítási", "társadalombiztosítási azonosító jel", "taj number", "hungarian social security", "hungarian social security number"),
        loose=SOCIAL_SECURITY,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="HU_TAX",
        title="Hungarian personal tax number",
        category="user.government_id.tax",
        citation="2017. évi CL. törvény annex 1: 8 and weights 1 to 9 mod 11",
        forms=(Form(r"8[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}|8[0-9]{2} ?[0-9]{3} ?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_hungarian_tax,
        normalise=digits,
        words=("adóazonosító", "adóazonosító jel", "adóazonosító jele", "adójel", "adószám", "adókártya", "nav azonosító", "hungarian tax number", "hungarian tax id", "hungarian tin"),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="RO_CNP",
        title="Romanian personal code (CNP)",
        category="user.government_id.national_identification_number",
        citation="Legea 105/1996: date, county, mod 11",
        forms=(Form(r"[1-9][ \-]?[0-9]{2}[01][0-9][0-3][0-9][ \-]?[0-9]{2}[ \-]?[0-9]{4}", N, 0.8, Edge.NUMBER),),
        check=is_cnp,
        normalise=digits,
        words=("cnp", "cod numeric personal", "codul numeric personal", "romanian personal code", "romanian cnp", "romanian national id", "romanian id"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BG_EGN",
        title="Bulgarian personal number (EGN)",
        category="user.government_id.national_identification_number",
        citation="ESGRAON: date, weights mod 11 mod 10",
        forms=(Form(r"[0-9]{2}[0-5][0-9][0-3][0-9][ \-]?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=is_egn,
        normalise=digits,
        words=("bulgarian civil number", "civil number", "egn", "egn number", "единен граждански номер", "егн", "uniform civil number", "bulgarian egn", "bulgarian national id", "bulgarian personal number", "bulgarian id"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HR_OIB",
        title="Croatian personal number (OIB)",
        category="user.government_id.national_identification_number",
        citation="Zakon o osobnom identifikacijskom broju; ISO/IEC 7064 MOD 11,10",
        forms=(Form(r"HR ?[0-9]{11}", B, 0.8), Form(r"[0-9]{11}|[0-9]{3} [0-9]{4} [0-9]{4}|[0-9]{3} [0-9]{3} [0-9]{3} [0-9]{2}", R, 0.65, Edge.NUMBER)),
        check=lambda value: mod11_10(digits(value)) and not is_monotone(digits(value)),
        words=("croatian pin", "oib", "oib broj", "osobni identifikacijski broj", "osobni identifikacioni broj", "personal identification number", "croatian oib", "croatian id", "croatian national id", "croatian personal number"),
        loose=NATIONAL_ID + TAX_NUMBER + VAT_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="SI_EMSO",
        title="EMŠO / JMBG",
        category="user.government_id.national_identification_number",
        citation="Zakon o centralnem registru prebivalstva: date, region, mod 11",
        forms=(Form(r"[0-3][0-9][01][0-9][089][0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]", B, 0.6, Edge.NUMBER),),
        check=_is_emso,
        normalise=digits,
        words=("emšo", "emso", "jmbg", "jmb", "матични број", "јмбг", "единствен матичен број", "ембг", "embg", "matični broj", "matična številka", "jedinstveni matični broj", "slovenian id", "slovenian personal number", "serbian jmbg", "unique master citizen number", "bosnian id", "serbian id"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="GR_AFM",
        title="Greek tax number (AFM)",
        category="user.government_id.tax",
        citation="AADE: powers of two mod 11 mod 10",
        forms=(Form(r"EL ?[0-9]{9}", N, 0.85), Form(r"[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.6, Edge.NUMBER)),
        check=is_afm,
        words=("afm", "αφμ", "α φ μ", "αριθμός φορολογικού μητρώου", "greek tax number", "greek tax id", "greek afm", "greek vat", "greek vat number", "greek tin", *VAT_NUMBER),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="GR_AMKA",
        title="Greek social security number (AMKA)",
        category="user.government_id.social_security",
        citation="Law 3655/2008: date, Luhn",
        forms=(Form(r"[0-3][0-9][01][0-9]{3}[ \-]?[0-9]{5}", R, 0.65, Edge.NUMBER),),
        check=lambda number: is_ddmmyy(number) and luhn(number),
        normalise=digits,
        words=("amka", "αμκα", "α μ κ α", "αριθμός μητρώου κοινωνικής ασφάλισης", "greek social security", "greek social security number", "greek amka"),
        loose=SOCIAL_SECURITY + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
