"""Whatever the text: what left comes back exactly, and only what left."""

from hypothesis import assume, given
from hypothesis import strategies as st

from curtilage.core.models import Finding, Treatment
from curtilage.shield.held import Held, HeldValue, Origin, Sink
from curtilage.shield.restore import restore_text
from curtilage.shield.tokens import LITERAL
from tests.builders import a_finding
from tests.unit.shield.worlds import ADA, BOSS, World, found_in

OWN = World().token(ADA)
CHAIN = World().mint.mint(LITERAL, OWN)
FOREIGN = World(b"another scope").token(ADA)

PIECES = st.sampled_from(
    [
        ADA,
        ADA.upper(),
        "bob@orchard.example",
        BOSS,
        "Zo\u00eb\n\\Q",
        "4111 1111 1111 1111",
        "4111111111111111",
        OWN,
        CHAIN,
        FOREIGN,
        OWN.lower(),
        FOREIGN.lower(),
        OWN.replace("-", "\\_"),
        OWN.replace("-", " "),
        CHAIN.replace("-", "\u2013"),
        OWN[:20] + "\n" + OWN[20:],
        OWN[:17],
        OWN[17:],
        "Q",
        "QX1-",
        "qx1 ",
        "QX1-EMAIL-",
        "https://x.example/",
        "](",
        "<img src=",
        '{"a":"',
        "\\",
        '"',
        "[",
        "{",
        " ",
        "\n\n",
        "\ud83d",
        "\ude00",
        "\U0001f600",
        "\x00",
        "\u00ad",
        "\u200b",
        "*",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join)


def inverse(world: World, text: str) -> str:
    return restore_text(text, world.held, sink=Sink.INVERSE).text


@given(TEXTS)
def test_restoring_is_the_inverse_of_protecting(text: str) -> None:
    world = World()
    protected = world.protect(text, clash="escape")
    assert inverse(world, protected) == text


@given(TEXTS, st.data())
def test_it_is_so_for_any_findings_however_they_overlap(text: str, data: st.DataObject) -> None:
    assume(text)
    spans = data.draw(
        st.lists(
            st.tuples(*[st.integers(0, len(text))] * 2).filter(lambda p: p[0] != p[1]), max_size=6
        )
    )
    kinds = st.sampled_from(["EMAIL_ADDRESS", "PERSON", "CREDIT_CARD"])
    findings = [a_finding(start=min(span), end=max(span), type=data.draw(kinds)) for span in spans]
    treatments = {
        "EMAIL_ADDRESS": Treatment.TOKEN,
        "PERSON": Treatment.TOKEN,
        "CREDIT_CARD": Treatment.ALLOW,
    }
    world = World()
    protected = world.protect(text, findings, treatments, clash="escape")
    assert inverse(world, protected) == text


@given(TEXTS)
def test_the_same_text_leaves_as_the_same_bytes(text: str) -> None:
    for clash in ("pass", "escape"):
        first, second = (World().protect(text, clash=clash) for _ in range(2))  # type: ignore[arg-type]
        assert first == second


@given(st.lists(PIECES, max_size=12).map(" ".join))
def test_what_left_leaves_the_same_when_it_is_resent(text: str) -> None:
    left = World().protect(text)
    assert World().protect(left, found_in(left)) == left


@given(TEXTS)
def test_no_value_that_was_found_leaves(text: str) -> None:
    world = World()
    left = world.protect(text)
    for held in world.held._values.values():
        if held.type != LITERAL and all(held.value not in piece for piece in (OWN, CHAIN)):
            assert held.value not in left


@given(TEXTS, TEXTS)
def test_a_reply_gets_values_of_its_own_request_only(asked: str, reply: str) -> None:
    """Whatever a model makes of it, nothing appears that this request did not hold."""
    world = World()
    world.protect(asked)
    stranger = World(b"another scope")
    secret = "eve@meadow.example"
    token = stranger.token(secret)
    back = restore_text(f"{reply} {token}", world.held)
    assert secret not in back.text
    assert back.unknown >= 1


@given(st.text(alphabet="0123456789abcdefghjkmnprstuvwxyz", min_size=13, max_size=13))
def test_a_forged_tag_never_restores_and_never_confirms(tag: str) -> None:
    world = World()
    token = world.token(ADA)
    forged = token[:-13] + tag
    assume(forged != token)
    assert not world.mint.find(forged)[0].genuine
    assert restore_text(forged, world.held).text == forged


@given(
    st.text(max_size=8), st.text(max_size=8), st.sampled_from(["EMAIL_ADDRESS", "US_SSN", "SEC_X"])
)
def test_two_values_never_share_a_token(first: str, second: str, type: str) -> None:
    assume(first != second)
    held, mint = Held(), World().mint
    for value in (first, second):
        assert held.hold(mint.mint(type, value), HeldValue(value, type, Origin.CALLER))


@given(TEXTS)
def test_findings_that_are_allowed_change_nothing_but_lookalikes(text: str) -> None:
    assume("X1" not in text.upper())
    findings: list[Finding] = found_in(text)
    allowed = {finding.type: Treatment.ALLOW for finding in findings}
    assert World().protect(text, findings, allowed) == text
