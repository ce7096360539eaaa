"""France, Belgium, the Netherlands, Luxembourg."""

from curtilage.detect.checksums import (
    compact,
    digits,
    is_monotone,
    luhn,
    mod97,
    verhoeff,
    weighted_sum,
)
from curtilage.detect.dates import is_date, is_yyyymmdd
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import (
    COMPANY_NUMBER,
    ID_CARD,
    NATIONAL_ID,
    PASSPORT,
    SOCIAL_SECURITY,
    TAX_NUMBER,
    VAT_NUMBER,
    shortened,
)

_TVA_KEY = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


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


def is_tva(value: str) -> bool:
    """BOI-TVA: (12 + 3 · (SIREN mod 97)) mod 97; with a letter, DGFiP's newer key."""
    number = compact(value).removeprefix("FR")
    if len(number) != 11 or not number[2:].isdecimal() or not luhn(number[2:]):
        return number[2:5] == "000" and number.isdecimal() and _is_old_key(number)  # Monaco's
    if number.isdecimal():
        return _is_old_key(number)
    first, second = (_TVA_KEY.find(char) for char in number[:2])
    if min(first, second) < 0:
        return False
    key = first * 24 + second - 10 if first < 10 else first * 34 + second - 100
    return (int(number[2:]) + 1 + key // 11) % 11 == key % 11


def _is_old_key(number: str) -> bool:
    return (12 + 3 * (int(number[2:]) % 97)) % 97 == int(number[:2])


def _is_siret(number: str) -> bool:
    """INSEE: Luhn over all and over the SIREN; La Poste's add up to a multiple of five."""
    if number.startswith("356000000") and number != "35600000000048":
        return sum(map(int, number)) % 5 == 0
    return luhn(number) and luhn(number[:9]) and not is_monotone(number[:9])


def _is_belgian_card(number: str) -> bool:
    """IBZ: the first ten digits mod 97, and 97 for 0."""
    return int(number) > 0 and (int(number[:10]) % 97 or 97) == int(number[10:])


def _is_matricule(number: str) -> bool:
    """CCSS: date of birth; the twelfth digit is Luhn's, the thirteenth Verhoeff's."""
    return is_yyyymmdd(number) and luhn(number[:12]) and verhoeff(number[:11] + number[12])


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


def is_btw(value: str) -> bool:
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
        forms=(Form(r"[1-478][ .\-/]?[0-9]{2}[ .\-/]?[0-9]{2}[ .\-/]?(?:[0-9]{2}|2[ABab])[ .\-/]?[0-9]{3}[ .\-/]?[0-9]{3}[ .\-/]?[0-9]{2}", N, 0.85, Edge.NUMBER),),
        check=_is_nir,
        normalise=compact,
        words=("nir", "sécurité sociale", "numéro de sécurité sociale", "n° de sécurité sociale", "carte vitale", "insee", "numéro insee", "sécu", "numéro de sécu", "numéro d'inscription au répertoire", "french social security", "french social security number", "french ssn"),
        loose=SOCIAL_SECURITY + NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_NIF",
        title="French tax number (SPI)",
        category="user.government_id.tax",
        citation="DGFiP: first ten digits mod 511",
        forms=(Form(r"[0-3][0-9] [0-9]{2} [0-9]{3} [0-9]{3} [0-9]{3}", B, 0.6, Edge.NUMBER), Form(r"[0-3][0-9][ .]?[0-9]{2}[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}", R, 0.65, Edge.NUMBER)),
        check=lambda number: int(number[:10]) % 511 == int(number[10:]),
        normalise=digits,
        words=("numéro fiscal", "n° fiscal", "numéro fiscal de référence", "identifiant fiscal", "spi", "numéro spi", "nif", "impôts", "numéro d'immatriculation fiscale", "numéro d'identification fiscale", "fiscal", "french tax number", "french tax id", "french tin"),
        loose=TAX_NUMBER,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_SIREN",
        title="French company number (SIREN)",
        category="user.unique_id.organization",
        citation="INSEE: Luhn",
        forms=(Form(r"[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", R, 0.6, Edge.NUMBER),),
        check=lambda number: luhn(number) and not is_monotone(number),
        normalise=digits,
        words=("siren", "rcs", "numéro siren", "n° siren", "siren number", "french company number", "immatriculée au rcs", "répertoire des entreprises"),
        loose=COMPANY_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="FR_SIRET",
        title="French establishment number (SIRET)",
        category="user.unique_id.organization",
        citation="INSEE: Luhn over fourteen digits and over the first nine",
        forms=(Form(r"[0-9]{3} [0-9]{3} [0-9]{3} [0-9]{5}", B, 0.6, Edge.NUMBER), Form(r"[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{5}", R, 0.65, Edge.NUMBER)),
        check=_is_siret,
        normalise=digits,
        words=("siret", "numéro siret", "n° siret", "siret number", "établissement", "numéro d'établissement", "french establishment number"),
        loose=COMPANY_NUMBER,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_TVA",
        title="French VAT number",
        category="user.government_id.tax",
        citation="BOI-TVA-DECLA: key over the SIREN",
        forms=(
            Form(r"FR[ \-]?[0-9A-HJ-NP-Z]{2}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}[ .\-]?[0-9]{3}", N, 0.9),
            Form(r"[0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3}", R, 0.6, Edge.NUMBER),
        ),
        check=is_tva,
        words=("tva", "tva intracommunautaire", "numéro de tva", "n° tva", "n° de tva", "french vat", "french vat number", *VAT_NUMBER),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="FR_CNI",
        title="French identity card number",
        category="user.government_id.national_identification_number",
        citation="decree 55-1397; the card of 2021: nine letters and digits",
        forms=(Form(r"[0-9]{12}|[0-9]{4} [0-9]{3} [0-9]{5}", R, 0.55, Edge.NUMBER), Form(r"[A-Z][0-9A-Z]{7}[0-9A-Z]{1,2}", R, 0.55)),
        check=lambda value: sum(map(str.isdecimal, value)) >= 2,
        words=(
            "cni", "cnie", "numéro de cni", "carte d'identité", "carte nationale d'identité", "numéro de carte d'identité", "carte d identité", "carte nationale d identité", "pièce d'identité", "numéro de pièce d'identité",
            "french id card", "french identity card", "french national id",
        ),
        loose=ID_CARD,
        strength=Strength.SHAPE,
    ),
    Kind(
        type="FR_PASSPORT",
        title="French passport number",
        category="user.government_id.passport_number",
        citation="ANTS: two digits, two letters, five digits",
        forms=(Form(r"[0-9]{2} ?[A-Z]{2} ?[0-9]{5}", R, 0.7, alone=True),),
        words=("passeport", "numéro de passeport", "n° de passeport", "passeport français", "french passport", "french passport number", *PASSPORT),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="BE_NN",
        title="Belgian national number",
        category="user.government_id.national_identification_number",
        citation="royal decree of 3 April 1984: 97 - n mod 97",
        forms=(
            Form(r"[0-9]{2}[. \-][0-9]{2}[. \-][0-9]{2}[ .\-][0-9]{3}[. \-][0-9]{2}", N, 0.9, Edge.NUMBER),
            Form(r"[0-9]{6}[ \-]?[0-9]{3}[. \-]?[0-9]{2}", R, 0.55, Edge.NUMBER),
        ),
        check=_is_national,
        normalise=digits,
        words=shortened(
            "rijksregisternummer", "rijksregister", "numéro national", "registre national", "nationaalnummer", "nationaal nummer", "nrn", "rrn", "insz", "inss", "niss", "national number", "national register number", "numéro de registre national", "numéro du registre national",
            "nationalregisternummer", "belgian national number", "belgian national id", "identificatienummer sociale zekerheid",
        ),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="BE_EID",
        title="Belgian identity card number",
        category="user.government_id.national_identification_number",
        citation="IBZ: ten digits mod 97",
        forms=(Form(r"[0-9]{3}-[0-9]{7}-[0-9]{2}", B, 0.75, Edge.NUMBER), Form(r"[0-9]{3}[ .\-]?[0-9]{7}[ .\-]?[0-9]{2}", R, 0.65, Edge.NUMBER)),
        check=_is_belgian_card,
        normalise=digits,
        words=shortened("eid", "eid kaart", "eid card", "eid number", "identiteitskaart", "identiteitskaartnummer", "kaartnummer", "carte d'identité", "numéro de carte d'identité", "numéro de carte", "personalausweis", "belgian id card", "belgian eid", "card number"),
        loose=NATIONAL_ID,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="LU_NIN",
        title="Luxembourgish national number (matricule)",
        category="user.government_id.national_identification_number",
        citation="law of 19 June 2013, CCSS: date, Luhn and Verhoeff",
        forms=(Form(r"(?:18|19|20)[0-9]{2}[ .\-]?[01][0-9][ .\-]?[0-3][0-9][ .\-]?[0-9]{3}[ .\-]?[0-9]{2}", B, 0.8, Edge.NUMBER),),
        check=_is_matricule,
        normalise=digits,
        words=("matricule", "numéro de matricule", "matricule nationale", "matrikel", "matrikelnummer", "nationale identifikationsnummer", "ccss", "luxembourg id", "luxembourgish national number", "luxembourg national id", "luxembourg social security"),
        loose=NATIONAL_ID + SOCIAL_SECURITY,
        strength=Strength.PROOF,
    ),
    Kind(
        type="NL_BSN",
        title="Dutch citizen service number (BSN)",
        category="user.government_id.national_identification_number",
        citation="Besluit burgerservicenummer: eleven test",
        forms=(Form(r"[0-9]{4}[. ]?[0-9]{2}[. ]?[0-9]{2,3}", R, 0.65, Edge.NUMBER), Form(r"[0-9]{3}[. \-][0-9]{3}[. \-][0-9]{3}", R, 0.65, Edge.NUMBER)),
        check=_is_bsn,
        normalise=digits,
        words=shortened("bsn", "bsn nummer", "burgerservicenummer", "burger service nummer", "sofinummer", "sofi nummer", "sofi", "citizen service number", "dutch bsn", "dutch citizen number", "dutch national id", "dutch social security number", "onderwijsnummer"),
        loose=NATIONAL_ID + SOCIAL_SECURITY + TAX_NUMBER,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="NL_BTW",
        title="Dutch VAT number",
        category="user.government_id.tax",
        citation="Belastingdienst, btw-id: MOD 97-10",
        forms=(Form(r"NL[ .\-]?[0-9]{4}[ .]?[0-9]{2}[ .]?[0-9]{3}[ .]?B[ .]?[0-9]{2}", N, 0.92), Form(r"(?:[Nn][Ll])?[0-9]{9}[ .]?[Bb][ .]?[0-9]{2}", B, 0.7)),
        check=is_btw,
        normalise=compact,
        words=("btw", "btw nummer", "btw nr", "btw id", "btw identificatienummer", "omzetbelasting", "omzetbelastingnummer", "dutch vat", "dutch vat number", *VAT_NUMBER),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NL_ID",
        title="Dutch passport or identity card number",
        category="user.government_id.passport_number",
        citation="RvIG: two letters, six letters or digits, a digit; no O",
        forms=(Form(r"[A-NP-Z]{2}[0-9]{7}|[A-NP-Z]{2}[0-9][0-9A-NP-Z]{4}[0-9]{2}", R, 0.65, alone=True), Form(r"[A-NP-Z]{2}[0-9A-NP-Z]{6}[0-9]", R, 0.65)),
        check=lambda value: sum(map(str.isdecimal, value)) >= 2,
        words=shortened(
            "paspoort", "paspoortnummer", "identiteitskaart", "identiteitskaartnummer", "id kaart", "identiteitsbewijs", "documentnummer", "nederlands paspoort", "dutch passport", "dutch id card", "dutch identity card", "dutch id", *PASSPORT,
        ),
        loose=ID_CARD,
        strength=Strength.SHAPE,
    ),
)  # fmt: skip
