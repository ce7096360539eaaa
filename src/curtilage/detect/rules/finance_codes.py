"""Card details beside the number, and codes of banks, papers and companies."""

from curtilage.detect.checksums import BASE36, compact, digits, is_monotone, isin, luhn, mod97
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

# ISO 3166-1 alpha-2, with XK (user-assigned, used by SWIFT), XS and EU (ISIN).
COUNTRIES = frozenset(
    (
        "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI", "BJ",
        "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN", "CO", "CR",
        "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "EU", "FI", "FJ", "FK", "FM", "FO",
        "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM", "HN", "HR", "HT",
        "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN", "KP", "KR", "KW", "KY",
        "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK", "ML", "MM", "MN", "MO", "MP",
        "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP", "NR", "NU", "NZ", "OM", "PA", "PE",
        "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW", "SA", "SB", "SC", "SD", "SE", "SG", "SH",
        "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF", "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO",
        "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI", "VN", "VU", "WF", "WS", "XK", "XS", "YE", "YT", "ZA",
        "ZM", "ZW",
    )
)  # fmt: skip

# Three digits are too short a shape to look for: the naming word is a part of the pattern.
_CVV_NAME = (
    r"(?:[Cc][Vv][Vv]2?|[Cc][Vv][Cc]2?|[Cc][Ss][Cc]|[Cc]ard[ _]?[Vv]erification(?:[ _]?[Vv]alue|[ _]?[Cc]ode|[ _]?[Nn]umber)?|[Ss]ecurity[ _]?[Cc]ode|[Pp]r(?:\xfc|ue)fziffer"
    r"|[Kk]artenpr(?:\xfc|ue)fnummer|[Cc]ryptogramme|[Cc](?:\xf3|o)digo de segur(?:idad|an\xe7a)|[Cc]odice di sicurezza|[Bb]eveiligingscode)"
)


def _is_isin(value: str) -> bool:
    return value[:2] in COUNTRIES and isin(value)


def _is_cusip(value: str) -> bool:
    """ANSI X9.6: every second value doubled, the digits added, mod 10."""
    values = (BASE36.index(char) * (1 + place % 2) for place, char in enumerate(value[:8]))
    total = sum(each // 10 + each % 10 for each in values)
    return len(set(value)) > 3 and not is_monotone(value[:6]) and -total % 10 == int(value[8])


def _is_lei(value: str) -> bool:
    return sum(char.isalpha() for char in value) >= 2 and mod97(value)


def _is_track(value: str) -> bool:
    start = value[2:] if value[0] == "%" else value[1:]
    number = start.partition("^" if value[0] == "%" else "=")[0]
    return luhn(digits(number))


KINDS = (
    Kind(
        type="CARD_TRACK",
        title="Magnetic track of a card",
        category="user.financial.card",
        citation="ISO/IEC 7813: tracks 1 and 2",
        forms=(
            Form(r"%[Bb][0-9]{12,19}\^[^\^\x00-\x1f]{2,26}\^[0-9]{4}[^?\x00-\x1f]{3,80}\?", score=0.98, edge=Edge.OPEN, trigger=r"%[Bb][0-9]{12,19}\^[^\^\x00-\x1f]{2,26}\^[0-9]{4}"),
            Form(r";[0-9]{12,19}=[0-9]{7}[0-9]{0,20}\?", score=0.95, edge=Edge.OPEN),
        ),
        check=_is_track,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="CVV",
        title="Card verification value",
        category="user.financial.card",
        citation="PCI DSS 4.0, sensitive authentication data",
        forms=(
            Form(rf"{_CVV_NAME}[^0-9\n]{{0,24}}(?P<value>[0-9]{{3,4}})", N, 0.85, Edge.NUMBER),
            Form(rf"(?P<value>[0-9]{{3,4}})[^0-9\n.]{{1,12}}{_CVV_NAME}", N, 0.75, Edge.NUMBER),
        ),
        strength=Strength.NONE,
    ),
    Kind(
        type="CARD_EXPIRY",
        title="Card expiry",
        category="user.financial.card",
        citation="ISO/IEC 7813: month and year",
        forms=(Form(r"(?:0[1-9]|1[0-2])[ ]?[/\-][ ]?(?:20)?[2-4][0-9]", R, 0.5, Edge.NUMBER),),
        words=("expiry", "expiration", "card expiry", "expiring", "valid until", "expires", "exp", "exp date", "expiry date", "expiration date", "valid thru", "good thru", "gültig bis", "ablaufdatum", "date d'expiration", "expire", "caducidad", "vencimiento", "scadenza", "validade", "vervaldatum"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="BIC",
        title="SWIFT/BIC",
        category="user.financial.bank_account",
        citation="ISO 9362: bank, ISO country, place, branch",
        forms=(
            Form(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", R, 0.6),
            # Of eight signs one that ends in 0 is a test's and in 1 a passive member's (ISO 9362):
            # nobody is paid there. With a branch behind it such codes are in use: GENODEF1P15.
            Form(r"[A-Z]{6}(?:[0-9][A-Z]|[A-Z][2-9])|[A-Z]{6}(?:[0-9][A-Z]|[A-Z][0-9])[A-Z0-9]{3}|[A-Z]{6}[A-Z]{2}(?:XXX|[0-9]{3})", R, 0.6, alone=True),
            Form(r"[A-Z]{4}[ \-][A-Z]{2}[ \-][A-Z0-9]{2}(?:[ \-][A-Z0-9]{3})?|[a-z]{6}[a-z0-9]{2}(?:[a-z0-9]{3})?", R, 0.5),
        ),
        check=lambda value: value[4:6] in COUNTRIES,
        normalise=compact,
        words=("bic", "swift", "swift bic", "swift code", "swift number", "bic code", "bic swift", "bank identifier code", "código swift", "code swift", "código bic", "codice bic", "codice swift", "bankleitzahl"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="LEI",
        title="Legal entity identifier",
        category="user.unique_id.organization",
        citation="ISO 17442, ISO/IEC 7064 MOD 97-10",
        forms=(Form(r"[0-9A-Z]{18}[0-9]{2}", N, 0.8), Form(r"[0-9A-Z]{18}[0-9]{2}", R, 0.7, check=mod97)),
        check=_is_lei,
        normalise=compact,
        words=("lei", "lei code", "legal entity identifier", "legal entity", "gleif"),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="ISIN",
        title="Security identification number",
        category="user.financial",
        citation="ISO 6166",
        forms=(Form(r"[A-Z]{2}[0-9A-Z]{9}[0-9]", B, 0.55),),
        check=_is_isin,
        normalise=compact,
        words=("isin", "isin code", "isin number", "security", "securities", "security identifier", "wertpapier", "wertpapierkennnummer", "wkn", "titre", "valor", "código isin", "codice isin"),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="CUSIP",
        title="North American security number (CUSIP)",
        category="user.financial",
        citation="ANSI X9.6: letters as 10 to 35, every second value doubled, mod 10",
        forms=(Form(r"[0-9A-Z]{8}[0-9]", R, 0.6, Edge.NUMBER),),
        check=_is_cusip,
        normalise=compact,
        words=("cusip", "cusip number", "cusip no", "cins", "security id", "bond", "committee on uniform securities"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
