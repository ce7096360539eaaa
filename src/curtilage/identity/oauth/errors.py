"""Who was refused, in the words that RFC 6749 §4.1.2.1 and §5.2 and their successors fix."""

from enum import StrEnum

from curtilage.core.errors import (
    AuthenticationError,
    InputError,
    LimitError,
    NotFoundError,
    SetupError,
    UnavailableError,
)
from curtilage.core.words import say


class Fault(StrEnum):
    """The registered error codes that we answer with."""

    ACCESS_DENIED = "access_denied"
    AUTHORIZATION_PENDING = "authorization_pending"  # RFC 8628 §3.5
    CONSENT_REQUIRED = "consent_required"  # OpenID Connect Core §3.1.2.6
    EXPIRED_TOKEN = "expired_token"  # RFC 8628 §3.5
    INSUFFICIENT_SCOPE = "insufficient_scope"  # RFC 6750 §3.1
    INVALID_CLIENT = "invalid_client"
    INVALID_DETAILS = "invalid_authorization_details"  # RFC 9396 §5
    INVALID_CLIENT_METADATA = "invalid_client_metadata"  # RFC 7591 §3.2.2
    INVALID_DPOP_PROOF = "invalid_dpop_proof"  # RFC 9449 §5
    INVALID_GRANT = "invalid_grant"
    INVALID_REDIRECT_URI = "invalid_redirect_uri"  # RFC 7591 §3.2.2
    INVALID_REQUEST = "invalid_request"
    INVALID_SCOPE = "invalid_scope"
    INVALID_TARGET = "invalid_target"  # RFC 8707 §2
    INVALID_TOKEN = "invalid_token"  # RFC 6750 §3.1
    LOGIN_REQUIRED = "login_required"
    REGISTRATION_NOT_SUPPORTED = "registration_not_supported"
    REQUEST_NOT_SUPPORTED = "request_not_supported"
    REQUEST_URI_NOT_SUPPORTED = "request_uri_not_supported"
    SERVER_ERROR = "server_error"
    SLOW_DOWN = "slow_down"  # RFC 8628 §3.5
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNMET_AUTHENTICATION = "unmet_authentication_requirements"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type"  # RFC 7009 §2.2.1
    USE_DPOP_NONCE = "use_dpop_nonce"  # RFC 9449 §8


class RequestRefused(InputError):
    """A request that OAuth answers with an error code, at whichever endpoint."""

    code = "oauth.request-refused"
    title = say("The request of the app cannot be granted")
    hint = say("Go back to the app and start again; if it lasts, tell the people who run it.")
    status = 400

    def __init__(self, fault: Fault, detail: str = "", *, client: str = "") -> None:
        super().__init__(detail)
        self.fault = fault
        self.client = client  # which proved who it is, for the count of refusals


class ClientRefused(AuthenticationError):
    """One answer for a client that is unknown, revoked, or does not prove who it is.

    `client` is the registered one that was named, for the count: no answer shows it."""

    code = "oauth.client-refused"
    title = "The app did not prove who it is"
    hint = "Check the app's id, its secret or key, and the way it is registered to prove itself."

    def __init__(self, *, used_basic: bool = False, client: str = "") -> None:
        super().__init__()
        self.used_basic = used_basic
        self.client = client


class TokenRefused(AuthenticationError):
    """One answer for an access token that is expired, revoked, for others or made up."""

    code = "oauth.token-refused"
    title = "The access token is not valid"
    hint = "Get a new access token for this address, then call again."

    def __init__(self, fault: Fault = Fault.INVALID_TOKEN, *, scheme: str = "Bearer") -> None:
        super().__init__()
        self.fault = fault
        self.scheme = scheme


class AddressRefused(InputError):
    """Shown on a page of ours: nobody is sent to an address that was not registered."""

    code = "oauth.address-refused"
    title = say("The app that sent you here cannot be answered")
    hint = say("Go back to the app and start again; if it lasts, tell the people who run it.")
    status = 400


class RequestGone(NotFoundError):
    code = "oauth.request-gone"
    title = say("This request is no longer open")
    hint = say("Go back to the app and start again.")


class UnknownClient(NotFoundError):
    code = "oauth.unknown-client"
    title = say("There is no app with this id")
    hint = say("The list of apps shows the ids.")


class UnacceptableClient(InputError):
    """`is_about_address` where a redirect URI is what cannot be accepted."""

    code = "oauth.unacceptable-client"
    title = say("An app cannot be registered like this")
    hint = say("Mend that, then try once more; no app was registered or changed.")

    def __init__(self, detail: str = "", *, is_about_address: bool = False) -> None:
        super().__init__(detail)
        self.is_about_address = is_about_address


class UnknownDeviceCode(NotFoundError):
    """One answer for a code that is mistyped, expired or used."""

    code = "oauth.unknown-device-code"
    title = say("This code does not open anything")
    hint = say("Type the code that the device shows now.")


class TooManyCodes(LimitError):
    code = "oauth.too-many-codes"
    title = say("Too many codes were tried")
    hint = say("Wait ten minutes before the next one.")


class NoSigningKey(UnavailableError):
    code = "oauth.no-signing-key"
    title = "There is no key to sign tokens with"
    hint = "Restart the control process, which makes one."


class IssuerRefused(SetupError):
    code = "oauth.issuer-refused"
    title = "The public address cannot be the issuer of tokens"
    hint = "Give server.public_url an https address without query, or a loopback one."
