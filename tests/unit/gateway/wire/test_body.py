"""Bodies that two readers read differently are refused, and nothing of them is echoed."""

import gzip
import json
import random
import zlib
from functools import partial
from typing import Any

import orjson
import pytest

from curtilage.core.errors import InputError
from curtilage.gateway.errors import BodyTooLarge
from curtilage.gateway.wire import errors
from curtilage.gateway.wire.body import (
    MAX_DEPTH,
    MAX_VALUES,
    Embedded,
    Renames,
    decode_content,
    encode_body,
    parse_body,
    parse_strict,
)

LIMIT = 1 << 20
zipped = partial(gzip.compress, mtime=0)  # the same bytes, and names of tests, at any time


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", errors.MalformedBody),
        (b"  \n", errors.MalformedBody),
        (b"\xef\xbb\xbf{}", errors.MalformedBody),
        (b'{"a":"\xff"}', errors.MalformedBody),
        (b'{"a":"\xed\xa0\x80"}', errors.MalformedBody),
        ('{"a":1}'.encode("utf-16"), errors.MalformedBody),
        (b'{"a":1}{"a":2}', errors.MalformedBody),
        (b'{"a":1}x', errors.MalformedBody),
        (b'{"a":1,}', errors.MalformedBody),
        (b"{'a':1}", errors.MalformedBody),
        (b'{"a":01}', errors.MalformedBody),
        (b'{"a":"\x01"}', errors.MalformedBody),
        (b'{"a"', errors.MalformedBody),
        (b'{"a":1,"a":2}', errors.DuplicateKey),
        (b'{"a":1,"\\u0061":2}', errors.DuplicateKey),
        (b'[{"x":[{"a" :1,"b":2,"a"\n:2}]}]', errors.DuplicateKey),
        (b'{"a":"\\":","a":":\\""}', errors.DuplicateKey),
        (b'{"a":NaN}', errors.NumberOutOfRange),
        (b'{"a":[-Infinity]}', errors.NumberOutOfRange),
        (b'{"a":1e999}', errors.NumberOutOfRange),
        (b'{"a":18446744073709551616}', errors.NumberOutOfRange),
        (b'{"a":-9223372036854775809}', errors.NumberOutOfRange),
        (b"99999999999999999999", errors.NumberOutOfRange),
        (b'{"a":1' + b"0" * 400 + b"}", errors.NumberOutOfRange),
        (b'{"a":"\\ud83d"}', errors.LoneSurrogate),
        (b'{"a":"\\ude00"}', errors.LoneSurrogate),
        (b"[" * 65 + b"]" * 65, errors.TooDeep),
        (b'{"a":' * 65 + b"1" + b"}" * 65, errors.TooDeep),
        (b"[" * 100_000, errors.TooDeep),
    ],
)
def test_doubtful_bodies_are_refused_by_name(raw: bytes, error: type[InputError]) -> None:
    with pytest.raises(InputError) as caught:
        parse_body(raw, limit=LIMIT)
    assert type(caught.value) is error
    assert caught.value.status in (400, 413)


@pytest.mark.parametrize(
    "document",
    [
        {},
        [],
        "text",
        12,
        None,
        {"a": {"a": {"a": [{"a": 1}]}}},
        {'"': '":', '":': ['"', '":', "\\", '\\":']},
        {"": "", " ": ":"},
        {"a": 2**64 - 1, "b": -(2**63), "c": 1e300, "d": -1.5e-300, "e": 0.1},
        {"a": "99999999999999999999"},
        {"zoë": "👩‍🚀", "emoji 😀": "\u2028"},
    ],
)
def test_sound_bodies_are_read_as_they_are(document: Any) -> None:
    for indent in (None, 2):
        for ascii_only in (True, False):
            raw = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
            assert parse_body(raw, limit=LIMIT) == document
    assert orjson.loads(encode_body(document)) == document


def test_the_deepest_body_that_is_allowed_is_read() -> None:
    assert parse_body(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, limit=LIMIT)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(errors.TooManyValues):
        parse_strict(b"[" + b"1," * MAX_VALUES + b"1]")


def test_a_body_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(BodyTooLarge):
        parse_body(b"{" * 11, limit=10)


def test_no_error_repeats_what_was_sent() -> None:
    secret = "ada@library.example"
    for raw in (
        f'{{"{secret}":1,"{secret}":2}}',
        f'{{"a":{secret}}}',
        f'"{secret}" {secret}',
        f'["{secret}\\ud83d"]',
    ):
        with pytest.raises(InputError) as caught:
            parse_body(raw.encode(), limit=LIMIT)
        assert secret not in f"{caught.value!r} {caught.value} {caught.value.advice}"
        assert caught.value.__cause__ is None


def has_duplicates(raw: str) -> bool:
    found = []

    def look(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found.append(len(dict(pairs)) != len(pairs))
        return dict(pairs)

    json.loads(raw, object_pairs_hook=look)
    return any(found)


def test_duplicate_keys_are_found_wherever_a_naive_reader_finds_them() -> None:
    rng = random.Random(5)
    letters = ['"a"', '"b"', '"\\":"', '":"', '"\\\\"', '"a":1']

    def build(depth: int) -> str:
        kind = rng.random()
        if depth == 0 or kind < 0.3:
            return rng.choice([*letters[:5], "1", "null", "1.5"])
        if kind < 0.5:
            return "[" + ",".join(build(depth - 1) for _ in range(rng.randint(0, 3))) + "]"
        pairs = (
            f"{rng.choice(letters[:5])}{rng.choice(['', ' ', chr(10)])}:{build(depth - 1)}"
            for _ in range(rng.randint(0, 3))
        )
        return "{" + ",".join(pairs) + "}"

    for _ in range(3000):
        raw = build(4)
        if has_duplicates(raw):
            with pytest.raises(errors.DuplicateKey):
                parse_strict(raw.encode())
        else:
            assert parse_strict(raw.encode()) == json.loads(raw)


def test_json_inside_a_string_is_written_when_the_body_is() -> None:
    inner = Embedded([{"b": [1, Embedded(["deep"])]}])
    assert orjson.loads(encode_body({"a": inner})) == {"a": '{"b":[1,"\\"deep\\""]}'}
    with pytest.raises(TypeError):
        encode_body({"a": object()})


def test_new_names_stand_where_the_old_ones_stood() -> None:
    inner = {"x": 1, "y": 2, "z": 3, "z 2": 4}
    document: dict[Any, Any] = {"a": inner}
    renames = Renames(document)
    for old, new in (("x", "z"), ("y", "y")):
        renames.add(inner, old, new)
    assert encode_body(document) == b'{"a":{"z 3":1,"y":2,"z":3,"z 2":4}}'
    assert encode_body(document) == b'{"a":{"z 3":1,"y":2,"z":3,"z 2":4}}'


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("", b"text"),
        ("identity", b"text"),
        ("gzip", zipped(b"text")),
        ("x-gzip", zipped(b"te") + zipped(b"xt")),
        ("deflate", zlib.compress(b"text")),
        ("deflate", zlib.compress(b"text", wbits=-15)),
    ],
)
def test_known_encodings_are_undone(encoding: str, raw: bytes) -> None:
    assert decode_content(raw, encoding, limit=100) == b"text"


@pytest.mark.parametrize(
    ("encoding", "raw"),
    [
        ("br", b"text"),
        ("zstd", b"text"),
        ("gzip, gzip", b"text"),
        ("gzip", b"text"),
        ("gzip", zipped(b"text")[:-3]),
        ("gzip", zipped(b"text") + b"more"),
        ("gzip", zipped(b"") * 100),
        ("deflate", zlib.compress(b"text") + b"more"),
        ("deflate", b"\xff\xff"),
    ],
)
def test_other_encodings_are_refused(encoding: str, raw: bytes) -> None:
    with pytest.raises(errors.UnreadableEncoding) as caught:
        decode_content(raw, encoding, limit=100)
    assert caught.value.status == 415


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate"])
def test_a_bomb_stops_at_the_limit(encoding: str) -> None:
    raw = {"": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[encoding](bytes(50_000_000))
    with pytest.raises(BodyTooLarge):
        decode_content(raw, encoding, limit=1000)
