import pytest

from curtilage.web.csrf import issue_token, verify_origin, verify_token
from curtilage.web.errors import ForgedForm
from tests.fakes import FixedEntropy

KEY = b"k" * 32
OURS = frozenset({"https://console.example"})


def test_a_token_of_this_visit_is_accepted(entropy: FixedEntropy) -> None:
    verify_token(KEY, "cookie", issue_token(KEY, "cookie", entropy))


def test_two_tokens_of_one_visit_never_look_alike(entropy: FixedEntropy) -> None:
    first, second = (issue_token(KEY, "cookie", entropy) for _ in range(2))
    assert first != second
    assert first[:43] != second[:43]


@pytest.mark.parametrize(("key", "cookie"), [(KEY, "another"), (b"x" * 32, "cookie"), (KEY, "")])
def test_a_token_of_another_visit_or_key_is_refused(
    entropy: FixedEntropy, key: bytes, cookie: str
) -> None:
    with pytest.raises(ForgedForm):
        verify_token(key, cookie, issue_token(KEY, "cookie", entropy))


@pytest.mark.parametrize(
    "claimed",
    [
        "",
        "x",
        "A" * 86,
        "A" * 85,
        "A" * 87,
        "ä" * 86,
        "!" * 86,
        " " * 86,
        "\x00" * 86,
        "A" * 85 + "!",
    ],
)
def test_what_we_never_issued_is_refused(claimed: str) -> None:
    with pytest.raises(ForgedForm):
        verify_token(KEY, "cookie", claimed)


def test_a_token_for_no_cookie_at_all_is_refused(entropy: FixedEntropy) -> None:
    with pytest.raises(ForgedForm):
        verify_token(KEY, "", issue_token(KEY, "", entropy))


def test_every_changed_character_breaks_a_token(entropy: FixedEntropy) -> None:
    token = issue_token(KEY, "cookie", entropy)
    for place in range(85):  # of the last character only two bits count
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(ForgedForm):
            verify_token(KEY, "cookie", token[:place] + other + token[place + 1 :])


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        (None, None),
        ("https://console.example", None),
        ("https://console.example", "same-origin"),
        ("null", "same-origin"),
        (None, "none"),
    ],
)
def test_our_own_page_may_send(origin: str | None, site: str | None) -> None:
    verify_origin(origin, site, expected=OURS)


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://elsewhere.example", None),
        ("http://console.example", None),
        ("https://console.example.elsewhere.example", None),
        ("null", None),
        ("null", "none"),
        ("null", "cross-site"),
        (None, "cross-site"),
        (None, "same-site"),
        ("https://console.example", "cross-site"),
        ("", None),
    ],
)
def test_another_site_may_not(origin: str | None, site: str | None) -> None:
    with pytest.raises(ForgedForm):
        verify_origin(origin, site, expected=OURS)
