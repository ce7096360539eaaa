"""Tokens, and the text around them that is restored."""

import json
from collections.abc import Iterator
from functools import partial

from curtilage.shield.context import TextContext
from curtilage.shield.held import Sink
from curtilage.shield.jsontext import JsonText
from curtilage.shield.restore import Form, StreamRestorer
from tests.property.fuzz.target import Target
from tests.unit.gateway.wire.replies import FOREIGN, MAIL, MAIL_TOKEN, MINT, hold

ENCRYPTED = MINT.encrypt("EMAIL_ADDRESS", MAIL) or ""
TEXT = f"Write to {MAIL_TOKEN}, not {FOREIGN}; {ENCRYPTED} ![x](https://a.example/{MAIL_TOKEN})"
ARGUMENTS = json.dumps({"to": MAIL_TOKEN, "inner": json.dumps({"x": [1.5, MAIL_TOKEN]})})
PIECES = (TEXT[:30], TEXT[30:70], TEXT[70:])


def restore_text_in(sink: Sink, form: Form, text: str) -> str:
    """A text as it is restored: the same, however it was cut."""
    restored = []
    for step in (len(text) or 1, 9):
        restorer = StreamRestorer(hold(), sink=sink, form=form)
        pieces = [restorer.feed(text[at : at + step]) for at in range(0, len(text), step)]
        restored.append("".join([*pieces, restorer.close()]))
    assert restored[0] == restored[1]
    return restored[0]


def follow_json(text: str) -> object:
    follower, places = JsonText(), []
    for at in range(0, len(text), 11):
        follower.feed(text[at : at + 11])
        if follower.in_string:
            places.append(follower.place())
    return follower.kind, places


def follow_text(text: str) -> bool:
    context = TextContext()
    for at in range(0, len(text), 11):
        context.feed(text[at : at + 11])
    return context.closed


def find_tokens(text: str) -> list[str]:
    """What looks like a token: every genuine one stands in the text as it is."""
    found = MINT.find(text)
    assert all(text[each.start : each.end] == each.canonical for each in found if each.exact)
    return [each.canonical for each in found]


def shield_targets() -> Iterator[Target]:
    for sink, form, text in (
        (Sink.TEXT, Form.TEXT, TEXT),
        (Sink.ARGUMENTS, Form.JSON, ARGUMENTS),
        (Sink.INVERSE, Form.TEXT, TEXT),
    ):
        again = partial(restore_text_in, sink, form)
        yield Target(f"restored {sink.value} as {form.name}", (StreamRestorer.feed,), [text], again)
    yield Target("JSON that comes in pieces", (JsonText.feed,), [ARGUMENTS], follow_json)
    yield Target(
        "text around a token", (TextContext.feed,), [TEXT, f"<a href='{TEXT}"], follow_text
    )
    yield Target("tokens", (MINT.find, MINT.decrypt), [TEXT, MAIL_TOKEN, ENCRYPTED], find_tokens)
