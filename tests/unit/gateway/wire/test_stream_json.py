"""Frames keep what the quick reader cannot hold."""

import json

import pytest

from curtilage.gateway.wire.stream_json import read_frame, write_frame


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":"\\ud83d"}',
        b'{"a":[123456789012345678901234567890,{"b":-99999999999999999999}],"c":"x"}',
        b'{"a":18446744073709551615,"b":1.5,"c":null}',
        b'{"a":"\\ud83d","b":123456789012345678901234567890}',
    ],
)
def test_a_document_is_written_as_it_was_read(raw: bytes) -> None:
    assert write_frame(read_frame(raw), raw) == raw


@pytest.mark.parametrize("raw", [b"", b"{", b"[DONE]", b"\xff", b"[" * 100_000])
def test_what_is_not_json_is_nothing(raw: bytes) -> None:
    assert read_frame(raw) is None


LONG = "123456789012345678901234567890"


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ({"b": "new"}, f'{{"a":1,"new":{{"n":[{LONG},1.5]}},"c":{LONG}1}}'),
        ({"b": "new", "c": "newer"}, f'{{"a":1,"new":{{"n":[{LONG},1.5]}},"newer":{LONG}1}}'),
        ({"b": None}, f'{{"a":1,"c":{LONG}1}}'),
    ],
)
def test_long_integers_keep_their_digits_whatever_became_of_the_keys(
    names: dict[str, str | None], wanted: str
) -> None:
    raw = f'{{"a":1,"b":{{"n":[{LONG},1.5]}},"c":{LONG}1}}'.encode()
    kept = {names.get(name, name): item for name, item in read_frame(raw).items()}
    kept.pop(None, None)
    assert write_frame(kept, raw) == wanted.encode()


def test_what_was_added_is_written_beside_long_integers() -> None:
    raw = f'{{"a":{LONG},"b":[1],"d":{{}}}}'.encode()
    document = read_frame(raw) | {"b": [1, 2.5], "c": "x", "d": None}
    assert write_frame(document, raw) == f'{{"a":{LONG},"b":[1,2.5],"d":null,"c":"x"}}'.encode()


@pytest.mark.parametrize("leaf", ["1", LONG])
@pytest.mark.parametrize("depth", [200, 300, 1000])
def test_a_deep_document_is_written_changed_or_as_it_came(depth: int, leaf: str) -> None:
    raw = b'{"text":"token","deep":' + b"[" * depth + leaf.encode() + b"]" * depth + b"}"
    changed = raw.replace(b"token", b"value")
    document = json.loads(b'{"text":"value"}') | {"deep": read_frame(raw)["deep"]}
    assert write_frame(document, raw) == (changed if depth < 1000 else raw)
