"""References of the Single Euro Payments Area."""

from curtilage.detect.checksums import compact, mod97
from curtilage.detect.models import B, Form, Kind, N, Strength

LONGEST_REFERENCE = 25  # ISO 11649
_SEPARATORS = " -./"


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
        type="SEPA_CREDITOR",
        title="SEPA creditor identifier",
        category="user.unique_id.organization",
        citation="EPC262-08 AT-02: MOD 97-10 without the business code",
        forms=(Form(r"(?:AT|BE|BG|CH|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GR|HR|HU|IE|IS|IT|LI|LT|LU|LV|MC|MT|NL|NO|PL|PT|RO|SE|SI|SK|SM) ?[0-9]{2} ?(?:ZZZ|[0-9A-Z]{3}) ?[0-9A-Z]{5,28}", B, 0.75),),
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
