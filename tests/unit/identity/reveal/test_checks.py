"""What `doctor` says about who sees raw values."""

from curtilage.identity.reveal.checks import check_reveals
from curtilage.identity.reveal.settings import Mode


def test_one_person_alone_is_a_warning_and_nobody_is_none() -> None:
    (seen,) = check_reveals(Mode.REASON)
    assert (seen.code, seen.severity) == ("reveals.one-person", "warning")
    assert "two-people" in seen.mend
    assert list(check_reveals(Mode.TWO_PEOPLE)) == list(check_reveals(Mode.OFF)) == []
