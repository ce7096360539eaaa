"""Card details beside the number, and codes of banks, papers and companies."""

from curtilage.detect.checksums import compact, digits, isin, luhn, mod97
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength

# ISO 3166-1 alpha-2, with XK (user-assigned, used by SWIFT), XS and EU (ISIN).
COUNTRIES = frozenset(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ "
    "DE DJ DK DM DO DZ EC EE EG EH ER ES ET EU FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT "
    "JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL "
    "NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK XS YE YT ZA ZM ZW".split()
)


def _is_isin(value: str) -> bool:
    return value[:2] in COUNTRIES and isin(value)


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
        forms=(Form(r"[0-9]{3,4}", R, 0.5, Edge.NUMBER),),
        words=("cvv", "cvc", "csc", "cvv2", "cvc2", "cid code", "security code", "card verification", "prüfziffer", "kartenprüfnummer", "cryptogramme", "código de seguridad", "codice di sicurezza", "código de segurança", "beveiligingscode"),
        strength=Strength.NONE,
    ),
    Kind(
        type="CARD_EXPIRY",
        title="Card expiry",
        category="user.financial.card",
        citation="ISO/IEC 7813: month and year",
        forms=(Form(r"(?:0[1-9]|1[0-2])[ ]?[/\-][ ]?(?:20)?[2-4][0-9]", R, 0.5, Edge.NUMBER),),
        words=("expiry", "expiration", "expires", "exp", "exp date", "expiry date", "expiration date", "valid thru", "good thru", "gültig bis", "ablaufdatum", "date d'expiration", "expire", "caducidad", "vencimiento", "scadenza", "validade", "vervaldatum"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="BIC",
        title="SWIFT/BIC",
        category="user.financial.bank_account",
        citation="ISO 9362: bank, ISO country, place, branch",
        forms=(Form(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", R, 0.6),),
        check=lambda value: value[4:6] in COUNTRIES,
        words=("bic", "swift", "swift code", "bic code", "bankleitzahl"),
        strength=Strength.SHAPE,
    ),
    Kind(
        type="LEI",
        title="Legal entity identifier",
        category="user.unique_id.organization",
        citation="ISO 17442, ISO/IEC 7064 MOD 97-10",
        forms=(Form(r"[0-9A-Z]{18}[0-9]{2}", N, 0.8),),
        check=_is_lei,
        words=("lei", "legal entity identifier"),
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
        words=("isin", "security", "wertpapier", "wkn", "titre", "valor"),
        strength=Strength.DIGIT,
    ),
)  # fmt: skip
