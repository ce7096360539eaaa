"""The text of a root key file."""

import pytest

from curtilage.vault.errors import RootKeyProblem
from curtilage.vault.wire import encode_root_key, parse_root_key

KEY = bytes(range(32))
TEXT = (
    "curtilage-root:1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f:{checksum}\n"
)


def test_a_key_comes_back_as_it_was_written() -> None:
    assert parse_root_key(encode_root_key(KEY)) == KEY
    assert encode_root_key(KEY).startswith(TEXT[:81])


def test_a_missing_or_foreign_line_end_is_no_harm() -> None:
    raw = encode_root_key(KEY)
    assert parse_root_key(raw.strip()) == KEY
    assert parse_root_key(raw.replace("\n", "\r\n")) == KEY


def test_every_mistyped_digit_is_refused() -> None:
    raw = encode_root_key(KEY)
    for at in range(17, len(raw) - 1):
        wrong = "f" if raw[at] != "f" else "0"
        with pytest.raises(RootKeyProblem):
            parse_root_key(raw[:at] + wrong + raw[at + 1 :])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("", "not in the form"),
        ("\n", "not in the form"),
        (KEY.hex(), "not in the form"),
        ("AGE-SECRET-KEY-1QQQ", "not in the form"),
        (encode_root_key(KEY) * 2, "not in the form"),
        (encode_root_key(KEY).upper(), "not in the form"),
        (encode_root_key(KEY).replace(":1:", ":2:"), "newer version"),
        (encode_root_key(KEY).replace(":1:", ":11:"), "newer version"),
        (encode_root_key(KEY).replace("1e1f:", "1e1e:"), "checksum"),
    ],
)
def test_what_is_no_root_key_is_refused_and_not_quoted(raw: str, says: str) -> None:
    with pytest.raises(RootKeyProblem, match=says) as caught:
        parse_root_key(raw)
    assert KEY.hex()[:16] not in str(caught.value) + caught.value.advice
