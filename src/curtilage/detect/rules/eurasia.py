"""Russia, Ukraine, Turkey."""

from curtilage.detect.checksums import digits, is_monotone, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming import COMPANY_NUMBER, NATIONAL_ID, SOCIAL_SECURITY, TAX_NUMBER

_INN_LAST = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
_SNILS_UNCHECKED = 1_001_998  # PFR: numbers up to 001-001-998 have no check digits


def _is_inn(number: str) -> bool:
    """FNS order MMV-7-6/435: mod 11 mod 10, of a person's twelve digits two are checks."""
    if is_monotone(number):
        return False
    if len(number) == 10:
        return weighted_sum(number, _INN_LAST[2:]) % 11 % 10 == int(number[9])
    first = weighted_sum(number, _INN_LAST[1:]) % 11 % 10
    second = weighted_sum(number, _INN_LAST) % 11 % 10
    return first == int(number[10]) and second == int(number[11])


def _is_snils(number: str) -> bool:
    """PFR resolution 192p: weights 9 to 1 mod 101, where 100 is written 00."""
    check = weighted_sum(number, range(9, 0, -1)) % 101 % 100
    return int(number[:9]) > _SNILS_UNCHECKED and check == int(number[9:])


def _is_passport(value: str) -> bool:
    """Government resolution 828 of 1997: region, year of the form, number; years are not kept to."""
    number = digits(value)
    return number[:2] != "00" and not is_monotone(number)


def _is_rntrc(number: str) -> bool:
    """Ministry of Finance order 822 of 2017: weights -1,5,7,9,4,6,10,5,7 mod 11 mod 10."""
    total = weighted_sum(number, (-1, 5, 7, 9, 4, 6, 10, 5, 7))
    return not is_monotone(number) and total % 11 % 10 == int(number[9])


def _is_tckn(number: str) -> bool:
    """Nüfus: tenth digit from odd and even sums, eleventh from all."""
    odd, even = weighted_sum(number, (1, 0) * 4 + (1,)), weighted_sum(number, (0, 1) * 4)
    tenth = (7 * odd - even) % 10
    return (
        not is_monotone(number)
        and tenth == int(number[9])
        and (odd + even + tenth) % 10 == int(number[10])
    )


def _is_vkn(number: str) -> bool:
    """Gelir İdaresi: each digit and its place mod 10, times a power of two mod 9."""
    total = 0
    for place, char in enumerate(reversed(number[:9]), 1):
        moved = (int(char) + place) % 10
        total += (moved * 2**place % 9 or 9) if moved else 0
    return not is_monotone(number) and -total % 10 == int(number[9])


KINDS = (
    Kind(
        type="RU_INN",
        title="Russian taxpayer number (INN)",
        category="user.government_id.tax",
        citation="FNS order MMV-7-6/435: ten or twelve digits, mod 11 mod 10",
        forms=(Form(r"[0-9]{4}[ \-]?[0-9]{6}(?:[ \-]?[0-9]{2})?", R, 0.65, Edge.NUMBER),),
        check=_is_inn,
        normalise=digits,
        words=("инн", "inn", "номер инн", "идентификационный номер налогоплательщика", "russian tax number", "russian tax id", "russian tin", "russian inn", "taxpayer number"),
        loose=TAX_NUMBER + COMPANY_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="RU_SNILS",
        title="Russian insurance number (SNILS)",
        category="user.government_id.social_security",
        citation="PFR resolution 192p: weights 9 to 1 mod 101",
        forms=(
            Form(r"[0-9]{3}-[0-9]{3}-[0-9]{3}[ \-][0-9]{2}", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{2}", R, 0.65, Edge.NUMBER),
        ),
        check=_is_snils,
        normalise=digits,
        words=("снилс", "snils", "страховой номер", "номер снилс", "страховое свидетельство", "страховой номер индивидуального лицевого счёта", "russian social security", "russian insurance number", "russian snils"),
        loose=SOCIAL_SECURITY + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="RU_PASSPORT",
        title="Russian internal passport",
        category="user.government_id.passport_number",
        citation="Government resolution 828 of 1997: series of four digits, number of six",
        forms=(
            Form(r"[0-9]{2} ?[0-9]{2} [0-9]{6}", R, 0.6, Edge.NUMBER, alone=True),
            Form(
                r"[0-9]{2}[ \-]?[0-9]{2}(?:,? ?(?:№|N|No|номер) ?|[ \-])?[0-9]{6}",
                R,
                0.6,
                Edge.NUMBER,
                trigger=r"[0-9]{2}[ -]?[0-9]{2}[^0-9]{0,9}[0-9]{6}",
            ),
        ),
        check=_is_passport,
        words=("паспорт", "паспорта", "паспорт рф", "серия", "серия и номер", "паспортные данные", "паспорт гражданина", "pasport", "russian passport", "internal passport", "russian internal passport", "passport series", "passport", "passport number", "passport no"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="UA_RNTRC",
        title="Ukrainian taxpayer number (RNOKPP)",
        category="user.government_id.tax",
        citation="Ministry of Finance order 822 of 2017: weights mod 11 mod 10",
        forms=(Form(r"[0-9]{10}|[0-9]{5} [0-9]{5}|[0-9]{4} [0-9]{3} [0-9]{3}", R, 0.65, Edge.NUMBER),),
        check=_is_rntrc,
        normalise=digits,
        words=("рнокпп", "rnokpp", "rntrc", "іпн", "ipn", "інн", "ідентифікаційний код", "ідентифікаційний номер", "реєстраційний номер облікової картки платника податків", "податковий номер", "ukrainian tax number", "ukrainian tax id", "ukrainian tin", "individual tax number"),
        loose=TAX_NUMBER + NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="TR_NATIONAL_ID",
        title="Turkish identity number",
        category="user.government_id.national_identification_number",
        citation="Nüfus ve Vatandaşlık İşleri: two check digits",
        forms=(Form(r"[1-9][0-9]{2}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{2}|[1-9][0-9]{4} [0-9]{6}", R, 0.65, Edge.NUMBER),),
        check=_is_tckn,
        normalise=digits,
        words=("tckn", "tc no", "kimlik", "t c kimlik", "t.c. kimlik", "t.c. kimlik no", "tc kimlik no", "kimlik no", "kimlik numarası", "tc kimlik", "nüfus cüzdanı", "turkish id", "turkish national id", "turkish identity number", "turkish id number"),
        loose=NATIONAL_ID + TAX_NUMBER,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="TR_VKN",
        title="Turkish tax number (VKN)",
        category="user.government_id.tax",
        citation="Gelir İdaresi Başkanlığı: places and powers of two mod 9",
        forms=(Form(r"[0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3} [0-9]{3} [0-9]{2} [0-9]{2}", R, 0.65, Edge.NUMBER),),
        check=_is_vkn,
        normalise=digits,
        words=("vkn", "vergi no", "vergi numarası", "vergi kimlik", "vergi kimlik no", "vergi kimlik numarası", "vergi dairesi", "turkish tax number", "turkish tax id", "turkish vkn"),
        loose=TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
