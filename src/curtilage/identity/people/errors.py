"""What people are refused who sign in, join and manage accounts.

To outsiders all refusals of one kind look the same; see `identity.errors`.
"""

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    DeniedError,
    InputError,
    LimitError,
    NotFoundError,
)
from curtilage.core.words import say


class SignInRefused(AuthenticationError):
    """One answer for a wrong name, a wrong passphrase and an empty one."""

    code = "identity.sign-in-refused"
    title = say("Name and passphrase do not open anything here")
    hint = say("Try again, or take another way that the sign-in page shows.")


class SetupLinkRefused(AuthenticationError):
    """One answer for a link that is used, expired, replaced or made up."""

    code = "identity.setup-link-refused"
    title = say("The set-up link does not open anything any more")
    hint = say("Restart the service to get a new one, as long as nobody is enrolled.")


class PasskeysOff(NotFoundError):
    code = "identity.passkeys-off"
    title = say("This address takes no passkeys")
    hint = say("Serve it under a name and over https, and say so in server.public_url.")


class TooManyPasskeys(ConflictError):
    code = "identity.too-many-passkeys"
    title = say("You have as many passkeys as anybody can have")
    hint = say("Take one away that you no longer use.")


class SignUpClosed(DeniedError):
    code = "identity.sign-up-closed"
    title = say("Accounts are not made here like this")
    hint = say(
        "Ask an administrator for an invitation; the setting identity.sign_up says who may come."
    )


class MailSignInOff(DeniedError):
    code = "identity.mail-sign-in-off"
    title = say("Nobody signs in by mail here")
    hint = say("Sign in with your passphrase or passkey.")


class NameTaken(ConflictError):
    code = "identity.name-taken"
    title = say("The name is taken")
    hint = say("Choose another one; your address is not shown to others.")


class AlreadyJoined(ConflictError):
    """Said to whoever holds a link that was sent to this address, and to nobody else."""

    code = "identity.already-joined"
    title = say("This address has an account already")
    hint = say("Sign in; if you cannot, choose a new passphrase there.")


class UnknownInvitation(NotFoundError):
    code = "identity.unknown-invitation"
    title = say("There is no invitation with this id")
    hint = say("Somebody took it up, it was taken back, or its seven days are over.")


class UnknownRole(NotFoundError):
    code = "identity.unknown-role"
    title = say("There is no such role")
    hint = say("There are administrator, auditor, operator, people-manager and reviewer.")


class TooManyRoles(InputError):
    code = "identity.roles-or-none"
    title = "Either roles are given, or --none"
    hint = "Name all roles to have from now on; --none alone takes every one away."


class UnknownSession(NotFoundError):
    code = "identity.unknown-session"
    title = say("There is no session with this id")
    hint = say("It may have ended already; list the sessions of this person again.")


class LastAdministrator(ConflictError):
    code = "identity.last-administrator"
    title = say("This is the last administrator")
    hint = say("Make somebody else an administrator first.")


class UnknownAuthenticator(NotFoundError):
    code = "identity.unknown-authenticator"
    title = say("There is nothing of the kind to take away")
    hint = say("Open the page anew: it may be gone already.")


class SecondFactorDemanded(ConflictError):
    code = "identity.second-factor-demanded"
    title = say("A second factor is demanded of you, and this is your last")
    hint = say("Set up another authenticator app or passkey first, then take this one away.")


class TooManyAttempts(LimitError):
    """Said before anything is looked at, so that it tells nothing about the name."""

    code = "identity.too-many-attempts"
    title = say("Too many attempts")
    hint = say("Wait before the next attempt.")


class AlreadyEnrolled(ConflictError):
    code = "identity.already-enrolled"
    title = say("An administrator is enrolled already")
    hint = say("Ask an administrator for an invitation, or sign in if you have an account.")
