"""VAT numbers of the European Union, Northern Ireland, Switzerland and Norway."""

import re
from collections.abc import Callable, Mapping

from curtilage.detect.checksums import BASE36, compact, digits, luhn, mod11_10, weighted_sum
from curtilage.detect.models import B, Form, Kind, N, R, Strength
from curtilage.detect.naming import VAT_ABROAD, VAT_NUMBER
from curtilage.detect.rules.eu_dach import cross_sum, is_uid
from curtilage.detect.rules.eu_east import is_afm, is_cnp, is_cui, is_egn, is_nip, is_rodne
from curtilage.detect.rules.eu_north import is_latvian
from curtilage.detect.rules.eu_south import is_piva, is_portuguese, is_spanish
from curtilage.detect.rules.eu_west import is_btw, is_tva
from curtilage.detect.rules.uk import is_irish_vat, is_vat

LONGEST = 14  # letters and digits without the country: Norway's and Switzerland's with their ending
_SEPARATORS = " .-/"
_CYPRUS_ODD = (1, 0, 5, 7, 9, 13, 15, 17, 19, 21)


def _mod11(weights: tuple[int, ...]) -> Callable[[str], bool]:
    return lambda number: number[0] != "0" and weighted_sum(number, weights) % 11 == 0


def _is_austrian(value: str) -> bool:
    """BMF, UID-Nummer: 96 less the cross sums of digits of which each second is doubled."""
    return (96 - cross_sum(value[1:8], (1, 2, 1, 2, 1, 2, 1))) % 10 == int(value[8])


def _is_belgian(number: str) -> bool:
    """Crossroads Bank for Enterprises: 97 - n mod 97; nine digits have a 0 before them."""
    return int(number[:-2]) > 0 and (int(number[:-2]) + int(number[-2:])) % 97 == 0


def _is_bulgarian(number: str) -> bool:
    """NRA: EIK of nine digits; EGN, a foreigner's number or another of ten."""
    if len(number) == 9:
        check = weighted_sum(number, range(1, 9)) % 11
        if check == 10:
            check = weighted_sum(number, range(3, 11)) % 11 % 10
        return check == int(number[8])
    foreign = weighted_sum(number, (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10
    other = -weighted_sum(number, (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return is_egn(number) or int(number[9]) in (foreign, other)


def _is_cypriot(value: str) -> bool:
    odd = sum(_CYPRUS_ODD[int(char)] for char in value[:8:2])
    total = odd + sum(int(char) for char in value[1:8:2])
    return value[:2] != "12" and BASE36[10 + total % 26] == value[8]


def _is_czech(number: str) -> bool:
    """DIČ: eight digits for bodies, nine with a 6 for special cases, else a birth number."""
    if len(number) == 8:
        check = (11 - weighted_sum(number, range(8, 1, -1)) % 11) % 11
        return number[0] != "9" and (check or 1) % 10 == int(number[7])
    if len(number) == 9 and number[0] == "6":
        check = weighted_sum(number[1:8], range(8, 1, -1)) % 11
        return (8 - (10 - check) % 11) % 10 == int(number[8])
    return is_rodne(number)


def _is_lithuanian(number: str) -> bool:
    """VMI: two passes of mod 11, and a 1 before the last digit."""
    body = number[:-1]
    check = sum((1 + place % 9) * int(char) for place, char in enumerate(body)) % 11
    if check == 10:
        check = sum((1 + (place + 2) % 9) * int(char) for place, char in enumerate(body)) % 11
    return number[-2] == "1" and check % 10 == int(number[-1])


def _is_latvian(number: str) -> bool:
    """VID: bodies begin with 4 to 9."""
    if number[0] > "3":
        return weighted_sum(number, (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)) % 11 == 3
    return is_latvian(number)


def _is_slovak(number: str) -> bool:
    return is_rodne(number) or (
        number[0] != "0" and number[2] in "234789" and int(number) % 11 == 0
    )


def _is_slovenian(number: str) -> bool:
    check = 11 - weighted_sum(number, range(8, 1, -1)) % 11
    return number[0] != "0" and check != 11 and check % 10 == int(number[7])


def _is_norwegian(value: str) -> bool:
    return weighted_sum(value, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


_Check = Callable[[str], bool]
# What follows the country: a shape, and its check. Sources: the European Commission's VIES
# page on formats; each check as its country publishes it.
_COUNTRIES: Mapping[str, tuple[str, _Check]] = {
    "AT": ("U[0-9]{8}", _is_austrian),
    "BE": ("[01]?[0-9]{9}", _is_belgian),
    "BG": ("[0-9]{9,10}", _is_bulgarian),
    "CY": ("[0-9]{8}[A-Z]", _is_cypriot),
    "CZ": ("[0-9]{8,10}", _is_czech),
    "DE": ("[1-9][0-9]{8}", mod11_10),
    "DK": ("[0-9]{8}", _mod11((2, 7, 6, 5, 4, 3, 2, 1))),
    "EE": ("[0-9]{9}", lambda number: weighted_sum(number, (3, 7, 1) * 3) % 10 == 0),
    "EL": ("[0-9]{9}", is_afm),
    "ES": ("[0-9A-Z][0-9]{7}[0-9A-Z]", is_spanish),
    "FI": ("[0-9]{8}", lambda number: weighted_sum(number, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0),
    "FR": ("[0-9A-HJ-NP-Z]{2}[0-9]{9}", is_tva),
    "HR": ("[0-9]{11}", mod11_10),
    "HU": ("[0-9]{8}", lambda number: weighted_sum(number, (9, 7, 3, 1) * 2) % 10 == 0),
    "IE": ("[0-9][0-9A-Z+*][0-9]{5}[A-W][A-IW]?", is_irish_vat),
    "IT": ("[0-9]{11}", is_piva),
    "LT": ("[0-9]{9}(?:[0-9]{3})?", _is_lithuanian),
    "LU": ("[0-9]{8}", lambda number: int(number[:6]) % 89 == int(number[6:])),
    "LV": ("[0-9]{11}", _is_latvian),
    "MT": ("[1-9][0-9]{7}", lambda number: weighted_sum(number, (3, 4, 6, 7, 8, 9, 10, 1)) % 37 == 0),
    "NL": ("[0-9]{9}B[0-9]{2}", is_btw),
    "PL": ("[0-9]{10}", is_nip),
    "PT": ("[0-9]{9}", is_portuguese),
    "RO": ("[1-9][0-9]{1,9}|[1-8][0-9]{12}", lambda number: is_cnp(number) if len(number) == 13 else is_cui(number)),
    "SE": ("[0-9]{10}01", lambda number: luhn(number[:10])),
    "SI": ("[0-9]{8}", _is_slovenian),
    "SK": ("[0-9]{10}", _is_slovak),
    "XI": ("[0-9]{9}(?:[0-9]{3})?|(?:GD|HA)[0-9]{3}", is_vat),
    "CH": ("E[0-9]{9}(?:MWST|TVA|IVA)", is_uid),
    "NO": ("[89][0-9]{8}MVA", _is_norwegian),
}  # fmt: skip
_SHAPES = {country: re.compile(shape) for country, (shape, _) in _COUNTRIES.items()}


def vat_length(text: str) -> int:
    """How many characters of `text`, separators included, are a valid VAT number; 0 for none."""
    shape = _SHAPES.get(text[:2])
    value, ends = "", [2]
    for place, char in enumerate(text[2:], 3):
        if char not in _SEPARATORS:
            value += char
            ends.append(place)
    if shape is None:
        return 0
    for length in range(min(len(value), LONGEST), 1, -1):
        end, part = ends[length], value[:length]
        is_whole = end == len(text) or not text[end].isalnum()
        if is_whole and shape.fullmatch(part) and _COUNTRIES[text[:2]][1](part):
            return end
    return 0


_PREFIXES = "AT ?U|BE|BG|CY|CZ|DE|DK|EE|EL|ES ?[A-Z]?|FI|FR ?[0-9A-HJ-NP-Z]{0,2}|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI"
_LOWER_PREFIXES = _PREFIXES.lower()

KINDS = (
    Kind(
        type="EU_VAT",
        title="VAT number of a country in Europe",
        category="user.government_id.tax",
        citation="European Commission, VIES: formats by country; each country's check",
        forms=(
            Form(rf"(?:{_PREFIXES})[ \-]?[0-9](?:[ .\-]?[0-9A-Z]){{5,12}}", B, 0.75, trim=vat_length, trigger=rf"(?:{_PREFIXES})[ \-]?[0-9](?:[ .\-]?[0-9A-Z]){{5,}}"),
            Form(rf"(?:{_LOWER_PREFIXES})[ \-]?[0-9](?:[ .\-]?[0-9a-z]){{5,12}}", R, 0.6, trim=lambda text: vat_length(text.upper())),
            Form(r"CHE-?[0-9]{3}[. ]?[0-9]{3}[. ]?[0-9]{3} (?:MWST|TVA|IVA)", N, 0.9, check=lambda value: is_uid(compact(value))),
            Form(r"(?:NO ?)?[89][0-9]{2} ?[0-9]{3} ?[0-9]{3} ?MVA", N, 0.9, check=lambda value: _is_norwegian(digits(value))),
        ),
        words=(*VAT_NUMBER, *VAT_ABROAD, "eu vat", "eu vat number"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
