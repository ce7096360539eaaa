"""The section `[console]`."""

import pytest

from curtilage.core.errors import SetupError
from curtilage.identity.reveal.settings import ConsoleSettings, Mode


def test_a_second_person_is_asked_unless_somebody_turns_that_down() -> None:
    assert ConsoleSettings().mode is Mode.TWO_PEOPLE
    assert ConsoleSettings("reason").mode is Mode.REASON
    assert ConsoleSettings("off").mode is Mode.OFF


@pytest.mark.parametrize("wrong", ["", "on", "two people", "TWO-PEOPLE", "none"])
def test_a_word_that_is_none_of_them_is_refused_at_the_start(wrong: str) -> None:
    with pytest.raises(SetupError, match=r"console\.reveal"):
        ConsoleSettings(wrong)
