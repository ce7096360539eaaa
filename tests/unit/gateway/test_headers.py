"""Reading a caller's headers, and which headers travel on or back."""

from typing import Any

import pytest

from curtilage.core.errors import CurtilageError
from curtilage.gateway.errors import (
    AmbiguousKey,
    MalformedHeader,
    MissingKey,
    ProofRefused,
    ProviderKeySent,
)
from curtilage.gateway.headers import CallerHeaders, read_headers, returned_headers


def read(*pairs: tuple[str, str]) -> CallerHeaders:
    return read_headers([(name.encode(), value.encode("latin-1")) for name, value in pairs])


@pytest.mark.parametrize(
    "pairs",
    [
        [("authorization", "Bearer cur_a")],
        [("authorization", "bearer  cur_a ")],
        [("authorization", "cur_a")],
        [("x-api-key", "cur_a")],
        [("api-key", "cur_a")],
        [("authorization", "Bearer cur_a"), ("x-api-key", "cur_a")],
        [("x-curtilage-key", "cur_a")],
    ],
)
def test_the_key_is_found_wherever_an_sdk_puts_it(pairs: Any) -> None:
    headers = read(*pairs)
    assert (headers.key, headers.credential) == ("cur_a", None)


@pytest.mark.parametrize(
    ("pairs", "credential"),
    [
        ([("authorization", "Bearer sk-1")], ("authorization", "Bearer sk-1")),
        ([("x-api-key", "sk-1")], ("x-api-key", "sk-1")),
        ([], None),
    ],
)
def test_the_callers_own_credential_stays_where_it_was(pairs: Any, credential: Any) -> None:
    assert read(("x-curtilage-key", "cur_a"), *pairs).credential == credential


@pytest.mark.parametrize(
    ("pairs", "error"),
    [
        ([], MissingKey),
        ([("authorization", "")], MissingKey),
        ([("authorization", "Bearer sk-proj-1")], ProviderKeySent),
        ([("x-api-key", "sk-ant-1")], ProviderKeySent),
        ([("authorization", "Bearer cur_a"), ("x-api-key", "cur_b")], AmbiguousKey),
        ([("authorization", "Bearer cur_a"), ("x-api-key", "sk-1")], AmbiguousKey),
        ([("authorization", "Bearer cur_a"), ("authorization", "Bearer cur_b")], AmbiguousKey),
        ([("x-curtilage-key", "cur_a"), ("x-api-key", "cur_a")], AmbiguousKey),
        (
            [("x-curtilage-key", "cur_a"), ("x-api-key", "sk-1"), ("api-key", "sk-2")],
            AmbiguousKey,
        ),
        ([("x-curtilage-key", "cur_a"), ("x-curtilage-key", "cur_b")], MalformedHeader),
        ([("authorization", "Bearer cur_\u00e9")], MalformedHeader),
    ],
)
def test_doubt_about_who_is_calling_is_an_error(pairs: Any, error: type[CurtilageError]) -> None:
    with pytest.raises(error) as refused:
        read(*pairs)
    assert "cur_" not in refused.value.detail and "sk-" not in refused.value.detail


def test_our_own_headers_are_read_and_the_encoding() -> None:
    headers = read(
        ("authorization", "Bearer cur_a"), ("x-curtilage-purpose", "assist"),
        ("x-curtilage-subject", "crm:person/7"), ("x-curtilage-session", "ab-1"),
        ("content-encoding", " GZip "),
    )  # fmt: skip
    assert (headers.purpose, headers.subject, headers.session) == ("assist", "crm:person/7", "ab-1")
    assert headers.encoding == "gzip"


@pytest.mark.parametrize("value", ["", " ", "a b", "\u00e9", "-a", "a" * 129, "a\tb", "a;b"])
def test_a_name_of_ours_has_a_shape(value: str) -> None:
    for name in (
        "x-curtilage-purpose",
        "x-curtilage-subject",
        "x-curtilage-session",
        "x-curtilage-collection",
    ):
        with pytest.raises(MalformedHeader) as refused:
            read(("authorization", "Bearer cur_a"), (name, value))
        assert name in refused.value.detail


def test_the_same_header_twice_with_one_value_is_one() -> None:
    headers = read(
        ("authorization", "Bearer cur_a"),
        ("x-curtilage-session", "s"),
        ("x-curtilage-session", "s"),
    )
    assert headers.session == "s"


def test_only_named_headers_travel_on_and_none_of_ours() -> None:
    headers = read(
        ("authorization", "Bearer cur_a"), ("x-curtilage-purpose", "assist"), ("cookie", "a=b"),
        ("user-agent", "ada"), ("x-forwarded-for", "192.0.2.1"), ("anthropic-beta", "one"),
        ("anthropic-beta", "two"), ("openai-project", "proj_1"), ("accept", "application/json"),
    )  # fmt: skip
    assert headers.forwarded == (
        ("anthropic-beta", "one"), ("anthropic-beta", "two"), ("openai-project", "proj_1"),
        ("accept", "application/json"),
    )  # fmt: skip


def test_of_the_providers_headers_only_named_ones_come_back() -> None:
    given = [
        ("Content-Type", "application/json"), ("Set-Cookie", "a=b"), ("X-Request-Id", "req_1"),
        ("x-ratelimit-remaining-tokens", "5"), ("Anthropic-RateLimit-Requests-Limit", "9"),
        ("retry-after", "3"), ("content-length", "12"), ("transfer-encoding", "chunked"),
        ("openai-organization", "org-secret"), ("Server", "cloud"), ("retry-after-ms", "\u2713"),
    ]  # fmt: skip
    assert returned_headers(given) == [
        (b"content-type", b"application/json"), (b"x-request-id", b"req_1"),
        (b"x-ratelimit-remaining-tokens", b"5"), (b"anthropic-ratelimit-requests-limit", b"9"),
        (b"retry-after", b"3"), (b"retry-after-ms", b"?"),
    ]  # fmt: skip


def test_no_key_shows_in_a_repr() -> None:
    headers = read(("x-curtilage-key", "cur_a"), ("x-api-key", "sk-1"))
    assert "cur_a" not in repr(headers) and "sk-1" not in repr(headers)


TOKEN = "eyJh.eyJi.c"


@pytest.mark.requirement(22)
@pytest.mark.parametrize(
    ("pairs", "bound"),
    [
        ([("authorization", f"Bearer {TOKEN}")], False),
        ([("authorization", f"DPoP {TOKEN}"), ("dpop", "p")], True),
        ([("authorization", f"dpop  {TOKEN}"), ("dpop", "p")], True),
        ([("authorization", f"Bearer {TOKEN}"), ("dpop", "p")], False),
        ([("x-api-key", TOKEN)], False),
        ([("x-api-key", TOKEN), ("dpop", "p")], True),
        ([("x-curtilage-key", TOKEN), ("authorization", "Bearer sk-1")], False),
        ([("x-curtilage-key", TOKEN), ("authorization", "Bearer sk-1"), ("dpop", "p")], True),
    ],
)
def test_an_access_token_is_found_wherever_a_key_is(pairs: Any, bound: bool) -> None:
    headers = read(*pairs)
    assert (headers.key, headers.is_token, headers.is_bound) == (TOKEN, True, bound)
    assert headers.proofs == (("p",) if ("dpop", "p") in pairs else ())


def test_a_proof_beside_a_key_says_nothing_and_a_key_is_not_sent_as_a_bound_token() -> None:
    headers = read(("x-api-key", "cur_a"), ("dpop", "p"))
    assert (headers.key, headers.is_token, headers.is_bound) == ("cur_a", False, False)
    assert read(("authorization", "DPoP cur_a")).is_token, "and no token is like this"


def test_a_key_is_no_token_and_two_credentials_of_ours_are_too_many() -> None:
    assert not read(("authorization", "Bearer cur_a")).is_token
    with pytest.raises(AmbiguousKey):
        read(("authorization", f"Bearer {TOKEN}"), ("x-api-key", "cur_a"))
    with pytest.raises(AmbiguousKey):
        read(("authorization", f"Bearer {TOKEN}"), ("authorization", f"DPoP {TOKEN}"))


@pytest.mark.requirement(22)
@pytest.mark.parametrize("second", ["p", "q"])
def test_two_proofs_are_refused_the_same_one_too(second: str) -> None:
    with pytest.raises(ProofRefused):
        read(("authorization", f"DPoP {TOKEN}"), ("dpop", "p"), ("dpop", second))
