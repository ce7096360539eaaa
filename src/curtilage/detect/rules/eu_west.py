"""France, Belgium, the Netherlands."""

from curtilage.detect.checksums import compact, digits, is_monotone, luhn, mod97, weighted_sum
from curtilage.detect.dates import is_date
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength


def _is_nir(value: str) -> bool:
    """INSEE, decree 82-103: 97 - n mod 97; Corsica's 2A and 2B count as 19 and 18."""
    number = (
        value[:13].replace("2A", "19", 1)
        if value[5:7] == "2A"
        else value[:13].replace("2B", "18", 1)
        if value[5:7] == "2B"
        else value[:13]
    )
    month = int(value[3:5])
    return (
        number.isdecimal()
        and (1 <= month <= 12 or 20 <= month <= 42 or month >= 50)
        and 97 - int(number) % 97 == int(value[13:])
    )


def _is_tva(value: str) -> bool:
    """BOI-TVA: (12 + 3 · (SIREN mod 97)) mod 97; letter keys are not computed."""
    number = digits(value)
    return (
        len(number) == 11
        and luhn(number[2:])
        and (12 + 3 * (int(number[2:]) % 97)) % 97 == int(number[:2])
    )


def _is_national(number: str) -> bool:
    """Royal decree of 3 April 1984: 97 - n mod 97, 2 before n for those born since 2000."""
    body, check = int(number[:9]), int(number[9:])
    month, day = int(number[2:4]) % 20, int(number[4:6])
    for century, prefix in ((1900, 0), (2000, 2_000_000_000)):
        if 97 - (body + prefix) % 97 == check:
            unknown = month == 0 or day == 0
            return unknown or is_date(century + int(number[:2]), month, day)
    return False


def _is_bsn(number: str) -> bool:
    """Besluit BSN: the eleven test, last weight -1."""
    number = number.rjust(9, "0")
    return not is_monotone(number) and weighted_sum(number, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _is_btw(value: str) -> bool:
    """Belastingdienst: mod 97 since 2020, before that a BSN inside."""
    return mod97(value if value.startswith("NL") else "NL" + value) or _is_bsn(
        value.removeprefix("NL")[:9]
    )


KINDS = (
    Kind(
        type="FR_NIR",
        title="French social security number (NIR)",
        category="user.government_id.social_security",
        citation="decree 82-103, INSEE: key 97 - n mod 97",
        forms=(Form(r"[1-478][ .]?[0-9]{2}[ .]?[0-9]{2}[ .]?(?:[0-9]{2}|2[AB])[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{2}", N, 0.85, Edge.NUMBER),),
        check=_is_nir,
        normalise=compact,
        words=("nir", "sécurité sociale", "numéro de sécurité sociale", "carte vitale", "insee", "sécu", "numéro de sécu", "social security"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_NIF",
        title="French tax number (SPI)",
        category="user.government_id.tax",
        citation="DGFiP: first ten digits mod 511",
        forms=(Form(r"[0-3][0-9] ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", R, 0.65, Edge.NUMBER),),
        check=lambda number: int(number[:10]) % 511 == int(number[10:]),
        normalise=digits,
        words=("numéro fiscal", "spi", "nif", "impôts", "fiscal", "tax number", "tin"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_SIREN",
        title="French company number (SIREN, SIRET)",
        category="user.unique_id.organization",
        citation="INSEE: Luhn",
        forms=(Form(r"[0-9]{3} ?[0-9]{3} ?[0-9]{3}(?: ?[0-9]{5})?", R, 0.6, Edge.NUMBER),),
        check=lambda number: luhn(number) and not is_monotone(number),
        normalise=digits,
        words=("siren", "siret", "rcs", "numéro siren", "numéro siret"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="FR_TVA",
        title="French VAT number",
        category="user.government_id.tax",
        citation="BOI-TVA-DECLA: key over the SIREN",
        forms=(
            Form(r"FR ?[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", N, 0.9),
            Form(r"[0-9]{11}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_tva,
        words=("tva", "tva intracommunautaire", "numéro de tva", "vat", "vat number"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BE_NN",
        title="Belgian national number",
        category="user.government_id.national_identification_number",
        citation="royal decree of 3 April 1984: 97 - n mod 97",
        forms=(
            Form(r"[0-9]{2}[. ][0-9]{2}[. ][0-9]{2}[ \-][0-9]{3}[. ][0-9]{2}", N, 0.9, Edge.NUMBER),
            Form(r"[0-9]{6}[ \-]?[0-9]{3}[. ]?[0-9]{2}", B, 0.55, Edge.NUMBER),
        ),
        check=_is_national,
        normalise=digits,
        words=("rijksregisternummer", "numéro national", "registre national", "nationaalnummer", "nrn", "insz", "niss", "national number", "numéro de registre national"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NL_BSN",
        title="Dutch citizen service number (BSN)",
        category="user.government_id.national_identification_number",
        citation="Besluit burgerservicenummer: eleven test",
        forms=(Form(r"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{2,3}", R, 0.65, Edge.NUMBER), Form(r"[0-9]{3}[. ][0-9]{3}[. ][0-9]{3}", R, 0.65, Edge.NUMBER)),
        check=_is_bsn,
        normalise=digits,
        words=("bsn", "burgerservicenummer", "sofinummer", "burger service nummer", "citizen service number"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="NL_BTW",
        title="Dutch VAT number",
        category="user.government_id.tax",
        citation="Belastingdienst, btw-id: MOD 97-10",
        forms=(Form(r"NL[0-9]{9}B[0-9]{2}", N, 0.92), Form(r"[0-9]{9}B[0-9]{2}", B, 0.7)),
        check=_is_btw,
        words=("btw", "btw nummer", "btw id", "vat", "omzetbelasting"),
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
