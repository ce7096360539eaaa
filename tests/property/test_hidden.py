"""Hidden text holds for any nesting: what is covered holds the value, and nothing else does."""

import base64
import urllib.parse
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from curtilage.detect.hidden.turns import Turns
from tests.unit.detect.engines import fast
from tests.unit.detect.hidden.hiding import hidden, hidden_plain
from tests.unit.detect.vector_files import read_vectors

VALUES = ("4111 1111 1111 1111", "ada@orchard.example", "DE89 3704 0044 0532 0130 00")
LAYERS: dict[str, Callable[[str], str]] = {
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": lambda text: text.encode().hex(),
    "percent": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "percent twice": lambda text: urllib.parse.quote(urllib.parse.quote(text, safe=""), safe=""),
    "escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "quoted-printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "soft hyphens": "\u00ad".join,
    "full width": lambda text: "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text),
}  # fmt: skip
LATE = frozenset({"soft hyphens", "full width"})
"""Layers that are not ASCII: an encoding of them has no letters that tell."""
GOOD = [vector.text for vector in read_vectors() if vector.span]
BITS = ["four one one one", " at ", " dot ", "=40", "0x34 0x31", "NDExMSAxMTEx", "\u202e", "\n> ", '" + "', "card ", "reversed: ", "а", "1", " ", "\ud83d"]  # fmt: skip
TEXTS = st.lists(
    st.one_of(st.text(max_size=8), st.sampled_from(BITS), st.sampled_from(GOOD)), max_size=12
).map("".join)


def _covered(text: str) -> list[tuple[int, int, str]]:
    found = [(item.start, item.end, item.type) for item in fast().scan(text)]
    for reading in hidden().readings(text):
        for finding in fast().scan(reading.text):
            if reading.keeps(finding):
                found.append((*reading.span(finding.start, finding.end), finding.type))
    return found


@given(
    st.sampled_from(VALUES),
    st.lists(st.sampled_from(list(LAYERS)), max_size=3),
    st.sampled_from(["", "card ", "see below\n", "Grüße, ", "«"]),
    st.sampled_from(["", " ok", "\nbye", ".", "»"]),
)
def test_what_is_covered_of_any_nesting_holds_the_value(
    value: str, layers: list[str], before: str, after: str
) -> None:
    said = value
    for layer in sorted(layers, key=LATE.__contains__):
        said = LAYERS[layer](said)
    text = f"{before}{said}{after}"
    found = _covered(text)
    assert any(start < len(before) + len(said) and end > len(before) for start, end, _ in found)
    left = "".join(
        char
        for at, char in enumerate(text)
        if not any(start <= at < end for start, end, _ in found)
    )
    assert not _covered(left), "what is left holds nothing more"


@given(TEXTS)
def test_findings_of_readings_lie_in_the_text(text: str) -> None:
    for reading in hidden().readings(text):
        size = len(reading.text)
        for start, end in ((0, size), (0, 1), (size - 1, size), (size // 3, size // 3 + 2)):
            if 0 <= start < end <= size:
                first, last = reading.span(start, end)
                assert 0 <= first <= last <= len(text)
        for finding in fast().scan(reading.text):
            if reading.keeps(finding):
                first, last = reading.span(finding.start, finding.end)
                assert 0 <= first < last <= len(text)


@given(TEXTS)
def test_readings_are_the_same_on_both_engines_of_patterns(text: str) -> None:
    names = [(reading.name, reading.text) for reading in hidden().readings(text)]
    assert [(reading.name, reading.text) for reading in hidden_plain().readings(text)] == names


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_turns_look_forward_only(texts: list[str]) -> None:
    turns = Turns()
    seen = []
    for text in texts:
        readings = list(turns.readings(text))
        seen.append([(reading.name, reading.text) for reading in readings])
        for reading in readings:
            start, end = reading.span(0, max(1, len(reading.text)))
            assert 0 <= start <= end <= len(text)
        turns = turns.after(text)
    again = Turns()
    for text, expected in zip(texts[:-1], seen, strict=False):
        assert [(item.name, item.text) for item in again.readings(text)] == expected
        again = again.after(text)
