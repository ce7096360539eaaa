"""What can go wrong with a provider, and with the accounts that people have there."""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PeerError,
)
from curtilage.core.words import say


class ProviderReason(StrEnum):
    """Why nobody was let in by what came back from a provider."""

    STATE = "provider.state"
    BROWSER = "provider.other-browser"
    ISSUER = "provider.issuer"
    DENIED = "provider.denied"
    ANSWER = "provider.answer"
    EXCHANGE = "provider.exchange"
    TOKEN = "provider.token"
    KEY = "provider.key"
    NONCE = "provider.nonce"
    PARTY = "provider.authorized-party"
    TENANT = "provider.tenant"
    SUBJECT = "provider.subject"
    STALE = "provider.not-asked-again"
    PERSON = "provider.other-person"


class ProviderRefused(AuthenticationError):
    """One answer for whatever comes back and does not hold. `reason` is for the record."""

    code = "providers.refused"
    title = say("Signing in there did not lead here")
    hint = say("Begin again on the sign-in page, in one browser window, within ten minutes.")

    def __init__(self, reason: ProviderReason) -> None:
        super().__init__()
        self.reason = reason


class ProviderUnusable(PeerError):
    """What a provider publishes cannot be used. Says which part, never what it holds."""

    code = "providers.unusable"
    title = say("The provider's metadata cannot be used")
    hint = say("Compare the issuer in the settings with the one in the provider's own document.")


class UnknownProvider(NotFoundError):
    code = "providers.unknown"
    title = say("No such provider")
    hint = say("Providers stand in the settings under identity.providers.")


class UnknownLink(NotFoundError):
    code = "providers.unknown-link"
    title = say("No such connected account")
    hint = say("Open the page anew: it may be gone already.")


class LinkTaken(ConflictError):
    code = "providers.link-taken"
    title = say("That account is connected to somebody already")
    hint = say("Sign in with it, take it away there, and then connect it here.")


class AddressTaken(ConflictError):
    """Two arrivals wanted one address at once; the second begins again."""

    code = "providers.address-taken"
    title = say("Somebody with this address just came")
    hint = say("Sign in again.")
