"""What a tagger's labels are called here, as the settings say it."""

import pytest

from curtilage.core.errors import SetupError
from curtilage.detect.tagger.labels import CATEGORIES, USUAL, parse_labels


def test_each_entry_names_a_label_and_a_type() -> None:
    assert parse_labels(["PATIENT=PERSON", "street address = STREET_ADDRESS"]) == {
        "PATIENT": "PERSON",
        "street address": "STREET_ADDRESS",
    }
    assert parse_labels([]) == {}


@pytest.mark.parametrize(
    "entry", ["PATIENT", "=PERSON", "PATIENT=", "PATIENT=a person", "A=person"]
)
def test_another_entry_is_refused_by_its_number_and_not_quoted(entry: str) -> None:
    with pytest.raises(SetupError, match=r"Entry 2 .* detect\.labels") as raised:
        parse_labels(["PER=PERSON", entry])
    assert entry not in raised.value.detail


def test_the_usual_labels_are_of_types_that_have_a_category() -> None:
    assert set(USUAL.values()) <= {*CATEGORIES, "NRP"}
