"""The reader: what has the shape of a token, how much damage it reads through."""

import pytest

from curtilage.shield import grammar
from curtilage.shield.grammar import Shape, find_shapes

TOKEN = "QX1-EMAIL-7h3kd0x9m2vtrc5w-001pz8n4c6t0gkj2"
SPELLED = "QX1-EMAIL-7h3kd0x9m2vtrc5wabc234-001pz8n4c6t0gkj2"


def shapes(text: str) -> list[Shape]:
    return list(find_shapes(text))


def test_the_longest_token_is_as_long_as_the_limit_says() -> None:
    longest = f"QX1-{'A' * 12}-{'0' * 22}-{'0' * 16}"
    assert len(longest) == grammar.TOKEN_LIMIT
    assert shapes(longest) == [Shape(0, len(longest), True, longest)]


def test_the_trigger_occurs_in_no_other_field() -> None:
    assert "q" not in grammar.SYMBOLS
    assert len(set(grammar.SYMBOLS)) == 32
    assert shapes(TOKEN.replace("EMAIL", "EMQIL")) == []


@pytest.mark.parametrize("token", [TOKEN, SPELLED])
@pytest.mark.parametrize("around", ["{}", "abc{}xyz", "**{}**", '"{}"', "{}-{}", "QX1-{}", "<{}>"])
def test_a_token_is_found_whatever_it_is_glued_to(token: str, around: str) -> None:
    text = around.format(token, token)
    found = shapes(text)
    assert [shape.canonical for shape in found] == [token] * around.count("{}")
    assert all(text[shape.start : shape.end] == token and shape.exact for shape in found)


DAMAGES = {
    "lower case": str.lower,
    "upper case": str.upper,
    "markdown escapes": lambda token: token.replace("-", "\\-"),
    "underscores": lambda token: token.replace("-", "_"),
    "escaped underscores": lambda token: token.replace("-", "\\_"),
    "en dash": lambda token: token.replace("-", "\u2013"),
    "non-breaking hyphen": lambda token: token.replace("-", "\u2011"),
    "spaces round dashes": lambda token: token.replace("-", " - "),
    "spaces for dashes": lambda token: token.replace("-", " "),
    "line break": lambda token: token[:20] + "\n  " + token[20:],
    "soft hyphen": lambda token: token[:20] + "\u00ad" + token[20:],
    "zero width space": lambda token: token[:30] + "\u200b" + token[30:],
    "broken prefix": lambda token: "Q\u00adX\n1" + token[3:],
    "emphasis inside": lambda token: token.replace("EMAIL", "**EMAIL**"),
    "emphasis around": lambda token: f"__{token}__",
    "space in the body": lambda token: token[:14] + " " + token[14:],
}


@pytest.mark.parametrize("token", [TOKEN, SPELLED])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_read_through(token: str, damage: object) -> None:
    assert callable(damage)
    (shape,) = shapes(f"Write to {damage(token)}, please.")
    assert shape.canonical == token


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Q",
        "QX",
        "QX1",
        "QX2" + TOKEN[3:],
        "QX2-EMAIL-00100",
        "QX2-EMAIL-001zz" + "7" * 1023,
        "QX2-EMAIL-001047777"[:-1],
        "QX3" + TOKEN[3:],
        TOKEN[:-1],
        TOKEN.replace("-", ""),
        TOKEN.replace("7h3", "7i3"),
        TOKEN.replace("EMAIL", "EMAILADDRESSES"),
        TOKEN[:12] + " " * 9 + TOKEN[12:],
    ],
)
def test_what_is_no_token_is_not_found(text: str) -> None:
    assert shapes(text) == []


def test_a_broken_token_does_not_hide_the_one_inside_it() -> None:
    assert [shape.canonical for shape in shapes(TOKEN[:25] + TOKEN)] == [TOKEN]


def test_no_letter_of_another_script_counts_as_ours() -> None:
    assert shapes(TOKEN.replace("k", "\u212a")) == []  # the Kelvin sign folds to k
    assert shapes(TOKEN.replace("0", "\u0660")) == []


def test_the_cheap_test_is_never_wrong_about_a_token() -> None:
    for head in ("QX1", "Qx1", "qX1", "qx1"):
        assert grammar.may_hold_token(head + TOKEN[3:])
    assert not grammar.may_hold_token("nothing of the kind")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("QX1-EMAIL-7h3k", True), ("qx1 \\_", True), ("QX1 is", False), ("QX1EMAIL-", False)],
)
def test_a_token_that_nobody_can_read_is_told_from_words(text: str, *, expected: bool) -> None:
    assert grammar.is_mangled(text, 0, len(text)) is expected


@pytest.mark.parametrize("trigger", ["Q", "Qx1", "QX1-", TOKEN[:-1], "qx1 " + "a " * 20])
def test_a_million_triggers_are_read_in_linear_time(trigger: str) -> None:
    """Each stretch ends at the next trigger, so nothing is read more than twice."""
    text = trigger * 20_000
    assert shapes(text) == []
    covered = sum(grammar.stretch_end(text, at) - at for at in range(len(text)) if text[at] in "Qq")
    assert covered <= len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a question, Quite so", []),
        ("QX1 and qx1 and q *X* 1", [0, 8, 16]),
        ("Iraq", [3]),
        ("the IRAQ X", [7]),
        ("Iraq ", [3]),
        ("Iraq     ", []),
        ("Iraq.", []),
    ],
)
def test_starts_are_found_and_ends_that_could_be_starts(text: str, expected: list[int]) -> None:
    assert grammar.find_starts(text) == expected


def test_a_stretch_is_bounded() -> None:
    assert grammar.stretch_end("QX1" + "a" * 500, 0) == grammar.WINDOW
    assert grammar.stretch_end("nothing", 0) == 0
