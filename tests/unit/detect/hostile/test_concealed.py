import pytest

from curtilage.detect.hostile.concealed import LONGEST, find_concealed

WORDS = "Words for nobody."

HIDDEN = {
    "comment": "<!-- {} -->",
    "open comment": "<!-- {}",
    "markdown comment": "[//]: # ({})",
    "display": '<p style="display:none">{}</p>',
    "visibility": "<span style='visibility: hidden'>{}</span>",
    "size": '<span style="font-size:0">{}</span>',
    "one pixel": '<span style="font-size:1px;">{}</span>',
    "opacity": '<div class="a" style="opacity:0;">{}</div>',
    "white": '<font style="color:#FFFFFF">{}</font>',
    "white by name": '<td style="color: white">{}</td>',
    "white by parts": '<b style="color:rgb(255, 255, 255)">{}</b>',
    "off the page": '<div style="position:absolute;left:-9999px">{}</div>',
    "attribute": "<div hidden>{}</div>",
    "aria": '<div aria-hidden="true">{}</div>',
    "not closed": '<p style="display:none">{}',
}


@pytest.mark.parametrize("name", sorted(HIDDEN))
def test_hidden_words_are_inside_a_region(name: str) -> None:
    text = f"Shown.\n{HIDDEN[name].format(WORDS)}\nShown."
    (region,) = find_concealed(text)
    start = text.index(WORDS)
    assert region[0] <= start
    assert start + len(WORDS) <= region[1]


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        f"<p>{WORDS}</p>",
        f'<p style="color:#333;background-color:#fff">{WORDS}</p>',
        f'<p style="font-size:10px">{WORDS}</p>',
        f'<p style="opacity:0.9">{WORDS}</p>',
        f"[1]: https://a.example ({WORDS})",
    ],
)
def test_shown_words_are_not(text: str) -> None:
    assert find_concealed(text) == []


def test_an_element_that_is_never_closed_has_an_end() -> None:
    text = "<p hidden>" + "a" * (2 * LONGEST)
    assert find_concealed(text) == [(10, 10 + LONGEST)]
