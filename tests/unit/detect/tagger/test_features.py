"""What is said of a token."""

import pytest

from curtilage.detect.tagger.features import (
    Features,
    describe_document,
    shape_of,
    spans_of,
    wholes,
)
from curtilage.detect.tagger.lexicon import Lexicon, pack_lexicon, unpack_lexicon
from curtilage.detect.tagger.tokens import lines

GIVEN = (2, 0, 0, 0, 0, 1, 1, 1, 1, 5)
PLACE = (0, 0, 3, 1, 0, 0, 0, 0, 0, 0)


def lexicon() -> Lexicon:
    facts = {"ada": GIVEN, "new": PLACE, "new york": (0, 0, 3, *[0] * 7)}
    return unpack_lexicon(pack_lexicon(facts, {"Ada": (7, 0, 0)}))


def features(text: str) -> list[list[str]]:
    cut = list(lines(text))
    document = describe_document(cut)
    maker = Features(lexicon())
    return [found for line in cut for found in maker.of(line, document)]


def test_a_word_brings_what_the_lexicon_knows() -> None:
    first, _ = features("Ada sings")
    assert {"w=ada", "s=Xx", "n=200", "A=7", "first"} <= set(first)


def test_a_token_sees_its_neighbours() -> None:
    second = set(features("Dear Ada ,")[1])
    assert {"-w=dear", "-g=greeting", "+w=,", "++w=,"} & second == {
        "-w=dear",
        "-g=greeting",
        "+w=,",
    }


def test_a_place_of_two_words_is_known_as_one() -> None:
    _, new, york = features("in New York")
    assert "mp=3" in new
    assert "mi=3" in york


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the Army of the Potomac won", ["Army of the Potomac"]),
        ("Ada and Bob went", ["Ada and Bob"]),
        ("J. Doe of Bath", ["J . Doe of Bath"]),
        ("Ada saw the river of Bath", ["Ada", "Bath"]),
        ("of the and for", []),
        ("Ada of the in and Bob", ["Ada", "Bob"]),
        ("Ada of the", ["Ada"]),
    ],
)
def test_words_written_large_are_seen_as_a_whole(text: str, names: list[str]) -> None:
    (line,) = lines(text)
    maker = Features(lexicon())
    maker.of(line, describe_document([line]))
    words = [maker.word(token.text) for token in line.tokens]
    found = [
        " ".join(token.text for token in line.tokens[first : last + 1])
        for first, last in wholes(words)
    ]
    assert found == names


def test_a_whole_is_told_by_its_ends_and_its_neighbours() -> None:
    found = features("won by Army of the Potomac then July")
    for place, at in ((2, "B"), (3, "M"), (4, "M"), (5, "E")):
        assert {"hl=potomac", "hf=army", "hb=by", f"hpos={at}", f"hl=potomac|{at}"} <= set(
            found[place]
        )
    assert {"hpos=S", "hn=1", "ha=$"} <= set(found[7])
    assert not any(each.startswith("h") for each in found[1])


def test_a_name_sees_what_is_being_spoken_of() -> None:
    assert "T5" in features("Zoe, whom ada sang to")[0]
    assert "T5" not in features("Zoe, whom Ada sang to")[0]
    assert "T5" not in features(f"Zoe {'x ' * 10}ada")[0]


def test_the_text_tells_which_words_are_also_written_small() -> None:
    assert "small" in features("Rose here. A rose there")[0]
    assert "small" not in features("Rose here. A flower there")[0]


def test_an_address_tells_of_a_name() -> None:
    assert "addressed" in features("Lovelace <ada.lovelace@mail.example>")[0]


def test_what_is_remembered_of_words_changes_nothing() -> None:
    maker = Features(lexicon())
    (line,) = lines("Ada and Ada")
    document = describe_document([line])
    assert maker.of(line, document) == maker.of(line, document) == features("Ada and Ada")


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Ada", "Xx"), ("ADA", "XX"), ("A", "X1"), ("ada", "x"), ("a", "x1"), ("McGee", "Xm"), ("iPad", "xm"), ("1234567", "d5"),
        (",", ","), ("@", "at"), ("@ada", "@"), ("a@b.example", "mail"), ("https://b.example", "url"),
    ],
)  # fmt: skip
def test_shapes(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_labels_become_spans() -> None:
    (line,) = lines("Ada Lovelace met Bob in Bath")
    labels = ["B-PERSON", "I-PERSON", "O", "B-PERSON", "O", "I-LOCATION"]
    assert spans_of(line.tokens, labels) == [(0, 1, "PERSON"), (3, 3, "PERSON"), (5, 5, "LOCATION")]
