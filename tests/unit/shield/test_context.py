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
    # addresses without a scheme
    "see //evil.example/",
    "\\\\files.example\\",
    "/\\evil.example/",
    "\\/evil.example:8080/",
    "///evil.",
    "see evil.example/",
    "evil.example?q=",
    "a.evil.example:8443/x?",
    "evil.xn--p1ai/",
    "evil.рф/",
    "evil.example./?q=",
    "evil.example:000443/?q=",
    "1.2.3.4/?q=",
    "evil\u3002example/?q=",
    "evil&#46;example/?q=",
    "क.भारत/?",
    # what looks like an address in angle brackets is one
    "Ada <",
    "<<",
    "a</",
    "<ada@orchard.example",
    "<//x/",
    "<a=//x/",
    "</.x/",
    # what is open elsewhere hides nothing: found in review, or by the oracle
    "Use ](< here: ![x](//evil.example/(a>)",
    "Use `](<` here: ![x](//evil.example/(a>)",
    "    [foo\\\n[a]: //evil.example/",
    '`<a x="` then <img alt=">" src=//evil.example/',
    '<a x="\n\n<img alt=">" src=//evil.example/',
    "<pre>\n<img \n\nsrc=//evil.example/",
    '<div>\n<x_ style="a:url(//evil.example/',
    "> <img \n> src=//x/",
    "> <img src=\n> //x/",
    "[a\r[b]: //x/",
    "[a](<1\n) ",
    "[a](\n\n//x/",
    "[a [b]: ",
    # a quote on another line is not the end for who has left the HTML block
    '<link href="//x/\n" ',
    '- <link href="\nx" > a\n\n',
    # what doubt costs
    "for (i=0;i<n;i++) { a[i] = b[i]; } // ",
    "if x<y then n = 5, that is ",
    "[a](x 'y (z') ",
    # what stands in scripts and styles, whose end tag may be hidden
    "<style>a{b:url(x/",
    "<SCRIPT type=a>\nfetch('x'+'",
    "<script src='</script>'>",
    "<style>\\</style>",
    "<style>`</style>`",
    "<style>a\n\n    </style>",
    "<style>a</style x>",
    "<script><!--<script></script>",
    "<svg><style><b x='</style>'/>",
]

OPEN = [
    "",
    "a plain sentence, with: punctuation; and (brackets) ",
    "https://x.example/ ",
    "https://x.example/\n",
    "https://x.example/<b>",
    "1 < 2 and 3 > ",
    "a <3 ",
    "</ ",
    "<b>",
    "<b>bold</b>",
    '<a href="x">',
    "<a title='a > b'>",
    "<a b=c>",
    "List<String> ",
    "<a b\n\n",
    "[a](x) ",
    "[a](a(b)) ",
    "[a](<x>) ",
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
    "- [ ] ",
    "email: ",
    "Contact:",
    "http",
    "mailt:",
    "x //note: ",
    "//localhost/",
    "and/",
    "1.5/",
    "e.g./",
    "Who? ",
    "evil.example#",
    "Node.js/",
    "index.html?v=1,",
    "11.2.3/",
    "evil.example/ ",
    "evil.example, x/",
    "a / b // c. ",
    "C:\\Users\\ada\\",
    "[a](<x)> b) ",
    "[a](x 'y z') ",
    "[a](((((((((((\n\n",
    "<style>p{color:red}</style> ",
    "<head>\n  <script src=x></script >\n",
    "<strong>a</strong> <summary>b ",
    "<math><mi>x</mi></math> ",
]

ORDINARY = [
    "if x<y then ",
    "if x<y then n = 5.\n\nAfter that ",
    "a < b, a <= b, a <- b, i<3 ",
    "for (i=0; i < n; i++) { a[i] = b[i]; } // ",
    "for (i=0;i<n;i++) { a[i] = b[i]; }\n\n// ",
    "vector<int> v; Map<String, List<Integer>> m = ",
    "template <typename T>\nT max(T a, T b) { return a<b ? b : a; }\n",
    "cat <<EOF\nname ",
    "From: Ada <ada@orchard.example>, Bob <bob@orchard.example>\nTo: ",
    "> On Monday Ada <ada@orchard.example> wrote:\n> ",
    "<3 :-) >:( :/ ",
    "- [ ] call\n- [x] write to ",
    "1. one\n2. ",
    "| name | mail |\n|---|---|\n| Ada | ",
    "```python\nx = d[k](a)[0]\ny: list[int] = [1]\nprint(",
    "See [1] and [the notes](notes.md), then ask ",
    "$a<b$, $$\\frac{a}{b} \\\\ c$$ ",
    '{"a": [1, 2], "b": "c", "d": "',
    'the tag <b class="x">bold</b>, <br/>, and ',
    "<!DOCTYPE html>\n<html><head><style>a{}</style></head>\n<body><p>Dear ",
    "<div\n  class='x'\n>\n<p>a</p>\n",
    "Nov 28 host sshd[12]: failed for ",
    "at 10:30, 1/2 of C:\\x, and/or ",
]


@pytest.mark.parametrize("text", CLOSED)
def test_a_value_may_not_come_here(text: str) -> None:
    assert reads(text, [])


@pytest.mark.parametrize("text", OPEN)
def test_a_value_may_come_here(text: str) -> None:
    assert not reads(text, [])


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_may_hold_a_value(text: str) -> None:
    assert not reads(text, [])


@pytest.mark.parametrize("text", [*CLOSED, *OPEN, *ORDINARY])
def test_it_does_not_matter_where_the_text_is_cut(text: str) -> None:
    whole = reads(text, [])
    assert reads(text, range(len(text))) == whole
    assert all(reads(text, [cut]) == whole for cut in range(1, len(text)))


# Nobody can tell where these end.
FOR_GOOD = (
    'style="a\n',
    "'x\n",
    '"//x/\n',
    '"\n',
    "\\</style",
    "`</",
    "\n    </",
    "<!--<",
    "<svg>",
)


@pytest.mark.parametrize("start", CLOSED)
def test_what_was_closed_opens_again(start: str) -> None:
    context = TextContext()
    end = "</style></script>"
    context.feed(start + "\"'>)))" + end + ")" * 40 + "'>\"> >\n\n\n<b> ")
    assert context.closed == any(part in start for part in FOR_GOOD)


def reads(text: str, cuts: range | list[int]) -> bool:
    context = TextContext()
    edges = [0, *cuts, len(text)]
    for start, end in itertools.pairwise(edges):
        context.feed(text[start:end])
    return context.closed
