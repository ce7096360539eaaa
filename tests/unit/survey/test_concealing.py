"""Names of places: told without the values in them, each looked into once."""

from curtilage.survey.concealing import Concealer
from curtilage.survey.models import Field, Note, Problem, Skipped, Spot, Table
from tests.fakes.detector import DenseDetector, MarkDetector


def test_keys_titles_tables_and_members_are_told_without_values() -> None:
    names = Concealer(MarkDetector())
    spot = Spot(1, 2, within=("member a/@ada.txt", "table @ben"), field=Field("/mail/@ada/0"))
    shown = names.spot(spot)
    assert shown.within == ("member a/‹EMAIL_ADDRESS›.txt", "table ‹EMAIL_ADDRESS›")
    assert shown.field == Field("/mail/‹EMAIL_ADDRESS›/0")
    assert (shown.line, shown.column) == (1, 2)
    table = names.told(Table(("id", "of @ada"), (1, 1), 2, ("sheet @ada",)))
    assert isinstance(table, Table)
    assert table.titles == ("id", "")
    assert table.within == ("sheet ‹EMAIL_ADDRESS›",)
    assert names.told(Problem("why", within=("@ada",))) == Problem(
        "why", within=("‹EMAIL_ADDRESS›",)
    )
    assert names.told(Note("what", ("@ada",))) == Note("what", ("‹EMAIL_ADDRESS›",))
    assert names.told(Skipped()) == Skipped()


def test_a_column_whose_title_holds_a_value_goes_by_its_number() -> None:
    names = Concealer(MarkDetector())
    assert names.spot(Spot(field=Field("of @ada", 3, 2))).field == Field("column 2", 3, 2)
    assert names.spot(Spot(field=Field("mail", 3, 2))).field == Field("mail", 3, 2)


def test_a_name_that_nobody_can_look_into_is_not_told() -> None:
    assert Concealer(DenseDetector()).name("@ada") == "‹name›"


def test_no_more_than_some_names_are_remembered() -> None:
    names = Concealer(MarkDetector())
    assert [names.name(f"@n{number}") for number in range(5000)] == ["‹EMAIL_ADDRESS›"] * 5000
    assert len(names._known) < 5000
