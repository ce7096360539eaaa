"""Asia and the Pacific: identifiers by country.

India, China, Hong Kong, Taiwan, Japan, Korea, Singapore, Thailand, Israel, the Gulf,
Australia, New Zealand.
"""

from curtilage.detect.checksums import (
    BASE36,
    compact,
    digits,
    is_monotone,
    luhn,
    luhn_mod36,
    mod11_2,
    verhoeff,
    weighted_sum,
)
from curtilage.detect.dates import is_date, is_yyyymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

# What the letters of a Taiwanese number count (Household Registration Act): A is 10, I and O come late.
_TW_LETTERS = {char: value for value, char in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_NRIC_CHECK = {
    "S": "JZIHGFEDCBA",
    "T": "GFEDCBAJZIH",
    "F": "XWUTRQPNMLK",
    "G": "RQPNMLKXWUT",
    "M": "KLJNPQRTUWX",
}
_CN_REGIONS = frozenset(
    (
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    )
)


def _is_aadhaar(number: str) -> bool:
    """UIDAI: Verhoeff; no palindromes."""
    return number != number[::-1] and verhoeff(number)


def _is_pan(value: str) -> bool:
    return value[5:9] != "0000"


def _is_gstin(value: str) -> bool:
    """CBIC: state, PAN, Luhn over 36 characters."""
    return 1 <= int(value[:2]) <= 38 and luhn_mod36(value)


def _is_resident(value: str) -> bool:
    """GB 11643-1999: region, date, ISO/IEC 7064 MOD 11-2."""
    return int(value[:2]) in _CN_REGIONS and is_yyyymmdd(value[6:14]) and mod11_2(value.upper())


def _is_hkid(value: str) -> bool:
    """Immigration Department: weights 9 to 1, a missing letter counts 36, mod 11."""
    values = [36] * (9 - len(value)) + [BASE36.index(char) for char in value]
    return (
        sum(number * weight for number, weight in zip(values, range(9, 0, -1), strict=True)) % 11
        == 0
    )


def _taiwanese_sum(value: str) -> int:
    letter = _TW_LETTERS[value[0]]
    return letter // 10 + letter % 10 * 9 + weighted_sum(value[1:], (8, 7, 6, 5, 4, 3, 2, 1, 1))


def _is_taiwanese(value: str) -> bool:
    return _taiwanese_sum(value) % 10 == 0


def _is_taiwanese_alone(value: str) -> bool:
    """Without a naming word: not the sample A123456789 either."""
    return _is_taiwanese(value) and not is_monotone(value[2:])


def _is_my_number(number: str) -> bool:
    """Ministry ordinance 85/2014: weights 6-5-4-3-2-7-6-5-4-3-2 mod 11."""
    rest = weighted_sum(number, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return not is_monotone(number) and (0 if rest < 2 else 11 - rest) == int(number[11])


def _is_rrn(number: str) -> bool:
    """Date and the digit of sex and century; the check digit is random since October 2020."""
    century = {
        "1": 1900,
        "2": 1900,
        "5": 1900,
        "6": 1900,
        "3": 2000,
        "4": 2000,
        "7": 2000,
        "8": 2000,
        "9": 1800,
        "0": 1800,
    }[number[6]]
    year = century + int(number[:2])
    return is_date(max(year, 1875), int(number[2:4]), int(number[4:6]))


def _is_nric(value: str) -> bool:
    offset = {"T": 4, "G": 4, "M": 3}.get(value[0], 0)
    return (
        _NRIC_CHECK[value[0]][(weighted_sum(value[1:8], _NRIC_WEIGHTS) + offset) % 11] == value[8]
    )


def _is_thai(number: str) -> bool:
    check = (11 - weighted_sum(number, range(13, 1, -1)) % 11) % 10
    return number[0] != "0" and not is_monotone(number) and check == int(number[12])


def _is_emirati(number: str) -> bool:
    """784, a year of birth; Luhn is reported for it, not published, and so not asked for."""
    return is_date(int(number[3:7]), 1, 1)


def _is_tfn(number: str) -> bool:
    return not is_monotone(number) and weighted_sum(number, (1, 4, 3, 7, 5, 8, 6, 9, 10)) % 11 == 0


def _is_medicare(number: str) -> bool:
    return weighted_sum(number, (1, 3, 7, 9, 1, 3, 7, 9)) % 10 == int(number[8])


def _is_abn(number: str) -> bool:
    return (weighted_sum(number, (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)) - 10) % 89 == 0


def _is_ird(number: str) -> bool:
    """Inland Revenue, RWT and NRWT specification: two passes mod 11."""
    padded = number.rjust(9, "0")
    if not 10_000_000 < int(padded) < 150_000_000:
        return False
    check = -weighted_sum(padded, (3, 2, 7, 6, 5, 4, 3, 2)) % 11
    if check == 10:
        check = -weighted_sum(padded, (7, 4, 3, 2, 5, 2, 7, 6)) % 11
    return check == int(padded[8])


KINDS = (
    Kind(
        type="IN_AADHAAR",
        title="Indian Aadhaar",
        category="user.government_id.national_identification_number",
        citation="UIDAI: Verhoeff, first digit 2 to 9",
        forms=(Form(r"[2-9][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}", B, 0.7, Edge.NUMBER), Form(r"[2-9][0-9]{11}", R, 0.65, Edge.NUMBER)),
        check=_is_aadhaar,
        normalise=digits,
        words=("aadhaar", "aadhar", "uidai", "uid", "aadhaar number", "aadhaar card"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IN_PAN",
        title="Indian PAN",
        category="user.government_id.tax",
        citation="Income Tax Department: fourth letter is the kind of holder",
        forms=(Form(r"[A-Z]{3}[ABCFGHJLPTK][A-Z][0-9]{4}[A-Z]", B, 0.7),),
        check=_is_pan,
        words=("pan", "permanent account number", "pan card", "pan number", "income tax"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IN_GSTIN",
        title="Indian GSTIN",
        category="user.unique_id.organization",
        citation="CBIC: state, PAN, Luhn over 36 characters",
        forms=(Form(r"[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]", N, 0.95),),
        check=_is_gstin,
        words=("gstin", "gst", "gst number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="IN_VOTER",
        title="Indian voter id (EPIC)",
        category="user.government_id.national_identification_number",
        citation="Election Commission of India: Luhn",
        forms=(Form(r"[A-Z]{3}[0-9]{7}", R, 0.65),),
        check=lambda value: luhn(value[3:]),
        words=("voter", "voter id", "epic", "epic number", "election card"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CN_RIC",
        title="Chinese resident identity number",
        category="user.government_id.national_identification_number",
        citation="GB 11643-1999: region, date, MOD 11-2",
        forms=(Form(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]", N, 0.95, Edge.NUMBER),),
        check=_is_resident,
        words=("身份证", "resident identity", "id card", "identity number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HK_ID",
        title="Hong Kong identity card",
        category="user.government_id.national_identification_number",
        citation="Immigration Department: mod 11",
        forms=(Form(r"[A-Z]{1,2}[0-9]{6} ?[(][0-9A][)]", B, 0.85, Edge.HEAD), Form(r"[A-Z]{1,2}[0-9]{6}[0-9A]", R, 0.65)),
        check=_is_hkid,
        normalise=compact,
        words=("hkid", "hong kong id", "identity card", "身份證"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="TW_ID",
        title="Taiwanese identity number",
        category="user.government_id.national_identification_number",
        citation="Household Registration Act: letter value, weights mod 10",
        forms=(Form(r"[A-Z][1289][0-9]{8}", B, 0.6, check=_is_taiwanese_alone), Form(r"[A-Z][1289][0-9]{8}", R, 0.6)),
        check=_is_taiwanese,
        words=("身分證", "taiwan id", "national id", "arc number", "身分證字號"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="JP_MYNUMBER",
        title="Japanese My Number",
        category="user.government_id.national_identification_number",
        citation="Ministry ordinance 85/2014: mod 11",
        forms=(Form(r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{4}", R, 0.65, Edge.NUMBER),),
        check=_is_my_number,
        normalise=digits,
        words=("my number", "mynumber", "マイナンバー", "個人番号", "individual number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="KR_RRN",
        title="Korean resident registration number",
        category="user.government_id.national_identification_number",
        citation="Resident Registration Act: date, sex and century",
        forms=(Form(r"[0-9]{2}[01][0-9][0-3][0-9]-[0-9]{7}", B, 0.7, Edge.NUMBER), Form(r"[0-9]{2}[01][0-9][0-3][0-9]{8}", R, 0.6, Edge.NUMBER)),
        check=_is_rrn,
        normalise=digits,
        words=("rrn", "resident registration", "주민등록번호", "외국인등록번호", "alien registration"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="SG_NRIC_FIN",
        title="Singaporean NRIC or FIN",
        category="user.government_id.national_identification_number",
        citation="Immigration & Checkpoints Authority: weights 2-7-6-5-4-3-2 mod 11, letter tables",
        forms=(Form(r"[STFGM][0-9]{7}[A-Z]", N, 0.9),),
        check=_is_nric,
        words=("nric", "fin", "identity card", "ic number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="TH_TNIN",
        title="Thai national id",
        category="user.government_id.national_identification_number",
        citation="Department of Provincial Administration: weights 13 to 2 mod 11",
        forms=(Form(r"[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", B, 0.85, Edge.NUMBER), Form(r"[1-8][0-9]{12}", R, 0.65, Edge.NUMBER)),
        check=_is_thai,
        normalise=digits,
        words=("thai id", "national id", "citizen id", "บัตรประชาชน", "เลขประจำตัวประชาชน"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IL_ID",
        title="Israeli identity number",
        category="user.government_id.national_identification_number",
        citation="Population Registry: Luhn over nine digits",
        forms=(Form(r"[0-9]{7,8}-?[0-9]", R, 0.6, Edge.NUMBER),),
        check=lambda number: luhn(number.rjust(9, "0")) and not is_monotone(number),
        normalise=digits,
        words=("teudat zehut", "israeli id", "תעודת זהות", "zehut"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AE_EID",
        title="Emirates id",
        category="user.government_id.national_identification_number",
        citation="ICP, Emirates ID: 784 and the year of birth",
        forms=(Form(r"784-(?:19|20)[0-9]{2}-[0-9]{7}-[0-9]", N, 0.9, Edge.NUMBER), Form(r"784(?:19|20)[0-9]{2}[0-9]{8}", R, 0.7, Edge.NUMBER)),
        check=_is_emirati,
        normalise=digits,
        words=("emirates id", "eid", "uae id", "الهوية"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="AU_TFN",
        title="Australian tax file number",
        category="user.government_id.tax",
        citation="ATO: weights 1-4-3-7-5-8-6-9-10 mod 11",
        forms=(Form(r"[0-9]{3} ?[0-9]{3} ?[0-9]{2,3}", R, 0.65, Edge.NUMBER),),
        check=_is_tfn,
        normalise=digits,
        words=("tfn", "tax file number", "tax file"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AU_MEDICARE",
        title="Australian Medicare number",
        category="user.health_and_medical.insurance_id",
        citation="Services Australia: weights 1-3-7-9 mod 10",
        forms=(Form(r"[2-6][0-9]{3} [0-9]{5} [0-9](?:[ /][1-9])?", B, 0.6, Edge.NUMBER), Form(r"[2-6][0-9]{9}", R, 0.65, Edge.NUMBER)),
        check=_is_medicare,
        normalise=digits,
        words=("medicare", "medicare number", "medicare card"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AU_ABN",
        title="Australian business number",
        category="user.unique_id.organization",
        citation="ABR: mod 89",
        forms=(Form(r"[1-9][0-9] ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", R, 0.7, Edge.NUMBER),),
        check=_is_abn,
        normalise=digits,
        words=("abn", "australian business number", "business number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NZ_IRD",
        title="New Zealand IRD number",
        category="user.government_id.tax",
        citation="Inland Revenue: two passes mod 11",
        forms=(Form(r"[0-9]{2,3}-?[0-9]{3}-?[0-9]{3}|[0-9]{7}-[0-9]", R, 0.65, Edge.NUMBER),),
        check=_is_ird,
        normalise=digits,
        words=("ird", "ird number", "inland revenue"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
