"""The query of an operation on what a provider keeps: known names, known shapes, nothing else."""

import pytest

from curtilage.gateway.wire.kept_query import LISTED, READ, KeptQuery, read_kept_query


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", KeptQuery()),
        (b"stream=true", KeptQuery(stream=True, forwarded=b"stream=true")),
        (b"stream=false", KeptQuery(forwarded=b"stream=false")),
        (
            b"stream=true&starting_after=42&include_obfuscation=false",
            KeptQuery(True, 42, b"stream=true&include_obfuscation=false"),
        ),
        (
            b"include%5B%5D=reasoning.encrypted_content&include[]=code_interpreter_call.outputs",
            KeptQuery(
                forwarded=b"include%5B%5D=reasoning.encrypted_content"
                b"&include[]=code_interpreter_call.outputs"
            ),
        ),
    ],
)
def test_what_may_be_asked_of_a_response(raw: bytes, expected: KeptQuery) -> None:
    assert read_kept_query(raw, READ) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"q=ada", b"stream", b"stream=yes", b"stream=true&", b"starting_after=-1",
        b"starting_after=9999999999", b"include=ada@orchard.example", b"limit=5", b"=", b"&",
        b"stream=true;x=1", b"stream=tr%75e", b"\xff=1", b"after=msg_1",
    ],
)  # fmt: skip
def test_anything_else_is_refused(raw: bytes) -> None:
    assert read_kept_query(raw, READ) is None


def test_an_item_is_named_by_no_long_number() -> None:
    assert read_kept_query(b"after=card_4111111111111111", LISTED) is None
    assert read_kept_query(b"after=msg_68a1f0c4d2b3", LISTED) is not None


def test_a_list_takes_its_own_parameters() -> None:
    raw = b"after=msg_1&before=rs_0a2&limit=20&order=desc"
    assert read_kept_query(raw, LISTED) == KeptQuery(forwarded=raw)
    assert read_kept_query(b"after=a%20b", LISTED) is None
    assert read_kept_query(b"order=up", LISTED) is None
    assert read_kept_query(b"after=DE89370400440532013000", LISTED) is None
    assert read_kept_query(b"after=ada.lovelace_0171-5550199", LISTED) is None
    assert read_kept_query(b"stream=true", LISTED) is None
