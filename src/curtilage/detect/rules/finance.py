"""Cards and accounts that are written alike everywhere."""

from curtilage.detect.checksums import digits, is_monotone, luhn
from curtilage.detect.iban import iban_length
from curtilage.detect.models import Edge, Form, Kind, R, Strength

# ISO/IEC 7812 issuer ranges as the schemes publish them: first digits from, to, lengths.
_ISSUERS = (
    ("4", "4", (13, 16, 19)),  # Visa
    ("51", "55", (16,)), ("2221", "2720", (16,)),  # Mastercard
    ("34", "34", (15,)), ("37", "37", (15,)),  # American Express
    ("6011", "6011", (16, 17, 18, 19)), ("644", "649", (16, 17, 18, 19)), ("65", "65", (16, 17, 18, 19)),  # Discover
    ("3528", "3589", (16, 17, 18, 19)),  # JCB
    ("300", "305", (14, 16)), ("3095", "3095", (14, 16)), ("36", "36", (14, 16)), ("38", "39", (14, 16)),  # Diners Club
    ("62", "62", (16, 17, 18, 19)),  # UnionPay
)  # fmt: skip
_MAESTRO = ("50", "56", "57", "58", "63", "67")


def is_card(number: str) -> bool:
    """An issuer's range and length, and Luhn."""
    length = len(number)
    issued = any(
        first <= number[: len(first)] <= last and length in lengths
        for first, last, lengths in _ISSUERS
    )
    return issued and luhn(number)


def _is_maestro(number: str) -> bool:
    return (
        number[:2] in _MAESTRO
        and 12 <= len(number) <= 19
        and not is_monotone(number)
        and luhn(number)
    )


KINDS = (
    Kind(
        type="CREDIT_CARD",
        title="Payment card number",
        category="user.financial.card",
        citation="ISO/IEC 7812-1: issuer ranges, annex B (Luhn)",
        forms=(
            Form(r"[2-6][0-9]{3}[ \t.\-][0-9]{4}[ \t.\-][0-9]{4}[ \t.\-][0-9]{4}", edge=Edge.PROVED),
            Form(r"[4-6][0-9]{3}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{4}[ \-][0-9]{1,3}", edge=Edge.NUMBER),
            Form(r"3[0-9]{3}[ \t.\-][0-9]{6}[ \t.\-][0-9]{4,5}", edge=Edge.PROVED),
            Form(r"[2-6][0-9]{13,15}|[456][0-9]{18}", score=0.85, edge=Edge.PROVED),
            Form(r"4[0-9]{12}|[356][0-9]{16,17}", R, 0.7, Edge.NUMBER),  # seldom issued, often EAN-13 or serials
            Form(r"(?:5[0678]|6[37])[0-9]{10,17}", R, 0.6, Edge.NUMBER, check=_is_maestro),
        ),
        check=is_card,
        normalise=digits,
        words=(
            "card", "card number", "credit card", "debit card", "cardnumber", "creditcard", "ccnum", "cc number", "pan", "visa", "mastercard", "amex", "maestro", "discover",
            "kreditkarte", "kartennummer", "kreditkartennummer", "karte", "carte", "carte bancaire", "numéro de carte", "tarjeta", "carta", "carta di credito", "cartão", "kaart", "kaartnummer", "creditcardnummer",
        ),
        strength=Strength.DIGIT,
    ),
    Kind(
        type="IBAN_CODE",
        title="IBAN",
        category="user.financial.bank_account",
        citation="ISO 13616, SWIFT IBAN Registry, ISO/IEC 7064 MOD 97-10",
        forms=(
            Form(
                r"[A-Za-z]{2}[0-9]{2}(?:[ .\-]?[0-9A-Za-z]){11,30}",
                score=0.98,
                trigger=r"[A-Za-z]{2}[0-9]{2}(?:[ .\-]?[0-9A-Za-z]){11,}",
                trim=iban_length,
            ),
        ),
        words=("iban", "account", "bank account", "konto", "kontonummer", "bankverbindung", "compte", "cuenta", "conto", "conta", "rekening", "rekeningnummer"),
        strength=Strength.DOUBLE,
    ),
)  # fmt: skip
