"""Israel, the Emirates, Saudi Arabia."""

from curtilage.detect.checksums import digits, is_monotone, luhn
from curtilage.detect.dates import is_date
from curtilage.detect.models import Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming_world import NATIONAL_ID


def _is_israeli(number: str) -> bool:
    """Population Registry: Luhn, padded to nine digits."""
    return luhn(number.rjust(9, "0")) and not is_monotone(number)


def _is_emirati(number: str) -> bool:
    """784, a year of birth; Luhn is reported for it, not published, and so not asked for."""
    return is_date(int(number[3:7]), 1, 1)


def _is_saudi(number: str) -> bool:
    """1 for citizens, 2 for residents; Luhn, reported by all who validate it, not published."""
    return luhn(number) and not is_monotone(number)


KINDS = (
    Kind(
        type="IL_ID",
        title="Israeli identity number",
        category="user.government_id.national_identification_number",
        citation="Population Registry: Luhn over nine digits",
        forms=(Form(r"[0-9]{7,8}[ \-]?[0-9]|[0-9][ \-][0-9]{7}[ \-][0-9]|[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=_is_israeli,
        normalise=digits,
        words=("teudat zehut", "teudat zehut number", "israeli id", "israel id", "mispar zehut", "תעודת זהות", "מספר זהות", "ת.ז", 'ת"ז', "zehut", "t.z"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="AE_EID",
        title="Emirates id",
        category="user.government_id.national_identification_number",
        citation="ICP, Emirates ID: 784 and the year of birth",
        forms=(
            Form(r"784[ \-](?:19|20)[0-9]{2}[ \-][0-9]{7}[ \-][0-9]", N, 0.9, Edge.NUMBER),
            Form(r"784-?(?:19|20)[0-9]{2}-?[0-9]{7}-?[0-9]", R, 0.7, Edge.NUMBER),
        ),
        check=_is_emirati,
        normalise=digits,
        words=("emirates id", "emirates id number", "emirates identity", "eid", "eid number", "uae id", "الهوية", "الهوية الإماراتية", "رقم الهوية"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="SA_ID",
        title="Saudi national id or iqama",
        category="user.government_id.national_identification_number",
        citation="Ministry of Interior: ten digits, 1 or 2 first, Luhn",
        forms=(Form(r"[12][0-9]{9}", R, 0.6, Edge.NUMBER), Form(r"[12][0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}|[12][ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]", R, 0.55, Edge.NUMBER)),
        check=_is_saudi,
        normalise=digits,
        words=("iqama", "iqama number", "iqama no", "saudi id", "saudi national id", "national id", "هوية وطنية", "رقم الهوية", "رقم الإقامة", "الإقامة", "الهوية الوطنية"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
