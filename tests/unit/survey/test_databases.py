"""What of a database is read, and what is said of its address."""

import pytest

from curtilage.core.errors import InputError
from curtilage.survey.databases import (
    LEAST_PAGES,
    Selection,
    is_address,
    parse_address,
    sample_share,
)

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("text", "name", "has_password"),
    [
        ("postgresql://ada@db.example/crm", "postgresql://db.example/crm", False),
        (f"postgres://ada:{SECRET}@db.example:6432/crm", "postgresql://db.example:6432/crm", True),
        (
            f"postgresql+psycopg://db.example/crm?password={SECRET}",
            "postgresql://db.example/crm",
            True,
        ),
        ("sqlite:///a%20b.db", "a b.db", False),
        ("sqlite:////srv/a.db", "/srv/a.db", False),
    ],
)
def test_addresses_are_shown_without_secrets(text: str, name: str, has_password: bool) -> None:
    assert is_address(text)
    address = parse_address(text)
    assert (address.name, address.has_password) == (name, has_password)
    assert address.url.startswith("postgresql://") or address.kind == "sqlite"


@pytest.mark.parametrize(
    "text",
    [f"mysql://ada:{SECRET}@h/d", f"oracle://{SECRET}", f"postgresql://h:{SECRET}/x", "sqlite://"],
)
def test_other_addresses_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_address(text)
    assert SECRET not in refusal.value.detail + refusal.value.advice


@pytest.mark.parametrize("text", ["a.txt", "./postgresql:/x", "C:\\a", "//h/share", "-://"])
def test_paths_are_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_tables_are_chosen_by_name_with_or_without_their_schema() -> None:
    chosen = Selection(tables=("crm.*", "log_?"))
    assert [chosen.wants(*each) for each in (("crm", "a"), ("x", "log_1"), ("x", "crm"))] == [
        True,
        True,
        False,
    ]
    assert Selection().wants("any", "any")


def test_pages_are_drawn_where_there_are_many_and_enough_of_them() -> None:
    assert sample_share(1e6, 10_000, 0) == 0
    assert sample_share(-1, 10_000, 100) == 0
    assert sample_share(150, 10_000, 100) == 0
    assert sample_share(1e6, LEAST_PAGES, 100) == 0
    assert sample_share(1e6, 10_000, 100_000) == 15.0
    assert sample_share(1e6, 10_000, 10) == 0.08
