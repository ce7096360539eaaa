"""A place in short words."""

from curtilage.survey.models import Spot
from curtilage.survey.reports.records import where
from tests.fakes.found import IN_TABLE, a_found


def test_a_place_is_told_as_far_as_it_is_known() -> None:
    assert where(a_found()) == "2:6"
    assert where(a_found(spot=IN_TABLE)) == "sheet Orders · 7:1 · email"
    assert where(a_found(spot=Spot(within=("page 3",)))) == "page 3"
    assert where(a_found(spot=Spot())) == "–"
