"""Where a value may not be put: whatever a renderer fetches, follows or runs."""

import itertools

import pytest

from curtilage.shield.context import TextContext

CLOSED = [
    "https://x.example/?m=",
    "http://x.example/a(b)c,d;e",
    "HTTPS://x.example/",
    "https:\\\\x.example\\",
    "https:x.example/",
    "custom+scheme://host/",
    "see www.x.example/",
    "mailto:",
    "MailTo:ada,",
    "a https://x.example/\u00a0",
    'https://x.example/"',
    "[a](https://x.example) https://y.example/",
    "![](",
    "![a](x",
    "[a](<x y",
    "[a](<a ) b ",
    "[a](\n<x ",
    "[a](a(b)c",
    '[a](x "a title ',
    "[a](a\\)b",
    "[a](<a\\>b ",
    "[a](x\ny",
    "[a](" + "(" * 40 + ")" * 31,
    "<img src=",
    "<img alt='",
    '<a href="',
    '<a title="a > b" href="x',
    '<div style="a\n\nb',
    "<a b = \n 'x\n\n",
    "<a\nhref=x ",
    "<img/src=",
    "</a ",
    "<!-- ",
    "<? ",
    "<https://x.example/",
    "<mailto:",
    "<a b=c\nd",
    "[x]: ",
    "[x]:\n",
    "a\n[x]: <y ",
    "> [x]: ",
    "1. [x]: ",
    "[a\nb]: ",
    "[a\\]b]: ",
    "[see https://x.example y]: ",
    "[a\n[b]: ",
    "a\n\n  [x]: y 'title ",
]

OPEN = [
    "",
    "a plain sentence, with: punctuation; and (brackets) ",
    "https://x.example/ ",
    "https://x.example/\n",
    "https://x.example/<b>",
    "Ada <",
    "1 < 2 and 3 > ",
    "a <3 ",
    "<<",
    "</ ",
    "<b>",
    "<b>bold</b>",
    '<a href="x">',
    "<a title='a > b'>",
    "<a b=c>",
    "<ada@orchard.example",
    "List<String> ",
    "<a b\n\n",
    "[a](x) ",
    "[a](a(b)) ",
    "[a](<x>) ",
    "[a](<1\n) ",
    "[a](x\n\n",
    "[a] (",
    "a](x) ",
    "[",
    "[a]",
    "[x] : ",
    "a [x]: ",
    "[x]: y\n",
    "[x]:\n\n",
    "[x]:\ny\n",
    "[a\n\nb]: ",
    "[a][b]: ",
    "[a [b]: ",
    "- [ ] ",
    "email: ",
    "Contact:",
    "http",
    "mailt:",
]


@pytest.mark.parametrize("text", CLOSED)
def test_a_value_may_not_come_here(text: str) -> None:
    assert reads(text, [])


@pytest.mark.parametrize("text", OPEN)
def test_a_value_may_come_here(text: str) -> None:
    assert not reads(text, [])


@pytest.mark.parametrize("text", [*CLOSED, *OPEN])
def test_it_does_not_matter_where_the_text_is_cut(text: str) -> None:
    whole = reads(text, [])
    assert reads(text, range(len(text))) == whole
    assert all(reads(text, [cut]) == whole for cut in range(1, len(text)))


def test_what_was_closed_opens_again() -> None:
    for start in CLOSED:
        context = TextContext()
        context.feed(start + "\"'>)))" + ")" * 40 + "'>\"> >\n\n\n ")
        assert not context.closed, start


def reads(text: str, cuts: range | list[int]) -> bool:
    context = TextContext()
    edges = [0, *cuts, len(text)]
    for start, end in itertools.pairwise(edges):
        context.feed(text[start:end])
    return context.closed
