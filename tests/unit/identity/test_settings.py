"""Section `[identity]` of the settings."""

import pytest

from curtilage.core.errors import SetupError
from curtilage.identity.settings import IdentitySettings


def test_nobody_comes_without_an_invitation_unless_it_is_said() -> None:
    given = IdentitySettings()
    assert (given.sign_up, given.leaked_passwords) == ("invited", None)
    assert (given.smtp_host, given.smtp_security) == ("", "tls")


@pytest.mark.parametrize(
    ("setting", "value"), [("sign_up", "everybody"), ("smtp_security", "ssl"), ("sign_up", "")]
)
def test_a_word_that_is_not_known_is_refused_by_its_name(setting: str, value: str) -> None:
    with pytest.raises(SetupError, match=f"identity.{setting}"):
        IdentitySettings(**{setting: value})
