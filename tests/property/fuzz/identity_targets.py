"""Keys, sessions and names that somebody claims; budgets that somebody writes."""

from collections.abc import Iterator

from curtilage.identity.budgets import Measure, parse_budget
from curtilage.identity.cli import parse_duration
from curtilage.identity.limits import Ask, LimitBook
from curtilage.identity.people.rules import parse_acr, parse_address, parse_name
from curtilage.identity.wire.apikey import mint_api_key, parse_api_key
from curtilage.identity.wire.limit_book import encode_book, parse_book
from curtilage.identity.wire.secrets import find_digest, mint_secret
from tests.fakes import FixedEntropy
from tests.property.fuzz.target import Target

ENTROPY = FixedEntropy()


def a_book() -> bytes:
    book = LimitBook()
    for at in (1.8e9, 1.8e9 + 7):
        book.lease(Ask("k", 1, 40), at, requests_per_minute=100, tokens_per_minute=1000)
    return encode_book(book)


def read_budget(text: str) -> object:
    return parse_budget(text, Measure.TOKENS if text[-1:] == "y" else Measure.MONEY)


def identity_targets() -> Iterator[Target]:
    key = mint_api_key(ENTROPY).text
    yield Target("API key", (parse_api_key,), [key], parse_api_key)
    yield Target("secret of a session", (), [mint_secret(ENTROPY).text], find_digest)
    yield Target("limit book", (parse_book,), [a_book()], parse_book, encode_book)
    yield Target("budget", (parse_budget,), ["20/month", "1M/day"], read_budget)
    yield Target("duration", (parse_duration,), ["30d", "999999w"], parse_duration)
    yield Target("name", (parse_name,), ["Ada Quill"], parse_name)
    yield Target("address", (parse_address,), ["ada.quill@orchard.example"], parse_address)
    yield Target("level", (parse_acr,), ["aal2"], parse_acr)
