"""A number without a name: whether it stands alone in prose, or is something else."""

import pytest

from curtilage.detect.alone import end_of_log_mark, may_stand_alone, stands_alone
from tests.unit.detect.engines import types

NUMBER = "943 476 5870"


def alone(text: str) -> bool:
    start = text.index(NUMBER)
    return stands_alone(text, start, start + len(NUMBER))


@pytest.mark.parametrize(
    "text",
    [
        f"Could you check {NUMBER} for me?",
        f"{NUMBER} is what she wrote down for us.",
        f'She wrote "{NUMBER}", nothing else.',
        f"Können Sie bitte {NUMBER} prüfen?",
        f"Hier steht {NUMBER}.",
        f"On the first line is nothing.\nPlease look up {NUMBER}; thank you",
    ],
)
def test_in_a_sentence_a_number_is_somebodys(text: str) -> None:
    assert alone(text)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        f"id={NUMBER}",
        f"count = {NUMBER} and so on",
        f"the list [1, 2, {NUMBER}] is long",
        f"see https://example.org/a/b {NUMBER} there",
        f"2026-11-23T10:11:12Z ERROR in the loader: it expected {NUMBER} but got nothing",
        f"WARN the query was slow and took {NUMBER} of them",
        f"TOTAL {NUMBER} UNITS",
    ],
)
def test_in_code_a_log_or_a_table_it_is_nothing(text: str) -> None:
    assert not alone(text)


@pytest.mark.parametrize(
    "text",
    [
        f"where is my order {NUMBER} please",
        f"your invoice no. {NUMBER} is overdue",
        f"we opened ticket #{NUMBER} for you",
        f"die Bestellung Nr. {NUMBER} ist unterwegs",
        f"la commande numéro {NUMBER} est partie",
        f"it copied {NUMBER} bytes in all",
        f"the whole cost us {NUMBER} EUR last year",
        f"there are {NUMBER} Einwohner in all of them",
    ],
)
def test_what_is_called_something_else_is_something_else(text: str) -> None:
    assert not alone(text)


def test_only_a_check_that_holds_lets_it_stand_alone() -> None:
    assert "UK_NHS" in types("Could you check 9434765870 for me?")
    assert "UK_NHS" not in types("Could you check 9434765871 for me?")
    assert "UK_NHS" not in types("it copied 9434765870 bytes in all")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("12AB34567", "FR_PASSPORT"),
        ("B072RRE2I55", "DE_FUEHRERSCHEIN"),
        ("4503 123456", "RU_PASSPORT"),
    ],
)
def test_a_shape_of_its_own_may_stand_alone_without_a_check(value: str, kind: str) -> None:
    assert kind in types(f"Please use {value} from now on.")
    assert kind not in types(f"where is my order {value} please")
    assert kind not in types(f"id={value}")


def test_more_figures_than_letters_are_a_table() -> None:
    assert alone(f"we paid 4431 to {NUMBER} for it")
    assert not alone(f"paid to 443100475 915703865 {NUMBER} 912934567 then")


@pytest.mark.parametrize("text", [f"see {NUMBER} there", f"On a line\nwe see {NUMBER}; well"])
def test_where_a_number_stands_alone_it_may(text: str) -> None:
    assert alone(text) and may_stand_alone(text, text.index(NUMBER))


@pytest.mark.parametrize(
    "text", [f"{NUMBER}\n{NUMBER}", f"a word of prose\n{NUMBER}", f"x.{NUMBER} and more words"]
)
def test_where_nothing_around_is_prose_no_number_may(text: str) -> None:
    assert not may_stand_alone(text, text.index(NUMBER))


def test_a_time_or_a_level_near_its_beginning_marks_a_line_of_a_log() -> None:
    text = "2026-03-01T10:11:12Z ERROR it failed\nPlease look at it"
    assert text[: end_of_log_mark(text, 0)].endswith("10:11:12")
    assert end_of_log_mark(text, text.index("Please")) == -1


def test_in_a_line_of_a_log_a_number_is_nothing_and_in_prose_around_it_as_ever() -> None:
    needy = "536904399"  # found with a name, or alone
    said = f"Could you check {needy} for me?\n"
    logged = f"WARN could you check {needy} for me?\n"
    assert types(said) == types(f"\n{said}")
    assert types(f"{said}{logged}{said}{logged}") == 2 * types(said)
