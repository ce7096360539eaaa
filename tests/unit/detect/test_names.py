"""Phrases and the taggers that settings name, as finders."""

import pytest

from curtilage.core.errors import SetupError
from curtilage.detect.names import build_names
from curtilage.detect.tagger.build import open_tagger

TEXT = "Kind regards,\nPriya Raman, born on 5 June 1983"


def found(**settings: list[str]) -> set[tuple[str, str]]:
    return {
        (item.type, TEXT[item.start : item.end])
        for find in build_names(**settings)
        for item in find(TEXT)
    }


def test_people_and_dates_are_found() -> None:
    assert {("PERSON", "Priya Raman"), ("DATE_TIME", "5 June 1983")} <= found()
    assert found(taggers=["compact"]) == found()


def test_names_in_code_are_left_out_unless_they_are_sure() -> None:
    code = "value = made[0]\n" * 20 + '"""The Kalman filter."""\n'
    assert open_tagger("compact", {}).tag(code)
    assert [item for find in build_names() for item in find(code)] == []


@pytest.mark.parametrize(
    "settings",
    [{"taggers": ["spacy:/no/such/model"]}, {"taggers": ["other"]}, {"labels": ["PER"]}],
)
def test_what_cannot_be_had_is_refused_before_any_text(settings: dict[str, list[str]]) -> None:
    with pytest.raises(SetupError):
        build_names(**settings)
