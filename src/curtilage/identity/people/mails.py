"""What is written to people, as plain text. Pure.

A message says what happened, what to do, and what to do if it was not you. It has a link at
most, and nothing that only its addressee should know beside that.
"""

from curtilage.identity.mail import Message
from curtilage.identity.people.models import AuthenticatorKind

NOT_YOU = "If this was not you, you need not do anything: without the link nothing happens."
_KINDS = {
    AuthenticatorKind.PASSPHRASE: "passphrase",
    AuthenticatorKind.PASSKEY: "passkey",
    AuthenticatorKind.TOTP: "authenticator app",
    AuthenticatorKind.RECOVERY_CODE: "recovery code",
}
_ACTS = {
    "added": "A new {} was set up for your account.",
    "changed": "The {} of your account was changed.",
    "removed": "A {} was taken away from your account.",
    "used": "A {} was used to sign in to your account. It is used up.",
}
_OF_CODES = {
    "changed": "New recovery codes were made for your account. Those before are worthless.",
}


def write_sign_in(to: str, *, service: str, link: str, code: str) -> Message:
    """A link and a code that sign in, for ten minutes."""
    return _write(
        to,
        f"Sign in to {service}",
        f"Open this link in the browser in which you asked for it:\n\n{link}\n\n"
        f"Or type this code there: {code}",
        "Both work once, for ten minutes.",
        NOT_YOU,
    )


def write_sign_up(to: str, *, service: str, link: str) -> Message:
    """A link that makes an account."""
    return _write(
        to,
        f"Your account at {service}",
        f"Open this link to make your account:\n\n{link}",
        "It works once, for a day.",
        NOT_YOU,
    )


def write_already_there(to: str, *, service: str, link: str) -> Message:
    """To whoever signs up with an address that has an account."""
    return _write(
        to,
        f"Your account at {service}",
        f"Somebody, maybe you, wanted to make an account with this address. It has one:\n\n{link}",
        "If you cannot sign in, the page lets you choose a new passphrase.",
    )


def write_invitation(to: str, *, service: str, link: str) -> Message:
    """A link that makes an account, from an administrator."""
    return _write(
        to,
        f"You are invited to {service}",
        f"An administrator made room for you. Open this link to make your account:\n\n{link}",
        "It works once, for seven days.",
    )


def write_recovery(to: str, *, service: str, link: str) -> Message:
    """A link to choose a new passphrase."""
    return _write(
        to,
        f"A new passphrase for {service}",
        f"Open this link to choose a new passphrase:\n\n{link}",
        "It works once, for an hour. If you have a second factor, you are asked for it after.",
        NOT_YOU,
    )


def write_no_passphrase(to: str, *, service: str, link: str) -> Message:
    """To whoever forgot a passphrase that they never had."""
    return _write(
        to,
        f"Signing in to {service}",
        f"Your account has no passphrase: you sign in with a passkey or a recovery code:\n\n{link}",
        "If you have neither any more, ask an administrator.",
    )


def write_change(to: str, *, service: str, act: str, kind: AuthenticatorKind, link: str) -> Message:
    """That what somebody signs in with was changed."""
    return _write(
        to,
        f"How you sign in to {service}",
        say_change(act, kind),
        f"If this was not you, choose a new passphrase and sign out everywhere else:\n\n{link}",
    )


def write_leaked(to: str, *, service: str, link: str) -> Message:
    """That their passphrase is in a list of leaked ones."""
    return _write(
        to,
        f"Your passphrase for {service} has leaked",
        "Somebody signed in to your account with your passphrase, which is in a list of leaked "
        "ones. Others try those first.",
        f"Choose another one, and change it wherever else you use it:\n\n{link}",
    )


def write_far_away(to: str, *, service: str, link: str) -> Message:
    """That somebody signed in from where they cannot have come."""
    return _write(
        to,
        f"A sign-in to {service} from far away",
        "Somebody signed in to your account from far away from where you signed in last, and "
        "sooner than anybody travels. Some networks and phones make it look so.",
        f"If this was not you, choose a new passphrase and sign out everywhere else:\n\n{link}",
    )


def say_change(act: str, kind: AuthenticatorKind) -> str:
    """What happened, in a sentence."""
    if kind is AuthenticatorKind.RECOVERY_CODE and act in _OF_CODES:
        return _OF_CODES[act]
    said, what = _ACTS[act], _KINDS[kind]
    return said.format(what).replace("A authenticator", "An authenticator")


def _write(to: str, subject: str, *paragraphs: str) -> Message:
    return Message(to, subject, "\n\n".join(paragraphs) + "\n")
