"""Normal forms: which spellings count as one value."""

import pytest

from curtilage.shield.normal import normaliser_of


@pytest.mark.parametrize(
    ("type", "first", "second"),
    [
        ("EMAIL_ADDRESS", "Ada@Orchard.Example", "ada@orchard.example"),
        ("EMAIL_ADDRESS", "ada@b\u00fccher.example", "ada@bu\u0308cher.example"),
        ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", "de89370400440532013000"),
        ("PHONE_NUMBER", "+1 (555) 010-0199", "+15550100199"),
        ("CREDIT_CARD", "4111\u20111111-1111 1111", "4111111111111111"),
        ("PERSON", "ADA  LOVELACE", "Ada Lovelace"),
        ("US_SSN", "\uff11\uff12\uff13-45-6789", "123456789"),
    ],
)
def test_spellings_of_one_value_share_a_normal_form(type: str, first: str, second: str) -> None:
    normalise = normaliser_of(type)
    assert normalise(first) == normalise(second)


@pytest.mark.parametrize(
    ("type", "first", "second"),
    [
        ("IP_ADDRESS", "192.0.21.1", "192.0.2.11"),
        ("DATE_OF_BIRTH", "1.11.1980", "11.1.1980"),
        ("SEC_GITHUB", "aB", "Ab"),
        ("LITERAL", "QX1", "qx1"),
        ("PERSON", "Ann Alee", "Anna Lee"),
    ],
)
def test_different_values_keep_apart(type: str, first: str, second: str) -> None:
    normalise = normaliser_of(type)
    assert normalise(first) != normalise(second)


@pytest.mark.parametrize("type", ["EMAIL_ADDRESS", "US_SSN", "SEC_GITHUB"])
@pytest.mark.parametrize("value", ["", "\ud83d", "\x00", "\U0001f600", "   "])
def test_no_string_is_refused(type: str, value: str) -> None:
    assert isinstance(normaliser_of(type)(value), str)
