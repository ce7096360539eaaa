"""India and Pakistan."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn, luhn_mod36, verhoeff
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming_world import ACCOUNT, COMPANY_ID, NATIONAL_ID, PASSPORT, TAX_ID

# Handles of payment providers, NPCI's list of live UPI apps: what stands behind the @ has no dot.
_UPI_HANDLES = frozenset(
    (
        "okicici", "okaxis", "oksbi", "okhdfcbank", "ybl", "ibl", "axl", "paytm", "ptyes", "ptaxis", "pthdfc", "ptsbi", "upi", "apl", "yapl", "rapl", "abfspay",
        "icici", "axisbank", "axisb", "sbi", "hdfcbank", "hdfcbankjd", "kotak", "kmbl", "indus", "indusind", "yesbank", "yesbankltd", "yespay", "pnb", "barodampay",
        "cnrb", "unionbank", "unionbankofindia", "uboi", "federal", "fbl", "idbi", "idfcbank", "idfcfirst", "rbl", "dbs", "citi", "citigold", "hsbc", "sc", "boi",
        "mahb", "iob", "indianbank", "indbank", "centralbank", "cboi", "kbl", "kvb", "dlb", "jkb", "jsb", "airtel", "airtelpaymentsbank", "postbank", "freecharge",
        "fam", "waicici", "wahdfcbank", "waaxis", "wasbi", "jupiteraxis", "slice", "sliceaxis", "naviaxis", "axisgo", "pingpay", "amazonpay", "tapicici", "timecosmos",
        "shriramhdfcbank", "ikwik", "mbk", "zoicici", "superyes", "bpunity", "finobank", "equitas", "aubank", "bandhan", "dcb", "sib", "ucobank", "uco", "allbank",
        "andb", "psb", "tmb", "myicici", "ezeepay", "eazypay", "imobile", "pockets", "okbizaxis", "okbizicici", "payzapp",
    )
)  # fmt: skip


def _is_aadhaar(number: str) -> bool:
    """UIDAI: Verhoeff; no palindromes. Sixteen digits are a virtual id."""
    return number != number[::-1] and verhoeff(number)


def _is_pan(value: str) -> bool:
    return value[5:9] != "0000"


def _is_gstin(value: str) -> bool:
    """CBIC: state, PAN, Luhn over 36 characters."""
    return 1 <= int(value[:2]) <= 38 and luhn_mod36(value)


def _is_upi(value: str) -> bool:
    return value.rpartition("@")[2].lower() in _UPI_HANDLES


def _is_cnic(number: str) -> bool:
    """NADRA: province 1 to 7, a last digit that says the sex."""
    return number[0] in "1234567" and number[12] != "0" and not is_monotone(number)


KINDS = (
    Kind(
        type="IN_AADHAAR",
        title="Indian Aadhaar",
        category="user.government_id.national_identification_number",
        citation="UIDAI: Verhoeff, first digit 2 to 9",
        forms=(
            Form(r"[2-9][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"[2-9][0-9]{11}|[2-9][0-9]{3}[.][0-9]{4}[.][0-9]{4}", R, 0.65, Edge.NUMBER),
            Form(r"[2-9][0-9]{3} ?[0-9]{4} ?[0-9]{4} ?[0-9]{4}", R, 0.55, Edge.NUMBER),
        ),
        check=_is_aadhaar,
        normalise=digits,
        words=("aadhaar", "aadhar", "adhaar", "adhar", "uidai", "uid", "aadhaar number", "aadhaar no", "aadhaar card", "vid", "आधार", "आधार संख्या", "आधार कार्ड"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IN_PAN",
        title="Indian PAN",
        category="user.government_id.tax",
        citation="Income Tax Department: fourth letter is the kind of holder",
        forms=(
            Form(r"[A-Z]{3}[ABCFGHJLPTK][A-Z][0-9]{4}[A-Z]", B, 0.7),
            Form(r"[A-Z]{3}[ABCFGHJLPTK][A-Z][ \-][0-9]{4}[ \-][A-Z]|[a-z]{3}[abcfghjlptk][a-z][0-9]{4}[a-z]", R, 0.6),
        ),
        check=_is_pan,
        normalise=compact,
        words=("pan", "permanent account number", "pan card", "pan number", "pan no", "income tax", "पैन", "पैन कार्ड"),
        loose=TAX_ID,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IN_GSTIN",
        title="Indian GSTIN",
        category="user.unique_id.organization",
        citation="CBIC: state, PAN, Luhn over 36 characters",
        forms=(
            Form(r"[0-3][0-9][A-Z]{5}[0-9]{4}[A-Z][0-9A-Z]Z[0-9A-Z]", N, 0.95),
            Form(r"[0-3][0-9][a-z]{5}[0-9]{4}[a-z][0-9a-z]z[0-9a-z]", R, 0.7),
        ),
        check=_is_gstin,
        normalise=str.upper,
        words=("gstin", "gst", "gst number", "gst no", "gstin number", "gst registration"),
        loose=(*TAX_ID, *COMPANY_ID),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="IN_VOTER",
        title="Indian voter id (EPIC)",
        category="user.government_id.national_identification_number",
        citation="Election Commission of India: Luhn",
        forms=(Form(r"[A-Z]{3}[ /]?[0-9]{7}", R, 0.65), Form(r"[a-z]{3}[0-9]{7}", R, 0.55)),
        check=lambda value: luhn(value[3:]) and not is_monotone(value[3:]),
        normalise=compact,
        words=("voter", "voter id", "voter id card", "voter card", "voter number", "epic", "epic number", "epic no", "epic voter id", "election card", "elector photo identity card", "electors photo identity", "मतदाता पहचान पत्र"),
        loose=NATIONAL_ID,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IN_PASSPORT",
        title="Indian passport number",
        category="user.government_id.passport_number",
        citation="Ministry of External Affairs: a letter of the series, seven digits of which the first is not 0",
        forms=(Form(r"[A-PR-WYZ] ?[1-9][0-9]{6}", R, 0.55, alone=True), Form(r"[a-pr-wyz][1-9][0-9]{6}", R, 0.45)),
        words=("indian passport", "india passport", "passport seva", "पासपोर्ट", "पासपोर्ट संख्या"),
        loose=PASSPORT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IN_IFSC",
        title="Indian bank branch (IFSC)",
        category="user.financial.bank_account",
        citation="Reserve Bank of India: four letters, 0, six letters or digits",
        forms=(Form(r"[A-Z]{4}0[0-9]{6}", B, 0.55), Form(r"[A-Z]{4}0[A-Z0-9]{6}|[a-z]{4}0[a-z0-9]{6}", R, 0.6)),
        words=("ifsc", "ifsc code", "ifs code", "ifsc no", "neft", "rtgs", "imps", "branch code"),
        loose=ACCOUNT,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="IN_UPI",
        title="Indian payment address (UPI)",
        category="user.financial.account_number",
        citation="NPCI, UPI procedural guidelines: a name, @, a provider's handle",
        forms=(Form(r"[0-9A-Za-z][0-9A-Za-z.\-_]{1,60}@[A-Za-z]{2,24}(?:[.][A-Za-z0-9\-]{1,63}){0,4}", B, 0.75, Edge.TOKEN, trigger=r"[0-9A-Za-z._\-]@[A-Za-z]{2,24}", lead=r"[0-9A-Za-z._\-]"),),
        check=_is_upi,
        words=("upi", "upi id", "vpa", "virtual payment address", "bhim", "gpay", "google pay", "phonepe", "paytm"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="PK_CNIC",
        title="Pakistani CNIC",
        category="user.government_id.national_identification_number",
        citation="NADRA: five, seven and one digits; province, sex",
        forms=(Form(r"[1-7][0-9]{4}-[0-9]{7}-[1-9]", B, 0.7, Edge.NUMBER), Form(r"[1-7][0-9]{4} ?[0-9]{7} ?[1-9]", R, 0.6, Edge.NUMBER)),
        check=_is_cnic,
        normalise=digits,
        words=("cnic", "cnic number", "cnic no", "nicop", "nic", "nadra", "computerized national identity card", "شناختی کارڈ"),
        loose=NATIONAL_ID,
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
