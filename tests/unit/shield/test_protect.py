"""Protecting: nothing found leaves raw, nothing else changes, and nothing gets mixed up."""

import pytest

from curtilage.core.models import Treatment
from curtilage.shield.errors import Blocked
from curtilage.shield.held import Held, HeldValue, Origin, Sink
from curtilage.shield.protect import mask_of
from curtilage.shield.restore import restore_text
from curtilage.shield.tokens import LITERAL, TokenMint
from tests.builders import a_finding
from tests.unit.shield.worlds import ADA, World, a_mint

COLLISION = ("aBcDefgHIJklmNOpqrst@orchard.example", "AbcDEfGhIJKlmNOpqrst@orchard.example")
TOKEN = {"EMAIL_ADDRESS": Treatment.TOKEN, "PERSON": Treatment.TOKEN}


def inverse(world: World, text: str) -> str:
    return restore_text(text, world.held, sink=Sink.INVERSE).text


def test_the_same_text_gives_the_same_bytes_on_every_worker() -> None:
    text = f"Mail {ADA}, cc {ADA.upper()}, card 4111 1111 1111 1111."
    assert World().protect(text) == World().protect(text)
    assert ADA not in World().protect(text)


def test_one_value_is_one_token_and_another_is_another() -> None:
    text = f"{ADA} {ADA} bob@orchard.example"
    first, second, third = World().protect(text).split(" ")
    assert first == second != third


def test_counts_say_what_was_done() -> None:
    text = f"{ADA} and {ADA}, ghp_secret, 4111111111111111"
    treatments = {
        "EMAIL_ADDRESS": Treatment.TOKEN,
        "SEC_GITHUB": Treatment.MASK,
        "CREDIT_CARD": Treatment.ALLOW,
    }
    protected = World().protect(text, treatments=treatments)
    assert protected.count("QX1-EMAIL-") == 2
    assert protected.endswith(", [SECGITHUB], 4111111111111111")


def test_a_text_without_anything_is_the_same_object() -> None:
    text = "a quiet question"
    protected = World().protect(text)
    assert protected is text


def test_what_is_blocked_says_its_type_and_nothing_else() -> None:
    with pytest.raises(Blocked) as caught:
        World().protect(f"Mail {ADA}", treatments={"EMAIL_ADDRESS": Treatment.BLOCK})
    assert "EMAIL_ADDRESS" in str(caught.value)
    assert "ada" not in str(caught.value)
    assert caught.value.type == "EMAIL_ADDRESS"


def test_a_type_that_nobody_decided_on_is_blocked() -> None:
    with pytest.raises(Blocked):
        World().protect(f"Mail {ADA}", treatments={})


def test_what_is_blocked_leaves_nothing_held() -> None:
    world = World()
    with pytest.raises(Blocked):
        world.protect(f"{ADA} ghp_secret", treatments={**TOKEN, "SEC_GITHUB": Treatment.BLOCK})
    assert len(world.held) == 0


@pytest.mark.parametrize(("start", "end"), [(-1, 3), (3, 3), (5, 4), (0, 99)])
def test_a_finding_outside_its_text_is_our_bug(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="within its text"):
        World().protect(ADA, [a_finding(start=start, end=end)])


@pytest.mark.parametrize(
    "spans",
    [
        [(0, 10), (5, 15)],
        [(0, 15), (5, 10)],
        [(5, 10), (0, 15)],
        [(0, 10), (0, 15)],
        [(0, 10), (10, 15)],
        [(0, 5), (2, 8), (7, 15)],
        [(3, 9), (3, 9)],
    ],
)
def test_overlapping_findings_corrupt_nothing(spans: list[tuple[int, int]]) -> None:
    """notes case 15 — data-privacy-stack/presidio issue 1151: restoring was not the inverse."""
    text = "abcdefghijklmnopqrst"
    world = World()
    findings = [
        a_finding(start=start, end=end, type=("PERSON", "EMAIL_ADDRESS")[number % 2])
        for number, (start, end) in enumerate(spans)
    ]
    protected = world.protect(text, findings, TOKEN)
    for start, end in spans:
        assert text[start:end] not in protected
    assert inverse(world, protected) == text


def test_where_findings_overlap_the_strictest_wins() -> None:
    findings = [
        a_finding(start=0, end=10, type="PERSON"),
        a_finding(start=5, end=15, type="SEC_GITHUB"),
        a_finding(start=12, end=18, type="CREDIT_CARD"),
    ]
    treatments = {
        "PERSON": Treatment.TOKEN,
        "SEC_GITHUB": Treatment.MASK,
        "CREDIT_CARD": Treatment.ALLOW,
    }
    protected = World().protect("abcdefghijklmnopqrst", findings, treatments)
    assert protected == "[SECGITHUB]pqrst"


def test_many_values_with_one_mask_are_never_restored_wrongly() -> None:
    """notes case 16 — Upsonic pull 519: many values became one `[REDACTED]`, restored wrongly."""
    world = World()
    protected = world.protect(
        f"{ADA} bob@orchard.example", treatments={"EMAIL_ADDRESS": Treatment.MASK}
    )
    assert protected == "[EMAIL] [EMAIL]"
    assert len(world.held) == 0
    assert inverse(world, protected) == protected


def test_a_mask_is_not_like_a_token() -> None:
    assert a_mint().find(mask_of("EMAIL_ADDRESS") * 3) == []


def test_our_own_tokens_in_a_resent_history_pass_unchanged() -> None:
    """notes case 16 — langchain pull 10093: one value, other placeholders over the turns."""
    first = World().protect(f"I am {ADA}")
    again = World().protect(f"{first} — mail {ADA}")
    assert again.startswith(first)
    assert again.endswith(first.removeprefix("I am "))


def test_a_detector_that_takes_a_token_for_a_secret_does_not_break_it() -> None:
    """notes case 18 — litellm pull 39879: masking inside what is no secret broke caching."""
    token = World().token(ADA)
    text = f"key = {token};"
    inside = [a_finding(start=6, end=6 + len(token), type="PERSON"), a_finding(start=20, end=36)]
    assert World().protect(text, inside, TOKEN) == text
    assert World().protect(text, inside, {}) == text  # nor does it refuse the history


def test_a_finding_around_a_token_takes_it_along() -> None:
    world = World()
    text = f"ab{World().token(ADA)}cd"
    protected = world.protect(text, [a_finding(start=0, end=len(text), type="PERSON")], TOKEN)
    assert protected.startswith("QX1-PERSON-")
    assert inverse(world, protected) == text


@pytest.mark.parametrize(("start", "end"), [(0, 10), (30, 49), (10, 49), (0, 47), (5, 46)])
def test_a_finding_across_a_token_takes_the_whole_token_along(start: int, end: int) -> None:
    world = World()
    token = World().token(ADA)
    text = f"ab {token} cd"
    protected = world.protect(text, [a_finding(start=start, end=end, type="PERSON")], TOKEN)
    inside = start >= 3 and end <= 3 + len(token)
    assert (token in protected) is inside
    assert "QX1-PERSON" in protected or inside
    assert protected.count("QX1-") == 1
    assert inverse(world, protected) == text


def test_a_foreign_token_leaves_as_a_token_for_itself() -> None:
    """notes case 34: a token that is not ours means nothing here and restores to itself."""
    world = World()
    foreign = World(b"another scope").token(ADA)
    protected = world.protect(f"What is {foreign}?")
    assert foreign not in protected
    assert protected.startswith("What is QX1-LITERAL-")
    assert protected.count("QX1-") == 1
    assert inverse(world, protected) == f"What is {foreign}?"


@pytest.mark.parametrize(
    "damage",
    [
        str.lower,
        lambda token: token.replace("-", "\\_"),
        lambda token: token.replace("-", " "),
        lambda token: token[:20] + "\n" + token[20:],
    ],
)
def test_a_damaged_token_of_ours_is_escaped_so_that_it_comes_back_damaged(damage: object) -> None:
    assert callable(damage)
    world = World()
    text = f"{ADA} is {damage(World().token(ADA))}."
    protected = world.protect(text)
    assert "LITERAL" in protected
    assert inverse(world, protected) == text


def test_words_that_only_fit_across_spaces_are_left_alone() -> None:
    text = "qx1 gate " + "ab " * 8 + "- " + "cd " * 8
    (match,) = a_mint().find(text)
    assert not match.genuine
    assert World().protect(text) == text


def test_a_lookalike_that_holds_a_finding_is_treated_as_the_finding_says() -> None:
    foreign = World(b"another scope").token(ADA)
    with pytest.raises(Blocked):
        World().protect(foreign, [a_finding(start=10, end=26)], {"EMAIL_ADDRESS": Treatment.BLOCK})


def test_a_finding_that_is_allowed_still_has_its_lookalike_escaped() -> None:
    foreign = World(b"another scope").token(ADA)
    protected = World().protect(
        foreign, [a_finding(start=0, end=10)], {"EMAIL_ADDRESS": Treatment.ALLOW}
    )
    assert protected.startswith("QX1-LITERAL-")


def test_in_a_library_a_literal_token_of_a_value_in_the_text_is_escaped() -> None:
    token = World().token(ADA)
    world = World()
    text = f"{token} stands for {ADA}"
    protected = world.protect(text, clash="escape")
    assert protected.count(token) == 1
    assert inverse(world, protected) == text


def test_in_a_library_a_token_of_no_value_here_passes() -> None:
    token = World().token(ADA)
    assert World().protect(f"{token} bob@orchard.example", clash="escape").startswith(token)


def test_escaping_goes_on_where_the_escape_stands_in_the_text_too() -> None:
    """A token, the token for that token, and so on, all in one text."""
    mint = a_mint()
    chain = [World().token(ADA)]
    for _ in range(5):
        chain.append(mint.mint(LITERAL, chain[-1]))
    for text in (" ".join([ADA, *chain]), " ".join([*reversed(chain), ADA]), " ".join(chain)):
        world = World()
        protected = world.protect(text, clash="escape")
        assert inverse(world, protected) == text


def test_an_own_token_half_inside_a_finding_corrupts_nothing() -> None:
    token = World().token(ADA)
    for clash in ("pass", "escape"):
        world = World()
        text = f"x{token}y {ADA}"
        findings = [a_finding(start=0, end=20), a_finding(start=len(token) + 3, end=len(text))]
        protected = world.protect(text, findings, clash=clash)  # type: ignore[arg-type]
        assert inverse(world, protected) == text


def test_two_spellings_under_one_token_are_told_apart() -> None:
    """A real collision of 30-bit variants under this key, found by search."""
    world = World()
    first, second = COLLISION
    assert world.mint.mint("EMAIL_ADDRESS", first) == world.mint.mint("EMAIL_ADDRESS", second)
    text = f"{first} {second} {first}"
    protected = world.protect(text)
    tokens = protected.split(" ")
    assert tokens[0] == tokens[2] != tokens[1]
    assert inverse(world, protected) == text


def test_what_the_application_injected_is_marked_so() -> None:
    world = World()
    token = world.protect(ADA, origin=Origin.APPLICATION)
    assert world.held.find(token) == HeldValue(ADA, "EMAIL_ADDRESS", Origin.APPLICATION)


def test_a_text_full_of_tokens_is_protected_in_linear_time() -> None:
    """Ten thousand own tokens, each clashing: the work lists never rescan."""
    token = World().token(ADA)
    text = f"{ADA} " + f"{token} " * 10_000
    world = World()
    protected = world.protect(text, clash="escape")
    assert len(world.held) == 2
    assert inverse(world, protected) == text


def test_a_mint_of_another_scope_does_not_restore() -> None:
    """notes case 6 — litellm pull 19950: one request's map answered another's tokens."""
    left = World().protect(f"Mail {ADA}")
    assert restore_text(left, Held()).text == left
    assert restore_text(left, World(b"another scope").held).unknown == 1
    assert isinstance(a_mint(), TokenMint)
