"""Tokens that carry their value: who holds the key reads them, and nobody else."""

import pytest

from curtilage.core.models import Treatment
from curtilage.shield.encrypted import PLAIN_LIMIT
from curtilage.shield.grammar import CIPHER_SYMBOLS, ENCRYPTED_LIMIT, SYMBOLS, find_shapes
from curtilage.shield.held import Held, Origin
from curtilage.shield.protect import hold_carried
from curtilage.shield.restore import restore_text
from curtilage.shield.tokens import REMEMBERED, ScopeKey, TokenMint
from tests.unit.shield.worlds import ADA, World, a_mint

PINNED = (
    "QX2-EMAIL-0012fkp1zndvncw8hdm2uz4jknk87uswucthr5cv8fsth77ercz6d90zfp5zvfr3bkdks3fptnc5n4fjsx08"
)
ENCRYPT = {"EMAIL_ADDRESS": Treatment.ENCRYPT, "PERSON": Treatment.ENCRYPT}


def encrypted(value: str = ADA, mint: TokenMint | None = None) -> str:
    token = (mint or a_mint()).encrypt("EMAIL_ADDRESS", value)
    assert token is not None
    return token


def test_version_2_is_pinned() -> None:
    """These bytes stand in other people's logs: a change needs version 3."""
    assert encrypted() == PINNED


def test_a_value_comes_back_with_its_type_and_without_a_map() -> None:
    assert a_mint().decrypt(encrypted()) == ("EMAIL_ADDRESS", ADA)


@pytest.mark.parametrize("value", ["", "\0", "\ud83d", "\U0001f600", "a" * 100])
@pytest.mark.parametrize("type", ["EMAIL_ADDRESS", "SEC_GITHUB", "Q" * 20])
def test_any_value_of_any_type_comes_back(type: str, value: str) -> None:
    token = a_mint().encrypt(type, value)
    assert token is not None and len(token) <= ENCRYPTED_LIMIT
    assert a_mint().decrypt(token) == (type, value)
    assert [shape.canonical for shape in find_shapes(f"abc{token}xyz")] == [token]


def test_the_longest_value_fits_and_one_more_byte_becomes_a_plain_token() -> None:
    room = PLAIN_LIMIT - len("EMAIL_ADDRESS") - 1
    token = encrypted("a" * room)
    assert len(token) == ENCRYPTED_LIMIT - 12 + len("EMAIL")
    assert len(token.rpartition("-")[2]) == CIPHER_SYMBOLS + 5
    assert a_mint().encrypt("EMAIL_ADDRESS", "a" * (room + 1)) is None
    long = "a" * room + "@xy"
    left = World().protect(long, treatments=ENCRYPT)
    assert left.startswith("QX1-EMAIL-")


def test_every_single_change_to_a_token_loses_it() -> None:
    token = encrypted("ab@orchard.example")
    for at, symbol in enumerate(token):
        if at in (0, 1, 2) or symbol == "-":
            continue
        others = "Z" if symbol.isupper() else [s for s in SYMBOLS if s != symbol]
        for other in others:
            changed = token[:at] + other + token[at + 1 :]
            assert not any(match.genuine for match in a_mint().find(changed)), at


def test_no_other_scope_key_or_epoch_reads_it() -> None:
    token = encrypted()
    for mint in (
        a_mint(b"other"),
        TokenMint(b"conversation", ScopeKey(1, bytes(32))),
        TokenMint(b"conversation", ScopeKey(2, bytes(range(32)))),
    ):
        assert mint.decrypt(token) is None
        assert not mint.is_genuine(token)


def test_an_older_epoch_is_still_read() -> None:
    rotated = TokenMint(b"conversation", ScopeKey(2, bytes(32)), [ScopeKey(1, bytes(range(32)))])
    assert rotated.decrypt(encrypted()) == ("EMAIL_ADDRESS", ADA)


def test_what_is_remembered_is_bounded() -> None:
    mint = a_mint()
    for number in range(REMEMBERED + 1):
        mint.decrypt(encrypted(str(number)))
    assert len(mint._opened) <= REMEMBERED
    assert not mint.afresh()._opened
    assert mint.decrypt("QX1-EMAIL-x") is None


def test_the_text_comes_back_and_the_same_text_leaves_as_the_same_bytes() -> None:
    world = World()
    left = world.protect(f"Mail {ADA}, please.", treatments=ENCRYPT)
    assert left == World().protect(f"Mail {ADA}, please.", treatments=ENCRYPT)
    assert left.startswith("Mail QX2-EMAIL-")
    assert restore_text(left, world.held).text == f"Mail {ADA}, please."


def test_a_later_request_that_resends_it_gets_the_value_back() -> None:
    left = World().protect(f"Mail {ADA}", treatments=ENCRYPT)
    later = World()
    assert later.protect(f"You said: {left}") == f"You said: {left}"
    assert restore_text(left, later.held).text == f"Mail {ADA}"
    assert restore_text(left, World().held).unknown == 1


def test_a_request_of_another_scope_learns_nothing_from_it() -> None:
    left = World().protect(ADA, treatments=ENCRYPT)
    other = World(b"another")
    escaped = other.protect(f"You said: {left}")
    assert "QX1-LITERAL-" in escaped
    assert restore_text(left, other.held).text == left
    assert restore_text(escaped, other.held).text == f"You said: {left}"


def test_what_is_withheld_stays_withheld_in_a_later_request() -> None:
    left = World().protect(ADA, treatments=ENCRYPT)
    for held, origin in (
        (Held(withheld=frozenset({"EMAIL_ADDRESS"})), Origin.CALLER),
        (Held(application=False), Origin.APPLICATION),
    ):
        later = World()
        later.held = held
        later.protect(left, origin=origin)
        assert restore_text(left, held).withheld == 1


@pytest.mark.parametrize(
    "damage",
    [
        str.lower,
        str.upper,
        lambda token: token.replace("-", "\\-"),
        lambda token: token.replace("-", " \u2013 "),
        lambda token: token[:60] + "\n" + token[60:],
        lambda token: f"**{token}**",
    ],
)
def test_damage_is_read_through(damage: object) -> None:
    assert callable(damage)
    world = World()
    left = world.protect(ADA, treatments=ENCRYPT)
    assert ADA in restore_text(f"Write to {damage(left)}, please.", world.held).text


def test_what_tokens_carry_is_held_for_whoever_has_the_key() -> None:
    held = Held()
    text = f"{encrypted()} {World().token(ADA)} {encrypted(mint=a_mint(b'other'))}"
    assert hold_carried(text, mint=a_mint(), held=held, origin=Origin.CALLER) == 1
    assert restore_text(text, held).text.startswith(f"{ADA} QX1-")


@pytest.mark.parametrize("first", [True, False])
def test_who_resends_a_token_of_the_apps_does_not_make_its_value_their_own(first: bool) -> None:
    """A person who may not see what the app wrote quotes the reply that kept its tokens."""
    left = World().protect(ADA, treatments=ENCRYPT)
    later = World()
    later.held = Held(application=False)
    if first:
        later.protect(ADA, treatments=ENCRYPT, origin=Origin.APPLICATION)
    later.protect(f"You said: {left}")
    if not first:
        later.protect(ADA, treatments=ENCRYPT, origin=Origin.APPLICATION)
    assert ADA not in restore_text(left, later.held).text
    later.protect(ADA, treatments=ENCRYPT)  # now the person wrote it
    assert restore_text(left, later.held).text == ADA
