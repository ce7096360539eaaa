"""Who an app turns away, and what goes wrong between it and its issuer.

To a browser all refused answers look the same; why is in `reason`, for the record.
"""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    DeniedError,
    InputError,
    PeerError,
    SetupError,
)


class LoginReason(StrEnum):
    """Why the answer of an issuer was not taken."""

    PARAMETERS = "login.parameters"
    STATE = "login.state"  # not begun in this browser, or too long ago
    REPLAYED = "login.replayed"
    ISSUER = "login.issuer"
    DENIED = "login.denied"  # the issuer says that it or the person refused
    TOKEN = "login.token"
    PERSON = "login.person"  # userinfo is about somebody else


class RelyingSetup(SetupError):
    code = "relying.setup"
    title = "Signing people in is not set up rightly"
    hint = "Correct it where the app sets up its sign-in, then start the app again."


class ForeignHost(InputError):
    """Without `base_url` only this machine's own names say where the app is."""

    code = "relying.foreign-host"
    title = "The request names a host that this app does not know as its own"
    hint = "Give the middleware `base_url`, the address under which people reach the app."
    status = 400


class LoginRefused(InputError):
    """One answer for every sign-in that does not hold."""

    code = "relying.login-refused"
    title = "The sign-in was not completed"
    hint = "Begin again, in one browser and within ten minutes."
    status = 400

    def __init__(self, reason: LoginReason) -> None:
        super().__init__()
        self.reason = reason


class LoginTooWeak(DeniedError):
    """The issuer answered, and below what was asked: asking again would go round in a circle."""

    code = "relying.login-too-weak"
    title = "The sign-in did not reach the level that is needed here"
    hint = "Add a second factor or a passkey to the account, then sign in again."


class IssuerBroken(PeerError):
    code = "relying.issuer-broken"
    title = "The issuer answered with what the protocol does not allow"
    hint = "Compare `issuer` with the one in its discovery document, byte for byte."


class LogoutRefused(InputError):
    """One answer for every logout token and form that does not hold."""

    code = "relying.logout-refused"
    title = "The request to sign out does not hold"
    hint = "Sign out with the button on the app's own page. An issuer sends a new logout token, as a form."
    status = 400


class NotSignedIn(AuthenticationError):
    code = "relying.not-signed-in"
    title = "Nobody is signed in"
    hint = "Sign in, or send an access token."


class SessionOver(AuthenticationError):
    """The issuer gives no more tokens for this session."""

    code = "relying.session-over"
    title = "The session is over"
    hint = "Sign in again."


class StepUpNeeded(AuthenticationError):
    """Who it is is known, and not surely or freshly enough (RFC 9470 §3)."""

    code = "relying.step-up-needed"
    title = "A stronger or more recent sign-in is needed here"
    hint = "Sign in again now, with a second factor or a passkey."

    def __init__(self, *, acr: str = "", max_age: int | None = None) -> None:
        super().__init__()
        self.acr = acr
        self.max_age = max_age


class ScopeMissing(DeniedError):
    """Nothing stronger helps: the app was not granted what this needs (RFC 6750 §3.1)."""

    code = "relying.scope-missing"
    title = "The access that was granted does not reach this"
    hint = "Ask for the missing access by signing in again with its scopes."

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes = scopes


class PurposeMissing(DeniedError):
    code = "relying.purpose-missing"
    title = "Nothing may be done for this purpose here"
    hint = "Ask the issuer for the purpose, as a claim or as the scope `purpose:…`."
