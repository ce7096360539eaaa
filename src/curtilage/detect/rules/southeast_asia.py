"""Singapore, Malaysia, Indonesia, Thailand, the Philippines, Vietnam."""

from curtilage.detect.checksums import compact, digits, is_monotone, weighted_sum
from curtilage.detect.dates import is_ddmmyy, is_yymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming_world import COMPANY_ID, NATIONAL_ID, SOCIAL_SECURITY, TAX_ID

_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_NRIC_CHECK = {
    "S": "JZIHGFEDCBA",
    "T": "GFEDCBAJZIH",
    "F": "XWUTRQPNMLK",
    "G": "RQPNMLKXWUT",
    "M": "KLJNPQRTUWX",
}
# ACRA, "Unique Entity Number": kinds of entities in numbers issued since 2009, and the letters that close a number.
_UEN_ENTITIES = frozenset(
    (
        "CC", "CD", "CH", "CL", "CM", "CP", "CS", "CX", "DP", "FB", "FC", "FM", "FN", "GA", "GB", "GS", "HS", "LL", "LP", "MB", "MC", "MD", "MH", "MM",
        "MQ", "NB", "NR", "PA", "PB", "PF", "RF", "RP", "SM", "SS", "TC", "TU", "VH", "XL",
    )
)  # fmt: skip
_UEN_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWX0123456789"
_LAST_YEAR = "2039"
# JPN, kod negeri and kod negara: which places of birth there are.
_NO_BIRTHPLACE = frozenset((0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97))
# Kemendagri, kode wilayah: provinces, with the last regency (from 1) and the last city (from 71) of each.
_ID_PROVINCES = {
    11: (18, 75), 12: (25, 78), 13: (12, 77), 14: (10, 73), 15: (9, 72), 16: (14, 74), 17: (9, 71), 18: (13, 72), 19: (6, 71), 21: (5, 72),
    31: (1, 75), 32: (18, 79), 33: (29, 76), 34: (4, 71), 35: (29, 79), 36: (4, 74), 51: (8, 71), 52: (8, 72), 53: (22, 71),
    61: (12, 72), 62: (13, 71), 63: (11, 72), 64: (11, 74), 65: (4, 71), 71: (11, 74), 72: (12, 71), 73: (26, 73), 74: (17, 72), 75: (5, 71), 76: (6, 70),
    81: (11, 72), 82: (10, 72), 91: (36, 71), 92: (12, 71), 93: (4, 70), 94: (36, 71), 95: (8, 70), 96: (6, 71),
}  # fmt: skip
_VN_PROVINCES = frozenset(
    (
        1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37, 38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54,
        56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77, 79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
    )
)  # fmt: skip


def _is_nric(value: str) -> bool:
    offset = {"T": 4, "G": 4, "M": 3}.get(value[0], 0)
    return (
        _NRIC_CHECK[value[0]][(weighted_sum(value[1:8], _NRIC_WEIGHTS) + offset) % 11] == value[8]
    )


def _is_uen(value: str) -> bool:
    """ACRA: businesses, companies by year, other entities; a letter each, mod 11."""
    if len(value) == 9:
        return "XMKECAWLJDB"[weighted_sum(value, (10, 4, 9, 3, 8, 2, 7, 1)) % 11] == value[8]
    if value[0] in "RST":
        if value[3:5] not in _UEN_ENTITIES:
            return False
        total = sum(
            _UEN_ALPHABET.index(char) * weight
            for char, weight in zip(value, (4, 3, 5, 3, 10, 2, 2, 5, 7), strict=False)
        )
        return _UEN_ALPHABET[(total - 5) % 11] == value[9]
    weights = (10, 8, 6, 4, 9, 7, 5, 3, 1)
    return value[:4] <= _LAST_YEAR and "ZKCMDNERGWH"[weighted_sum(value, weights) % 11] == value[9]


def _is_mykad(number: str) -> bool:
    """JPN: date of birth, place of birth."""
    return is_yymmdd(number) and int(number[6:8]) not in _NO_BIRTHPLACE


def _is_nik(number: str) -> bool:
    """Kemendagri: province and regency, date of birth (day + 40 for women)."""
    regency, day = int(number[2:4]), int(number[6:8])
    last_regency, last_city = _ID_PROVINCES.get(int(number[:2]), (0, 0))
    placed = 1 <= regency <= last_regency or 71 <= regency <= last_city
    return placed and is_ddmmyy(f"{day - 40 if day > 40 else day:02}{number[8:12]}")


def _is_thai(number: str) -> bool:
    check = (11 - weighted_sum(number, range(13, 1, -1)) % 11) % 10
    return number[0] != "0" and not is_monotone(number) and check == int(number[12])


def _is_philippine_tin(number: str) -> bool:
    """BIR: weights 9 to 2 mod 11; the branch behind it is not checked."""
    return not is_monotone(number) and weighted_sum(number, range(9, 1, -1)) % 11 == int(number[8])


def _is_vietnamese(number: str) -> bool:
    """Nghị định 137/2015: province, century and sex, year of birth."""
    return int(number[:3]) in _VN_PROVINCES and number[3] in "0123" and not is_monotone(number[6:])


KINDS = (
    Kind(
        type="SG_NRIC_FIN",
        title="Singaporean NRIC or FIN",
        category="user.government_id.national_identification_number",
        citation="Immigration & Checkpoints Authority: weights 2-7-6-5-4-3-2 mod 11, letter tables",
        forms=(
            Form(r"[STFGM][0-9]{7}[A-Z]", N, 0.9),
            Form(r"[stfgm][0-9]{7}[a-z]|[STFGM][ \-][0-9]{7}[ \-][A-Z]", B, 0.75),
        ),
        check=_is_nric,
        normalise=compact,
        words=("nric", "fin", "nric fin", "nric number", "fin number", "identity card", "ic number", "ic no", "singapore id"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="SG_UEN",
        title="Singaporean entity number (UEN)",
        category="user.unique_id.organization",
        citation="ACRA, Unique Entity Number: three shapes, a letter mod 11",
        forms=(
            Form(r"(?:19|20)[0-9]{7}[A-Z]|[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z]", B, 0.65),
            Form(r"[0-9]{8}[A-Z]|[0-9]{8,9}[a-z]|[rst][0-9]{2}[a-z]{2}[0-9]{4}[a-z]", R, 0.6),
        ),
        check=_is_uen,
        normalise=compact,
        words=("uen", "uen number", "unique entity number", "acra", "roc number", "singapore company"),
        loose=(*COMPANY_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="MY_NRIC",
        title="Malaysian MyKad",
        category="user.government_id.national_identification_number",
        citation="JPN: date and place of birth",
        forms=(
            Form(r"[0-9]{2}[01][0-9][0-3][0-9]-[0-9]{2}-[0-9]{4}", B, 0.75, Edge.NUMBER),
            Form(r"[0-9]{2}[01][0-9][0-3][0-9] ?[0-9]{2} ?[0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_mykad,
        normalise=digits,
        words=("mykad", "mykad number", "my kad", "nric", "ic number", "ic no", "no ic", "no kp", "kad pengenalan", "nombor kad pengenalan", "malaysian ic", "malaysian id"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="ID_NIK",
        title="Indonesian NIK",
        category="user.government_id.national_identification_number",
        citation="Kemendagri: province, regency, date of birth (day + 40 for women)",
        forms=(
            Form(r"[1-9][0-9]{5}[0-7][0-9][01][0-9]{7}", R, 0.65, Edge.NUMBER),
            Form(r"[1-9][0-9]{5}[ .\-][0-7][0-9][01][0-9][0-9]{2}[ .\-][0-9]{4}|[1-9][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_nik,
        normalise=digits,
        words=("nik", "nik number", "nomor nik", "nomor induk kependudukan", "ktp", "e ktp", "no ktp", "nomor ktp", "kartu tanda penduduk", "indonesian id", "kependudukan"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="TH_TNIN",
        title="Thai national id",
        category="user.government_id.national_identification_number",
        citation="Department of Provincial Administration: weights 13 to 2 mod 11",
        forms=(
            Form(r"[1-8]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", B, 0.85, Edge.NUMBER),
            Form(r"[1-8][0-9]{12}|[1-8] [0-9]{4} [0-9]{5} [0-9]{2} [0-9]", R, 0.65, Edge.NUMBER),
        ),
        check=_is_thai,
        normalise=digits,
        words=("thai id", "tnin", "รหัสปชช", "thai national id", "thai id card", "national id", "citizen id", "บัตรประชาชน", "เลขบัตรประชาชน", "เลขประจำตัวประชาชน"),
        loose=(*NATIONAL_ID, *TAX_ID),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="PH_UMID",
        title="Philippine UMID, SSS, PhilSys or TIN",
        category="user.government_id.national_identification_number",
        citation="SSS: 4-7-1 (CRN), 2-7-1; PhilSys: 16 digits; BIR, TIN: weights 9 to 2 mod 11",
        forms=(
            Form(r"[0-9]{4}-[0-9]{7}-[0-9]", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{2}-[0-9]{7}-[0-9]|[0-9]{2}-[0-9]{9}-[0-9]", R, 0.55, Edge.NUMBER),
            Form(r"[0-9]{12}|[0-9]{16}|[0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{3}-[0-9]{3}-[0-9]{3}-[0-9]{3,5}", R, 0.5, Edge.NUMBER, alone=True),
            Form(r"[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}(?:[ \-][0-9]{3,5})?", R, 0.5, Edge.NUMBER),
        ),
        check=lambda number: not is_monotone(number),
        normalise=digits,
        words=("umid", "umid number", "crn", "common reference number", "philsys", "philsys id", "philid", "psn", "pcn", "sss", "sss number", "gsis", "philhealth", "pag ibig", "tin umid philsys", "philippine tin", "philippine id", "bir"),
        loose=(*NATIONAL_ID, *SOCIAL_SECURITY, *TAX_ID),
        strength=Strength.NONE,
    ),
    Kind(
        type="VN_CCCD",
        title="Vietnamese citizen id (CCCD)",
        category="user.government_id.national_identification_number",
        citation="Nghị định 137/2015/NĐ-CP: province, century and sex, year of birth",
        forms=(
            Form(r"0[0-9]{2}[0-3][0-9]{8}", R, 0.6, Edge.NUMBER),
            Form(r"0[0-9]{2}[ .\-]?[0-3][0-9]{2}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}|0[0-9]{3} [0-9]{4} [0-9]{4}", R, 0.55, Edge.NUMBER),
        ),
        check=_is_vietnamese,
        normalise=digits,
        words=("cccd", "số cccd", "căn cước", "căn cước công dân", "cmnd", "chứng minh nhân dân", "số định danh", "định danh cá nhân", "citizen id", "citizen identity", "vietnamese id"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
