"""Australia and New Zealand."""

from curtilage.detect.checksums import digits, is_monotone, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import ACCOUNT, COMPANY_ID, HEALTH_ID, TAX_ID

# New Zealand's banks by how their accounts are checked: weights over bank, branch, account and suffix, and two
# moduli. Inland Revenue, RWT and NRWT certificate specification, "Validating bank account numbers".
_NZ_WEIGHTS = {
    "A": ((0, 0, 6, 3, 7, 9, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0), 11, 11),
    "B": ((0, 0, 0, 0, 0, 0, 0, 10, 5, 8, 4, 2, 1, 0, 0, 0), 11, 11),
    "D": ((0, 0, 0, 0, 0, 0, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0), 11, 11),
    "E": ((0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1), 9, 11),
    "F": ((0, 0, 0, 0, 0, 0, 1, 7, 3, 1, 7, 3, 1, 0, 0, 0), 10, 10),
    "G": ((0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1), 9, 10),
    "X": ((0,) * 16, 1, 1),
}
_NZ_BANKS = {
    **dict.fromkeys((1, 2, 3, 4, 6, *range(10, 25), 27, 30, 35, 38), "A"),
    8: "D", 9: "E", 25: "F", 33: "F", 26: "G", 28: "G", 29: "G", 31: "X",
}  # fmt: skip
# Which branches each bank has: the same specification, and the register of Payments NZ.
_NZ_BRANCHES = {
    1: ((1, 999), (1100, 1199), (1800, 1899), (6150, 6150)), 2: ((1, 999), (1200, 1299), (2025, 2055)),
    3: ((1, 999), (1300, 1399), (1500, 1599), (1700, 1799), (1900, 1999), (5050, 5050), (7350, 7399)),
    4: ((2014, 2024),), 5: ((8884, 8889),), 6: ((1, 999), (1400, 1499)), 8: ((6500, 6599),), 9: ((0, 0),), 10: ((5165, 5169),),
    11: ((5000, 6499), (6600, 8999)), 12: ((3000, 3299), (3400, 3499), (3600, 3699)), 13: ((4900, 4999),), 14: ((4700, 4799),),
    15: ((3900, 3999),), 16: ((4400, 4499),), 17: ((3300, 3399),), 18: ((3500, 3599),), 19: ((4600, 4649),), 20: ((4100, 4199),),
    21: ((4800, 4899),), 22: ((4000, 4049),), 23: ((3700, 3799),), 24: ((4300, 4349),), 25: ((2500, 2599),), 26: ((2600, 2699),),
    27: ((3800, 3849),), 28: ((2100, 2149),), 29: ((2150, 2299),), 30: ((2900, 2949),), 31: ((2800, 2849),), 33: ((6700, 6799),),
    35: ((2400, 2499),), 38: ((9000, 9499),), 88: ((8800, 8805),),
}  # fmt: skip
_BIG_ACCOUNT = 990_000  # from here on the branch does not count
# The first two digits of a BSB: banks and their states, AusPayNet's register.
_BSB_BANKS = frozenset(
    (
        *range(1, 20),
        *range(20, 24),
        *range(30, 40),
        *range(40, 50),
        *range(51, 86),
        *range(87, 95),
    )
)


def _is_tfn(number: str) -> bool:
    return not is_monotone(number) and weighted_sum(number, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def _is_medicare(number: str) -> bool:
    return weighted_sum(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8])


def _is_abn(number: str) -> bool:
    return (weighted_sum(number, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def _is_acn(number: str) -> bool:
    """ASIC: weights 8 to 1, complement of the sum mod 10."""
    check = -weighted_sum(number, range(8, 0, -1)) % 10
    return not is_monotone(number) and check == int(number[8])


def _is_ird(number: str) -> bool:
    """Inland Revenue, RWT and NRWT specification: two passes mod 11."""
    padded = number.rjust(9, "0")
    if not 10_000_000 < int(padded) < 150_000_000:
        return False
    check = -weighted_sum(padded, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if check == 10:
        check = -weighted_sum(padded, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return check == int(padded[8])


def _nz_parts(value: str) -> str:
    """Bank, branch, account and suffix, each padded to its length, where they are apart."""
    parts = value.replace(" ", "-").split("-")
    if len(parts) != 4:
        number = digits(value)
        return number[:13] + number[13:].zfill(3)
    return "".join(part.zfill(size) for part, size in zip(parts, (2, 4, 7, 3), strict=True))


def _is_nz_account(number: str) -> bool:
    bank, branch = int(number[:2]), int(number[2:6])
    if not any(first <= branch <= last for first, last in _NZ_BRANCHES.get(bank, ())):
        return False
    scheme = _NZ_BANKS.get(bank, "X")
    if scheme == "A" and int(number[6:13]) >= _BIG_ACCOUNT:
        scheme = "B"
    weights, inner, outer = _NZ_WEIGHTS[scheme]
    products = (weight * int(char) for weight, char in zip(weights, number, strict=True))
    return (
        sum(each % inner if each > inner else each for each in products) % outer == 0
        and int(number[6:13]) != 0
    )


KINDS = (
    Kind(
        type="AU_TFN",
        title="Australian tax file number",
        category="user.government_id.tax",
        citation="ATO: weights 1-4-3-7-5-8-6-9-10 mod 11",
        forms=(Form(r"[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{2,3}", R, 0.65, Edge.NUMBER),),
        check=_is_tfn,
        normalise=digits,
        words=("tfn", "tax file number", "tax file", "tax file no", "ato"),
        loose=TAX_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AU_MEDICARE",
        title="Australian Medicare number",
        category="user.health_and_medical.insurance_id",
        citation="Services Australia: weights 1-3-7-9 mod 10",
        forms=(
            Form(r"[2-6][0-9]{3}[ \-][0-9]{5}[ \-][0-9](?:[ /\-][1-9])?", B, 0.6, Edge.NUMBER),
            Form(r"[2-6][0-9]{9}(?:[/\-]?[1-9])?", R, 0.65, Edge.NUMBER),
        ),
        check=_is_medicare,
        normalise=digits,
        words=("medicare", "medicare number", "medicare card", "medicare no", "medicare card number", "irn"),
        loose=HEALTH_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AU_ABN",
        title="Australian business number",
        category="user.unique_id.organization",
        citation="ABR: mod 89",
        forms=(Form(r"[1-9][0-9][ .\-]?[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.7, Edge.NUMBER),),
        check=_is_abn,
        normalise=digits,
        words=("abn", "australian business number", "business number", "australian business register"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="AU_ACN",
        title="Australian company number",
        category="user.unique_id.organization",
        citation="ASIC, Corporations Regulations 2001: weights 8 to 1 mod 10",
        forms=(Form(r"[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=_is_acn,
        normalise=digits,
        words=("acn", "australian company number", "company number", "asic"),
        loose=COMPANY_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AU_BSB",
        title="Australian bank, state and branch (BSB), with an account",
        category="user.financial.bank_account",
        citation="AusPayNet, BSB numbers: two digits of the bank, one of the state",
        forms=(
            Form(r"[0-9]{3}[ \-][0-9]{3}(?:,? (?:[Aa]cc(?:oun)?t?[.:]? ?(?:[Nn]o[.:]? ?)?)?[0-9]{2,4}[ \-]?[0-9]{2,4}(?:[ \-]?[0-9]{1,4})?)?", R, 0.6, Edge.NUMBER),
            Form(r"[0-9]{3}-[0-9]{3} [0-9]{6,9}", R, 0.6, Edge.NUMBER, alone=True),
            Form(r"[0-9]{6}", R, 0.5, Edge.NUMBER),
        ),
        check=lambda number: int(number[:2]) in _BSB_BANKS and not is_monotone(number),
        normalise=digits,
        words=("bsb", "bsb number", "bsb no", "bsb code", "bank state branch", "branch code"),
        loose=ACCOUNT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="NZ_IRD",
        title="New Zealand IRD number",
        category="user.government_id.tax",
        citation="Inland Revenue: two passes mod 11",
        forms=(Form(r"[0-9]{2,3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}|[0-9]{7,8}-[0-9]", R, 0.65, Edge.NUMBER),),
        check=_is_ird,
        normalise=digits,
        words=("ird", "ird number", "ird no", "inland revenue", "te tari taake"),
        loose=TAX_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="NZ_BANK",
        title="New Zealand bank account",
        category="user.financial.bank_account",
        citation="Inland Revenue, RWT and NRWT specification: a scheme for each bank",
        forms=(
            Form(r"[0-38][0-9]([ \-])[0-9]{4}[ \-][0-9]{6,7}[ \-][0-9]{2,3}", B, 0.65, Edge.NUMBER),
            Form(r"[0-3][0-9]{14,15}", R, 0.5, Edge.NUMBER),
        ),
        check=_is_nz_account,
        normalise=_nz_parts,
        words=("nz account", "nz bank account", "new zealand account"),
        loose=ACCOUNT,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
