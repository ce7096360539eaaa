"""South Africa, Nigeria, Kenya, Egypt."""

from curtilage.detect.checksums import is_monotone, luhn, verhoeff
from curtilage.detect.dates import is_date, is_yymmdd
from curtilage.detect.models import B, Edge, Form, Kind, R, Strength


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


KINDS = (
    Kind(
        type="ZA_ID_NUMBER",
        title="South African identity number",
        category="user.government_id.national_identification_number",
        citation="Identification Act 68 of 1997: date, citizenship, Luhn",
        forms=(Form(r"[0-9]{2}[01][0-9][0-3][0-9] ?[0-9]{4} ?[012][0-9]{2}", B, 0.6, Edge.NUMBER),),
        check=lambda value: _is_south_african(value.replace(" ", "")),
        words=("id number", "identity number", "south african id", "sa id", "rsa id"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NG_NIN",
        title="Nigerian identification number",
        category="user.government_id.national_identification_number",
        citation="NIMC: eleven digits",
        forms=(Form(r"[0-9]{11}", R, 0.5, Edge.NUMBER), Form(r"[0-9]{11}", R, 0.65, Edge.NUMBER, check=verhoeff)),
        check=lambda number: not is_monotone(number),
        words=("nin", "national identification number", "nimc"),
        strength=Strength.NONE,
    ),
    Kind(
        type="KE_PIN",
        title="Kenyan revenue PIN",
        category="user.government_id.tax",
        citation="Kenya Revenue Authority: A or P, nine digits, letter",
        forms=(Form(r"[AP][0-9]{9}[A-Z]", B, 0.6),),
        words=("kra", "kra pin", "pin"),
        strength=Strength.NONE,
    ),
    Kind(
        type="EG_ID",
        title="Egyptian national id",
        category="user.government_id.national_identification_number",
        citation="Civil Status Organization: century, date, governorate",
        forms=(Form(r"[23][0-9]{2}[01][0-9][0-3][0-9]{8}", R, 0.65, Edge.NUMBER),),
        check=_is_egyptian,
        words=("national id", "egyptian id", "الرقم القومي"),
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
