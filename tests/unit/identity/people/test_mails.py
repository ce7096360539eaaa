"""What is written to people."""

import pytest

from curtilage.identity.people.mails import (
    say_change,
    write_already_there,
    write_change,
    write_invitation,
    write_no_passphrase,
    write_recovery,
    write_sign_in,
    write_sign_up,
)
from curtilage.identity.people.models import AuthenticatorKind

TO, SERVICE, LINK = "ada@orchard.example", "orchard.example", "https://orchard.example/x/secret"


@pytest.mark.parametrize(
    "write",
    [write_sign_up, write_already_there, write_invitation, write_recovery, write_no_passphrase],
)
def test_a_message_has_one_link_and_names_the_service(write: object) -> None:
    message = write(TO, service=SERVICE, link=LINK)  # type: ignore[operator]
    assert message.to == TO
    assert SERVICE in message.subject
    assert message.text.count(LINK) == 1
    assert TO not in message.text
    assert message.html == ""


def test_a_sign_in_has_a_link_and_a_code_and_says_how_long_they_work() -> None:
    message = write_sign_in(TO, service=SERVICE, link=LINK, code="12345678")
    assert LINK in message.text
    assert "12345678" in message.text
    assert "ten minutes" in message.text
    assert "12345678" not in message.subject, "a locked screen shows subjects"


@pytest.mark.requirement(45)
@pytest.mark.parametrize(
    ("act", "kind", "said"),
    [
        ("added", AuthenticatorKind.TOTP, "A new authenticator app was set up for your account."),
        ("changed", AuthenticatorKind.PASSPHRASE, "The passphrase of your account was changed."),
        (
            "removed",
            AuthenticatorKind.TOTP,
            "An authenticator app was taken away from your account.",
        ),
        ("removed", AuthenticatorKind.PASSKEY, "A passkey was taken away from your account."),
        (
            "changed",
            AuthenticatorKind.RECOVERY_CODE,
            "New recovery codes were made for your account. Those before are worthless.",
        ),
        (
            "used",
            AuthenticatorKind.RECOVERY_CODE,
            "A recovery code was used to sign in to your account. It is used up.",
        ),
    ],
)
def test_a_change_is_told_in_a_sentence(act: str, kind: AuthenticatorKind, said: str) -> None:
    assert say_change(act, kind) == said
    message = write_change(TO, service=SERVICE, act=act, kind=kind, link=LINK)
    assert said in message.text
    assert LINK in message.text
