"""Tokens: the same for the same, different for all else, and not to be forged."""

import pytest

from curtilage.shield.grammar import EPOCHS, SYMBOLS, TOKEN_LIMIT
from curtilage.shield.tokens import REMEMBERED, ScopeKey, TokenMint

FIRST = ScopeKey(1, bytes(range(32)))
SECOND = ScopeKey(2, bytes(range(1, 33)))
ADDRESS = "ada@orchard.example"
PINNED_NORMAL = "QX1-EMAIL-au8n5j5ct6866n7n-001hd9az49kwc0zr"
PINNED_SPELLED = "QX1-EMAIL-au8n5j5ct6866n7nr4zuy6-0013pbuf1xk2jjx6"


def a_mint(scope: bytes = b"conversation", key: ScopeKey = FIRST) -> TokenMint:
    return TokenMint(scope, key)


def body(token: str) -> str:
    return token.split("-")[2][:16]


def is_genuine(mint: TokenMint, text: str) -> bool:
    return [match.genuine for match in mint.find(text)] == [True]


def test_version_1_is_pinned() -> None:
    """These bytes stand in other people's logs: a change needs version 2."""
    assert a_mint().mint("EMAIL_ADDRESS", ADDRESS) == PINNED_NORMAL
    assert a_mint().mint("EMAIL_ADDRESS", "Ada@orchard.example") == PINNED_SPELLED


def test_one_value_has_one_token_on_every_worker() -> None:
    assert a_mint().mint("EMAIL_ADDRESS", ADDRESS) == a_mint().mint("EMAIL_ADDRESS", ADDRESS)


def test_spellings_share_the_body_and_differ_in_the_variant() -> None:
    mint = a_mint()
    tokens = [
        mint.mint("EMAIL_ADDRESS", text)
        for text in (ADDRESS, ADDRESS.upper(), "Ada@orchard.example")
    ]
    assert len({body(token) for token in tokens}) == 1
    assert len(set(tokens)) == 3


def test_values_types_scopes_and_keys_have_nothing_in_common() -> None:
    tokens = [
        a_mint().mint("EMAIL_ADDRESS", ADDRESS),
        a_mint().mint("EMAIL_ADDRESS", "bob@orchard.example"),
        a_mint().mint("USERNAME", ADDRESS),
        a_mint(b"other").mint("EMAIL_ADDRESS", ADDRESS),
        a_mint(key=ScopeKey(1, bytes(32))).mint("EMAIL_ADDRESS", ADDRESS),
    ]
    assert len({body(token) for token in tokens}) == len(tokens)
    assert len({token[-13:] for token in tokens}) == len(tokens)


def test_two_types_with_one_label_have_different_tokens() -> None:
    tokens = {a_mint().mint(type, ADDRESS) for type in ("EMAIL", "EMAIL_ADDRESS")}
    assert len(tokens) == 2
    assert all(token.startswith("QX1-EMAIL-") for token in tokens)


def test_an_attempt_gives_another_variant_of_the_same_value() -> None:
    mint = a_mint()
    tokens = [mint.mint("EMAIL_ADDRESS", ADDRESS, attempt=attempt) for attempt in range(3)]
    assert len(set(tokens)) == 3
    assert len({body(token) for token in tokens}) == 1
    assert all(is_genuine(mint, token) for token in tokens)


def test_every_single_change_to_a_token_loses_it() -> None:
    mint = a_mint()
    token = mint.mint("EMAIL_ADDRESS", "Ada@orchard.example")
    for at, symbol in enumerate(token):
        if at in (0, 1, 2) or symbol == "-":
            continue
        other = "Z" if symbol.isupper() else next(s for s in SYMBOLS if s != symbol)
        changed = token[:at] + other + token[at + 1 :]
        assert not is_genuine(mint, changed), at


def test_a_token_of_another_scope_proves_nothing() -> None:
    token = a_mint().mint("EMAIL_ADDRESS", ADDRESS)
    for mint in (a_mint(b"other"), a_mint(key=ScopeKey(1, bytes(32))), a_mint(key=SECOND)):
        (match,) = mint.find(token)
        assert match.exact
        assert not match.genuine


def test_fields_cannot_be_moved_between_tokens() -> None:
    mint = a_mint()
    first = mint.mint("EMAIL_ADDRESS", ADDRESS).split("-")
    second = mint.mint("PHONE_NUMBER", "+15550100199").split("-")
    for at in (1, 2, 3):
        mixed = [*first[:at], second[at], *first[at + 1 :]]
        assert not is_genuine(mint, "-".join(mixed))


def test_an_older_epoch_still_proves_its_tokens_and_mints_none() -> None:
    old = a_mint().mint("EMAIL_ADDRESS", ADDRESS)
    rotated = TokenMint(b"conversation", SECOND, [FIRST])
    assert is_genuine(rotated, old)
    assert rotated.mint("EMAIL_ADDRESS", ADDRESS) != old
    assert not is_genuine(a_mint(key=SECOND), old)


def test_a_damaged_token_is_proved_by_its_tag() -> None:
    mint = a_mint()
    token = mint.mint("EMAIL_ADDRESS", ADDRESS)
    (match,) = mint.find(f"to **{token.lower().replace('-', chr(92) + '-')}**")
    assert (match.exact, match.genuine, match.canonical) == (False, True, token)


@pytest.mark.parametrize("value", ["", "\x00", "\ud83d", "\U0001f600", "a" * 100_000])
@pytest.mark.parametrize("type", ["EMAIL_ADDRESS", "SEC_GITHUB", "\ud83d", "Q" * 300])
def test_any_value_of_any_type_has_a_token_within_the_limit(type: str, value: str) -> None:
    mint = a_mint()
    token = mint.mint(type, value)
    assert len(token) <= TOKEN_LIMIT
    assert is_genuine(mint, token)


def test_what_is_remembered_is_bounded_and_changes_nothing() -> None:
    mint = a_mint()
    first = mint.mint("PERSON", "0")
    for number in range(REMEMBERED + 1):
        assert mint.is_genuine(mint.mint("PERSON", str(number)))
    assert mint.mint("PERSON", "0") == first
    assert mint.is_genuine(first)
    assert max(len(mint._minted), len(mint._proved)) <= REMEMBERED


def test_a_mint_taken_afresh_gives_the_same_tokens_and_leaves_nothing_behind() -> None:
    mint = a_mint()
    fresh = mint.afresh()
    token = fresh.mint("EMAIL_ADDRESS", ADDRESS)
    assert fresh.is_genuine(token) and is_genuine(mint, token)
    assert (
        token == mint.mint("EMAIL_ADDRESS", ADDRESS) == mint.afresh().mint("EMAIL_ADDRESS", ADDRESS)
    )
    assert not mint.afresh()._minted and not mint.afresh()._proved


@pytest.mark.parametrize(
    "key", [ScopeKey(-1, bytes(32)), ScopeKey(EPOCHS, bytes(32)), ScopeKey(1, b"short")]
)
def test_a_key_that_does_not_fit_is_refused(key: ScopeKey) -> None:
    with pytest.raises(ValueError, match="expected"):
        a_mint(key=key)
    with pytest.raises(ValueError, match="expected"):
        TokenMint(b"conversation", FIRST, [key])


def test_the_last_epoch_fits() -> None:
    mint = a_mint(key=ScopeKey(EPOCHS - 1, bytes(32)))
    assert is_genuine(mint, mint.mint("PERSON", "Ada"))
