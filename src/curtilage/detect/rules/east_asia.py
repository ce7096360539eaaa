"""China, Hong Kong, Taiwan, Japan, Korea."""

from curtilage.detect.checksums import (
    BASE36,
    compact,
    digits,
    is_monotone,
    mod11_2,
    weighted_sum,
)
from curtilage.detect.dates import is_date, is_yyyymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming_world import COMPANY_ID, NATIONAL_ID, TAX_ID

# What the letters of a Taiwanese number count (Household Registration Act): A is 10, I and O come late.
_TW_LETTERS = {char: value for value, char in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", 10)}
_CN_REGIONS = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)  # fmt: skip
_USCC = {char: value for value, char in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_USCC_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_RRN_RANDOM = (2020, 10, 5)
# The seventh digit says the sex and the century, and of foreigners too.
_RRN_CENTURIES = dict(zip("1256347890", (1900,) * 4 + (2000,) * 4 + (1800,) * 2, strict=True))


def _is_resident(value: str) -> bool:
    """GB 11643-1999: region, date, ISO/IEC 7064 MOD 11-2."""
    return int(value[:2]) in _CN_REGIONS and is_yyyymmdd(value[6:14]) and mod11_2(value)


def _is_uscc(value: str) -> bool:
    """GB 32100-2015: 31 characters, powers of 3 mod 31."""
    total = sum(
        _USCC[char] * weight for char, weight in zip(value[:17], _USCC_WEIGHTS, strict=True)
    )
    return -total % 31 == _USCC[value[17]]


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


def _is_corporate_number(number: str) -> bool:
    """Ministry of Finance ordinance 70/2014: 1 and 2 in turn, 9 less the rest mod 9."""
    total = weighted_sum(number[:0:-1], (1, 2) * 6)
    return not is_monotone(number) and 9 - total % 9 == int(number[0])


def _is_rrn(number: str) -> bool:
    """Date, sex and century; the last six digits are random since October 2020.

    So the check digit is asked of those whose birth was registered before, and not
    of foreigners, whose numbers are of the day that they came.
    """
    year = _RRN_CENTURIES[number[6]] + int(number[:2])
    birth = (max(year, 1875), int(number[2:4]), int(number[4:6]))
    if not is_date(*birth):
        return False
    check = (11 - weighted_sum(number, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)) % 11) % 10
    is_random = birth >= _RRN_RANDOM or number[6] in "5678"
    return is_random or check == int(number[12])


def _is_brn(number: str) -> bool:
    """National Tax Service: weights 1-3-7-1-3-7-1-3-5, tens of the last product, mod 10."""
    total = weighted_sum(number, (1, 3, 7, 1, 3, 7, 1, 3, 5)) + int(number[8]) * 5 // 10
    issued = number[:3] >= "101" and number[3:5] != "00" and number[5:9] != "0000"
    return issued and -total % 10 == int(number[9])


KINDS = (
    Kind(
        type="CN_RIC",
        title="Chinese resident identity number",
        category="user.government_id.national_identification_number",
        citation="GB 11643-1999: region, date, MOD 11-2",
        forms=(
            Form(r"[1-8][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]", N, 0.95, Edge.NUMBER),
            Form(r"[1-8][0-9]{5}[ \-](?:19|20)[0-9]{2}[ \-]?[01][0-9][ \-]?[0-3][0-9][ \-][0-9]{3}[0-9Xx]", B, 0.85, Edge.NUMBER),
        ),
        check=_is_resident,
        normalise=compact,
        words=("身份证", "身份证号", "居民身份证", "公民身份号码", "resident identity", "resident id", "resident identity card", "chinese id", "id card", "identity number", "shenfenzheng"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="CN_USCC",
        title="Chinese unified social credit code",
        category="user.unique_id.organization",
        citation="GB 32100-2015: department, region, mod 31",
        forms=(
            Form(r"[1-9ANY][1-59][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}", B, 0.7),
            Form(r"[1-9ANY][1-59][0-9]{6}[ \-][0-9A-HJ-NPQRTUWXY]{9}[ \-]?[0-9A-HJ-NPQRTUWXY]|[1-9any][1-59][0-9]{6}[0-9a-hj-npqrtuwxy]{10}", R, 0.65),
        ),
        check=_is_uscc,
        normalise=compact,
        words=("统一社会信用代码", "社会信用代码", "uscc", "unified social credit", "unified social credit code", "social credit code", "uscc number", "营业执照"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="HK_ID",
        title="Hong Kong identity card",
        category="user.government_id.national_identification_number",
        citation="Immigration Department: mod 11",
        forms=(
            Form(r"[A-Za-z]{1,2} ?[0-9]{6} ?[(][0-9Aa][)]", B, 0.85, Edge.HEAD),
            Form(r"[A-Z]{1,2}[0-9]{6}[ \-]?[0-9A]|[a-z]{1,2}[0-9]{6}[0-9a]|[A-Z]{1,2} [0-9]{3} ?[0-9]{3} ?[0-9A]", R, 0.65),
        ),
        check=_is_hkid,
        normalise=compact,
        words=("hkid", "hkid number", "hkid card", "hong kong id", "hong kong identity", "identity card", "身份證", "香港身份證", "香港身份证"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="TW_ID",
        title="Taiwanese identity number",
        category="user.government_id.national_identification_number",
        citation="Household Registration Act: letter value, weights mod 10",
        forms=(
            Form(r"[A-Z][1289][0-9]{8}", B, 0.6, check=_is_taiwanese_alone),
            Form(r"[A-Z][ \-]?[1289][0-9]{8}|[a-z][1289][0-9]{8}", R, 0.6),
        ),
        check=_is_taiwanese,
        normalise=compact,
        words=("身分證", "taiwan id", "taiwanese id", "national id", "arc number", "身分證字號", "國民身分證", "統一編號", "居留證"),
        loose=NATIONAL_ID,
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
        words=("my number", "my number card", "mynumber", "マイナンバー", "個人番号", "individual number", "kojin bango"),
        loose=(*NATIONAL_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="JP_CN",
        title="Japanese corporate number",
        category="user.unique_id.organization",
        citation="Ministry of Finance ordinance 70/2014: 1 and 2 in turn, mod 9",
        forms=(Form(r"[1-9](?:[ \-][0-9]{4}){3}|[1-9][0-9]{12}", R, 0.6, Edge.NUMBER),),
        check=_is_corporate_number,
        normalise=digits,
        words=("法人番号", "corporate number", "houjin bangou", "hojin bango", "japanese corporate number", "インボイス", "登録番号"),
        loose=COMPANY_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="KR_RRN",
        title="Korean resident or foreigner registration number",
        category="user.government_id.national_identification_number",
        citation="Resident Registration Act: date, sex and century",
        forms=(
            Form(r"[0-9]{2}[01][0-9][0-3][0-9]-[0-9]{7}", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{2}[01][0-9][0-3][0-9] ?-? ?[0-9]{7}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_rrn,
        normalise=digits,
        words=("rrn", "frn", "rrn frn", "resident registration", "resident registration number", "korean id", "주민등록번호", "주민번호", "외국인등록번호", "alien registration", "alien registration number", "foreigner registration number"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="KR_BRN",
        title="Korean business registration number",
        category="user.unique_id.organization",
        citation="National Tax Service: weights 1-3-7-1-3-7-1-3-5 mod 10",
        forms=(Form(r"[1-9][0-9]{2}-[0-9]{2}-[0-9]{5}", B, 0.6, Edge.NUMBER), Form(r"[1-9][0-9]{2} ?[0-9]{2} ?[0-9]{5}", R, 0.6, Edge.NUMBER)),
        check=_is_brn,
        normalise=digits,
        words=("사업자등록번호", "사업자번호", "brn", "business registration number", "business registration no", "business reg no", "business reg. no", "korean business number", "corporate registration"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
