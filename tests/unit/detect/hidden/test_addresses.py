"""Addresses in words, and sentences that are none."""

import pytest

from curtilage.detect.hidden.addresses import find_addresses, find_defanged

ADDRESS = "ada.b@orchard.org"


@pytest.mark.parametrize(
    "text",
    [
        "ada dot b at orchard dot org",
        "ada punkt b at orchard punkt org",
        "ada point b arobase orchard point org",
        "ada punto b arroba orchard punto org",
        "ada punto b chiocciola orchard punto org",
        "ada ponto b arroba orchard ponto org",
        "ada punt b apenstaartje orchard punt org",
        "ada kropka b małpa orchard kropka org",
        "ada.b (at) orchard (dot) org",
        "ada.b[at]orchard[.]org",
        "ada.b @ orchard . org",
        "ada.b@orchard.0rg",
        "ada.b at orchard.org",
    ],
)
def test_an_address_in_words_is_put_together(text: str) -> None:
    (piece,) = find_addresses(f"Write to {text}!")
    assert piece.said == ADDRESS
    assert (piece.start, piece.end) == (9, 9 + len(text))


def test_signs_have_names_too() -> None:
    (piece,) = find_addresses("ada underscore b plus x at or dash chard dot example")
    assert piece.said == "ada_b+x@or-chard.example"


@pytest.mark.parametrize(
    "text",
    [
        "included at that point in time",
        "it is hosted at forge.example",
        "meet us at orchard.example",
        "ada@orchard.org as anyone writes it",
        "look at this dot there",
        "a decorator @property . then",
    ],
)
def test_a_sentence_is_no_address(text: str) -> None:
    assert list(find_addresses(text)) == []


def test_a_defanged_network_address_is_put_together() -> None:
    (piece,) = find_defanged("see 192[.]0 dot 2(dot)15 there")
    assert piece.said == "192.0.2.15"
    assert list(find_defanged("see 192.0.2.15 there")) == []
