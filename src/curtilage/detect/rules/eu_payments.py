"""Accounts that have no IBAN, and references of the Single Euro Payments Area."""

from curtilage.detect.checksums import compact, digits, is_monotone, mod97, weighted_sum
from curtilage.detect.models import B, Edge, Form, Kind, N, R, Strength
from curtilage.detect.naming import BANK_ACCOUNT, shortened

_CZECH_WEIGHTS = (6, 3, 7, 9, 10, 5, 8, 4, 2, 1)
# ČNB and NBS, codes of payment service providers, 2026.
_BANKS_TEXT = """
0100 0300 0600 0710 0800 2010 2060 2070 2100 2200 2220 2250 2260 2600 2700 3030 3060 3500 4300 5500 5800 6000 6200 6210
6300 6363 6700 6800 7910 7950 7960 7970 7990 8030 8040 8060 8090 8150 8190 8198 8220 8250 8255 8265 8500 8610 8660
0200 0720 0900 1100 1111 3100 5600 5900 6500 7500 7930 8050 8120 8130 8160 8170 8180 8320 8330 8360 8370 8420
"""
_BANKS = frozenset(_BANKS_TEXT.split())
LONGEST_REFERENCE = 25  # ISO 11649
_SEPARATORS = " -./"


def _is_czech_account(value: str) -> bool:
    """ČNB vyhláška 169/2011 Sb.: mod 11 over prefix and number; a bank's code."""
    account, bank = value.replace(" ", "").split("/")
    prefix, _, root = account.rpartition("-")
    return (
        bank in _BANKS
        and int(root) > 0
        and all(weighted_sum(part.zfill(10), _CZECH_WEIGHTS) % 11 == 0 for part in (prefix, root))
    )


def _is_spanish_account(number: str) -> bool:
    """Consejo Superior Bancario: powers of two mod 11 over bank and branch, and over the account."""
    return _spanish_digit("00" + number[:8]) + _spanish_digit(number[10:]) == number[8:10]


def _spanish_digit(number: str) -> str:
    rest = weighted_sum(number, [1 << place for place in range(10)]) % 11
    return str(rest if rest < 2 else 11 - rest)


def _is_norwegian_account(number: str) -> bool:
    """Finans Norge, kontonummer: weights 5,4,3,2,7,6,5,4,3,2 mod 11."""
    check = -weighted_sum(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return not is_monotone(number) and check == int(number[10])


def _is_creditor(value: str) -> bool:
    """EPC262-08: MOD 97-10 without the creditor's business code, places five to seven."""
    return mod97(value[7:] + value[:4])


def reference_length(text: str) -> int:
    """How many characters of `text`, separators included, are a creditor reference; 0 for none."""
    value, ends = "", []
    for place, char in enumerate(text, 1):
        if char not in _SEPARATORS:
            value += char
            ends.append(place)
    for length in range(min(len(value), LONGEST_REFERENCE), 5, -1):
        end = ends[length - 1]
        is_whole = end == len(text) or not text[end].isalnum()
        if is_whole and mod97((value[4:length] + value[:4]).upper()):
            return end
    return 0


KINDS = (
    Kind(
        type="CZ_BANK",
        title="Czech or Slovak bank account",
        category="user.financial.bank_account",
        citation="ČNB vyhláška 169/2011 Sb.: mod 11 over prefix and number, bank code",
        forms=(
            Form(r"(?:[0-9]{1,6}-)?[0-9]{6,10}/[0-9]{4}", B, 0.7, Edge.PROVED),
            Form(r"(?:[0-9]{1,6} ?- ?)?[0-9]{4,10} ?/ ?[0-9]{4}", R, 0.65, Edge.PROVED),
        ),
        check=_is_czech_account,
        words=("číslo účtu", "účet", "bankovní účet", "bankové spojení", "bankovní spojení", "bankový účet", "číslo bankovního účtu", "czech bank account", "czech account", "czech account number", "slovak bank account"),
        loose=BANK_ACCOUNT,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="ES_CCC",
        title="Spanish bank account (CCC)",
        category="user.financial.bank_account",
        citation="Consejo Superior Bancario, norma 43: two check digits mod 11",
        forms=(
            Form(r"[0-9]{4}[ \-.][0-9]{4}[ \-.][0-9]{2}[ \-.][0-9]{5} ?[0-9]{5}|[0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4} [0-9]{4}", B, 0.7, Edge.NUMBER),
            Form(r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]{2}[ \-]?[0-9]{10}", R, 0.7, Edge.NUMBER),
        ),
        check=_is_spanish_account,
        normalise=digits,
        words=("ccc", "código cuenta cliente", "código de cuenta cliente", "cuenta", "cuenta bancaria", "cuenta corriente", "número de cuenta", "nº de cuenta", "domiciliación", "spanish bank account", "spanish account number"),
        loose=BANK_ACCOUNT,
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="NO_KONTO",
        title="Norwegian bank account",
        category="user.financial.bank_account",
        citation="Finans Norge: weights 5-4-3-2-7-6-5-4-3-2 mod 11",
        forms=(
            Form(r"[0-9]{4}[. ][0-9]{2}[. ][0-9]{5}", B, 0.45, Edge.NUMBER),
            Form(r"[0-9]{4}[. \-]?[0-9]{2}[. \-]?[0-9]{5}", R, 0.6, Edge.NUMBER),
        ),
        check=_is_norwegian_account,
        normalise=digits,
        words=shortened("kontonummer", "konto nr", "kontonr", "konto", "bankkonto", "bankkontonummer", "norwegian account", "norwegian bank account", "norwegian account number"),
        loose=BANK_ACCOUNT,
        strength=Strength.DIGIT,
    ),
    Kind(
        type="SEPA_CREDITOR",
        title="SEPA creditor identifier",
        category="user.unique_id.organization",
        citation="EPC262-08 AT-02: MOD 97-10 without the business code",
        forms=(Form(r"(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MC|MT|NL|NO|PL|PT|RO|SE|SI|SK|SM) ?[0-9]{2} ?(?:ZZZ|[0-9A-Z]{3}) ?[0-9A-Z]{5,28}", B, 0.75, trigger=r"[A-Z]{2} ?[0-9]{2} ?[0-9A-Z]{3} ?[0-9A-Z]{5,}"),),
        check=_is_creditor,
        normalise=compact,
        words=(
            "creditor id", "creditor identifier", "sepa creditor", "sepa creditor id", "sepa creditor identifier", "creditor identification", "ci number", "gläubiger id", "gläubiger identifikationsnummer", "gläubigeridentifikationsnummer", "gläubiger", "identifiant créancier", "identifiant créancier sepa",
            "ics", "identificador del acreedor", "identificador acreedor", "acreedor", "identificativo creditore", "codice identificativo creditore", "creditore", "identificação do credor", "credor", "incassant id", "incassant", "identyfikator wierzyciela", "wierzyciel", "direct debit", "lastschrift", "sepa",
        ),
        strength=Strength.DOUBLE,
    ),
    Kind(
        type="ISO11649",
        title="Creditor reference (RF)",
        category="user.financial.payment_reference",
        citation="ISO 11649: RF, MOD 97-10",
        forms=(Form(r"RF ?[0-9]{2}(?:[ .\-]?[0-9A-Z]){2,21}", N, 0.85, trim=reference_length), Form(r"rf ?[0-9]{2}(?:[ .\-]?[0-9a-z]){2,21}", B, 0.6, trim=reference_length)),
        words=("creditor reference", "rf reference", "rf creditor reference", "rf code", "payment reference", "structured reference", "referenz", "zahlungsreferenz", "référence", "viite", "viitenumero", "referencia", "riferimento", "referência", "betalingskenmerk", "iso 11649"),
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
