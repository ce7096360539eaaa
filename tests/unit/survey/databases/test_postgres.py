"""How much of a table of PostgreSQL is drawn."""

from curtilage.survey.databases.postgres import LEAST_PAGES, sample_share


def test_pages_are_drawn_where_there_are_many_and_enough_of_them() -> None:
    assert sample_share(1e6, 10_000, 0) == 0
    assert sample_share(-1, 10_000, 100) == 0
    assert sample_share(150, 10_000, 100) == 0
    assert sample_share(1e6, LEAST_PAGES, 100) == 0
    assert sample_share(1e6, 10_000, 100_000) == 15.0
    assert sample_share(1e6, 10_000, 10) == 0.08
