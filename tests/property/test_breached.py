"""A filter of leaked passwords holds all of any list, built in whatever portions."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curtilage.identity.breach_building import build_filter
from curtilage.identity.breach_format import number_of, place_of
from curtilage.identity.breached import BreachFilter

passwords = st.binary(min_size=1, max_size=20)  # too short to be taken for a hash


@pytest.mark.requirement(38)
@given(st.lists(passwords, min_size=1, max_size=80), st.integers(1, 30), passwords)
def test_all_of_any_list_is_held_and_another_only_where_it_looks_the_same(
    leaked: list[bytes], at_a_time: int, other: bytes
) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "filter"
        built = build_filter(leaked, path, at_a_time=at_a_time)
        opened = BreachFilter.open(path)
        assert all(opened.holds(each) for each in leaked)
        buckets = opened.layout.buckets
        places = {place_of(number_of(each), buckets) for each in leaked}
        assert built.keys == len(places)
        assert opened.holds(other) == (place_of(number_of(other), buckets) in places)
        opened.close()
