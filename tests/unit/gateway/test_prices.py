"""What models cost, and which price holds on a day."""

from datetime import date
from typing import Any

import pytest

from curtilage.core.canonical import LARGEST
from curtilage.core.errors import SetupError
from curtilage.core.settings import Source, parse_sources
from curtilage.gateway.prices import MOST_KNOWN, PriceSettings, PriceTable, TokenCount, read_prices

DAY = date(2026, 11, 28)


def a_row(**given: Any) -> PriceSettings:
    defaults = {
        "model": "gpt-*", "since": "2026-01-01", "currency": "USD", "input": "2.50",
        "output": "10",
    }  # fmt: skip
    return PriceSettings(**(defaults | given))


def price_of(*rows: PriceSettings, model: str = "gpt-4.1", upstream: str = "openai") -> Any:
    return PriceTable(rows).find(model, upstream, DAY)


def read(*rows: dict[str, Any]) -> tuple[PriceSettings, ...]:
    return read_prices({"prices": Source(list(rows), "curtilage.toml")})


def raw(**given: Any) -> dict[str, Any]:
    row = {
        "model": "gpt-*",
        "since": "2026-01-01",
        "currency": "USD",
        "input": "2.50",
        "output": "10",
    }
    return row | given


def test_a_price_is_read_from_a_file_and_costs_are_exact() -> None:
    text = """
    [[prices]]
    model = "gpt-*"
    since = 2026-01-01
    currency = "USD"
    input = "0.15"
    cached_input = "0.075"
    output = "0.6"
    reasoning = "0.9"
    """
    price = price_of(*read_prices(parse_sources(text, "curtilage.toml")))
    tokens = TokenCount(input=1_000_000, cached=400_000, output=100_000, reasoning=50_000)
    assert price.cost_of(tokens) == 90_000 + 30_000 + 30_000 + 45_000
    assert price.version.startswith("2026-01-01.")


def test_a_part_of_a_millionth_is_rounded_up_once() -> None:
    price = price_of(a_row(input="0.1", output="0.1"))
    assert price.cost_of(TokenCount(input=1)) == 1
    assert price.cost_of(TokenCount(input=5, output=5)) == 1
    assert price.cost_of(TokenCount(input=6, output=5)) == 2
    assert price.cost_of(TokenCount()) == 0


def test_a_part_that_is_said_to_be_more_than_its_whole_is_cut() -> None:
    price = price_of(a_row(cached_input="0", cache_write="5"))
    assert price.cost_of(TokenCount(input=10, cached=999)) == 0
    assert price.cost_of(TokenCount(input=10, cached=4, written=999)) == 30
    assert price.cost_of(TokenCount(input=LARGEST, output=LARGEST)) == LARGEST


def test_the_newest_row_that_holds_already_gives_the_price() -> None:
    rows = [
        a_row(since="2026-06-01", input="2"),
        a_row(since="2026-11-28", input="3"),
        a_row(since="2026-11-29", input="4"),
        a_row(since="2025-01-01", input="1"),
    ]
    assert price_of(*rows).input == 3_000_000
    assert PriceTable(rows).find("gpt-4.1", "openai", date(2024, 12, 31)) is None


def test_the_first_pattern_that_matches_gives_the_price() -> None:
    rows = [a_row(model="gpt-4.1-mini", input="1"), a_row(input="2"), a_row(model="*", input="3")]
    models = ("gpt-4.1-mini", "gpt-4.1", "claude-x")
    assert [price_of(*rows, model=each).input // 1_000_000 for each in models] == [1, 2, 3]


def test_names_that_callers_make_up_are_not_remembered_for_ever() -> None:
    table = PriceTable([a_row()])
    for number in range(MOST_KNOWN + 5):
        assert table.find(f"made-up-{number}", "openai", DAY) is None
        assert table.find("gpt-4.1", "openai", DAY) is not None
    assert len(table._known) <= MOST_KNOWN


def test_a_row_for_one_upstream_is_for_no_other() -> None:
    row = a_row(upstream="azure")
    assert price_of(row, upstream="azure") is not None
    assert price_of(row, upstream="openai") is None


def test_no_other_row_has_the_version_of_a_row() -> None:
    versions = {
        price_of(row).version
        for row in (a_row(), a_row(input="2.51"), a_row(max_output=9), a_row(reasoning="10"))
    }
    assert len(versions) == 4


@pytest.mark.parametrize(
    "row",
    [
        raw(input=2.5),
        raw(input="2.5000001"),
        raw(input="-1"),
        raw(input=""),
        raw(output="1e3"),
        raw(cached_input="free"),
        raw(output="1000000.1"),
        raw(currency="usd"),
        raw(since="January"),
        raw(since=5),
        raw(model=""),
        raw(max_output=0),
        raw(max_output=True),
        raw(unknown="1"),
        {"model": "gpt-*"},
        "gpt-*",
    ],
)
def test_what_is_no_price_is_refused_by_its_setting(row: Any) -> None:
    with pytest.raises(SetupError, match=r"prices\[0\]"):
        read(row)


def test_prices_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(SetupError, match="more than one currency"):
        read(raw(), raw(model="o*", currency="EUR"))
    with pytest.raises(SetupError, match="same model"):
        read(raw(), raw(input="3"))
    with pytest.raises(SetupError, match="list of tables"):
        read_prices({"prices": Source("gpt-*", "CURTILAGE__PRICES")})
    assert read_prices({}) == ()
