"""What is written to people, as plain text. Pure.

A message says what happened, what to do, and what to do if it was not you. It has a link at
most, and nothing that only its addressee should know beside that.
"""

from curtilage.core.words import Sentence, join_sentences, say
from curtilage.identity.mail import Message
from curtilage.identity.people.models import AuthenticatorKind

NOT_YOU = say("If this was not you, you need not do anything: without the link nothing happens.")
_TOTP, _CODE = AuthenticatorKind.TOTP, AuthenticatorKind.RECOVERY_CODE
_PASSPHRASE, _PASSKEY = AuthenticatorKind.PASSPHRASE, AuthenticatorKind.PASSKEY
_CHANGES = {  # whole sentences: other languages bend their nouns
    ("added", _PASSPHRASE): say("A new passphrase was set up for your account."),
    ("added", _PASSKEY): say("A new passkey was set up for your account."),
    ("added", _TOTP): say("A new authenticator app was set up for your account."),
    ("added", _CODE): say("A new recovery code was set up for your account."),
    ("changed", _PASSPHRASE): say("The passphrase of your account was changed."),
    ("changed", _PASSKEY): say("The passkey of your account was changed."),
    ("changed", _TOTP): say("The authenticator app of your account was changed."),
    ("changed", _CODE): say(
        "New recovery codes were made for your account. Those before are worthless."
    ),
    ("removed", _PASSPHRASE): say("A passphrase was taken away from your account."),
    ("removed", _PASSKEY): say("A passkey was taken away from your account."),
    ("removed", _TOTP): say("An authenticator app was taken away from your account."),
    ("removed", _CODE): say("A recovery code was taken away from your account."),
    ("used", _PASSPHRASE): say("A passphrase was used to sign in to your account. It is used up."),
    ("used", _PASSKEY): say("A passkey was used to sign in to your account. It is used up."),
    ("used", _TOTP): say(
        "An authenticator app was used to sign in to your account. It is used up."
    ),
    ("used", _CODE): say("A recovery code was used to sign in to your account. It is used up."),
}


def write_sign_in(to: str, *, service: str, link: str, code: str) -> Message:
    """A link and a code that sign in, for ten minutes."""
    return _write(
        to,
        say("Sign in to {service}", service=service),
        say("Open this link in the browser in which you asked for it:"),
        link,
        say("Or type this code there: {code}", code=code),
        say("Both work once, for ten minutes."),
        NOT_YOU,
    )


def write_sign_up(to: str, *, service: str, link: str) -> Message:
    """A link that makes an account."""
    return _write(
        to,
        say("Your account at {service}", service=service),
        say("Open this link to make your account:"),
        link,
        say("It works once, for a day."),
        NOT_YOU,
    )


def write_already_there(to: str, *, service: str, link: str) -> Message:
    """To whoever signs up with an address that has an account."""
    return _write(
        to,
        say("Your account at {service}", service=service),
        say("Somebody, maybe you, wanted to make an account with this address. It has one:"),
        link,
        say("If you cannot sign in, the page lets you choose a new passphrase."),
    )


def write_invitation(to: str, *, service: str, link: str) -> Message:
    """A link that makes an account, from an administrator."""
    return _write(
        to,
        say("You are invited to {service}", service=service),
        say("An administrator made room for you. Open this link to make your account:"),
        link,
        say("It works once, for seven days."),
    )


def write_recovery(to: str, *, service: str, link: str) -> Message:
    """A link to choose a new passphrase."""
    return _write(
        to,
        say("A new passphrase for {service}", service=service),
        say("Open this link to choose a new passphrase:"),
        link,
        say("It works once, for an hour. If you have a second factor, you are asked for it after."),
        NOT_YOU,
    )


def write_no_passphrase(to: str, *, service: str, link: str) -> Message:
    """To whoever forgot a passphrase that they never had."""
    return _write(
        to,
        say("Signing in to {service}", service=service),
        say("Your account has no passphrase: you sign in with a passkey or a recovery code:"),
        link,
        say("If you have neither any more, ask an administrator."),
    )


def write_change(to: str, *, service: str, act: str, kind: AuthenticatorKind, link: str) -> Message:
    """That what somebody signs in with was changed."""
    return _write(
        to,
        say("How you sign in to {service}", service=service),
        say_change(act, kind),
        say("If this was not you, choose a new passphrase and sign out everywhere else:"),
        link,
    )


def write_leaked(to: str, *, service: str, link: str) -> Message:
    """That their passphrase is in a list of leaked ones."""
    return _write(
        to,
        say("Your passphrase for {service} has leaked", service=service),
        say(
            "Somebody signed in to your account with your passphrase, which is in a list of "
            "leaked ones. Others try those first."
        ),
        say("Choose another one, and change it wherever else you use it:"),
        link,
    )


def write_far_away(to: str, *, service: str, link: str) -> Message:
    """That somebody signed in from where they cannot have come."""
    return _write(
        to,
        say("A sign-in to {service} from far away", service=service),
        say(
            "Somebody signed in to your account from far away from where you signed in last, and "
            "sooner than anybody travels. Some networks and phones make it look so."
        ),
        say("If this was not you, choose a new passphrase and sign out everywhere else:"),
        link,
    )


def say_change(act: str, kind: AuthenticatorKind) -> str:
    """What happened, in a sentence."""
    return _CHANGES[act, kind]


def _write(to: str, subject: str, *paragraphs: str) -> Message:
    text = join_sentences(*paragraphs, between="\n\n")
    return Message(to, subject, Sentence("{text}\n", given={"text": text}))
