"""South Africa, Nigeria, Kenya, Egypt, Mauritius."""

from curtilage.detect.checksums import BASE36, compact, is_monotone, luhn, verhoeff
from curtilage.detect.dates import is_date, is_ddmmyy, is_yymmdd
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength
from curtilage.detect.naming_world import NATIONAL_ID, TAX_ID


def _is_south_african(number: str) -> bool:
    """Identification Act 68/1997: date, citizenship, Luhn."""
    return is_yymmdd(number) and number[10] in "012" and luhn(number)


def _is_egyptian(number: str) -> bool:
    """Century, date, governorate; the check digit is not published."""
    governorate = int(number[7:9])
    dated = is_date(
        (1900 if number[0] == "2" else 2000) + int(number[1:3]), int(number[3:5]), int(number[5:7])
    )
    return dated and (1 <= governorate <= 35 or governorate == 88)


def _is_mauritian(value: str) -> bool:
    """National Identity Card Act: letter of the name, date of birth, weights 14 to 2 mod 17."""
    total = sum(
        BASE36.index(char) * weight for char, weight in zip(value, range(14, 1, -1), strict=False)
    )
    return is_ddmmyy(value[1:7]) and BASE36[-total % 17] == value[13]


KINDS = (
    Kind(
        type="ZA_ID_NUMBER",
        title="South African identity number",
        category="user.government_id.national_identification_number",
        citation="Identification Act 68 of 1997: date, citizenship, Luhn",
        forms=(
            Form(r"[0-9]{2}[01][0-9][0-3][0-9] ?[0-9]{4} ?[012][0-9]{2}", B, 0.6, Edge.NUMBER),
            Form(r"[0-9]{2}[01][0-9][0-3][0-9][ \-][0-9]{4}[ \-][012][0-9][ \-]?[0-9]", R, 0.6, Edge.NUMBER),
        ),
        check=_is_south_african,
        normalise=compact,
        words=("id number", "identity number", "south african id", "sa id", "rsa id", "sa id number", "identiteitsnommer", "id nommer"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NG_NIN",
        title="Nigerian identification number",
        category="user.government_id.national_identification_number",
        citation="NIMC: eleven digits",
        forms=(
            Form(r"[0-9]{11}|[0-9]{4}[ \-][0-9]{3}[ \-][0-9]{4}|[0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}", R, 0.5, Edge.NUMBER),
            Form(r"[0-9]{11}", R, 0.65, Edge.NUMBER, check=verhoeff),
        ),
        check=lambda number: not is_monotone(number),
        normalise=compact,
        words=("nin", "nin number", "nin slip", "national identification number", "nimc", "bvn", "nigerian id", "nigeria id", "nigerian identification"),
        loose=NATIONAL_ID,
        strength=Strength.NONE,
    ),
    Kind(
        type="KE_PIN",
        title="Kenyan revenue PIN",
        category="user.government_id.tax",
        citation="Kenya Revenue Authority: A or P, nine digits, letter",
        forms=(Form(r"[AP][0-9]{9}[A-Z]", B, 0.6), Form(r"[ap][0-9]{9}[a-z]|[AP][ \-][0-9]{9}[ \-][A-Z]", R, 0.55)),
        words=("kra", "kra pin", "kra pin number", "pin", "pin number", "pin certificate", "itax"),
        loose=TAX_ID,
        strength=Strength.NONE,
    ),
    Kind(
        type="EG_ID",
        title="Egyptian national id",
        category="user.government_id.national_identification_number",
        citation="Civil Status Organization: century, date, governorate",
        forms=(
            Form(r"[23][0-9]{2}[01][0-9][0-3][0-9]{8}", R, 0.65, Edge.NUMBER),
            Form(r"[23][ \-][0-9]{2}[01][0-9][0-3][0-9][ \-][0-9]{2}[ \-][0-9]{4,5}(?:[ \-][0-9])?", R, 0.6, Edge.NUMBER),
        ),
        check=_is_egyptian,
        normalise=compact,
        words=("national id", "egyptian id", "egyptian national id", "الرقم القومي", "بطاقة الرقم القومي", "رقم قومي"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="MU_NID",
        title="Mauritian national id",
        category="user.government_id.national_identification_number",
        citation="National Identity Card Act: letter, date of birth, weights 14 to 2 mod 17",
        forms=(Form(r"[A-Z][0-3][0-9][01][0-9]{9}[0-9A-G]", B, 0.75), Form(r"[A-Z] ?[0-3][0-9][01][0-9]{3} ?[0-9]{6} ?[0-9A-G]", R, 0.65)),
        check=_is_mauritian,
        normalise=compact,
        words=("nid", "nid number", "mauritian id", "mauritius id", "national identity card"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
