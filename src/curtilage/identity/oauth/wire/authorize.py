"""Authorization requests: from parameters to what a client wants (RFC 6749 §4.1.1).

Two steps, because a request whose client or address is wrong must not be answered to
that address: `parse_target` finds where answers go, `parse_authorization` all the rest.
"""

import re
from dataclasses import dataclass

from curtilage.core.words import say
from curtilage.identity.oauth.errors import AddressRefused, Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, GrantType, Resource
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.models.requests import AuthorizationRequest
from curtilage.identity.oauth.rules.addresses import is_registered
from curtilage.identity.oauth.rules.claims import allow_claims, scopes_of
from curtilage.identity.oauth.rules.interaction import verify_prompts
from curtilage.identity.oauth.rules.scopes import choose_resources, choose_scopes
from curtilage.identity.oauth.wire.claims_request import parse_claims
from curtilage.identity.oauth.wire.details import parse_details
from curtilage.identity.oauth.wire.parameters import Parameters
from curtilage.identity.wire.errors import UnacceptableChallenge
from curtilage.identity.wire.pkce import encode_code_challenge, parse_code_challenge

_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")  # RFC 9449 §10
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}")  # RFC 5646, bounded
MOST_LOCALES = 8
LONGEST_STATE = 2048
LATEST_AGE = 10 * 365 * 86_400
PUSHED_PREFIX = "urn:ietf:params:oauth:request_uri:"  # RFC 9126 §2.2


@dataclass(frozen=True, slots=True)
class Target:
    """Where answers to a request go, known before anything else is read."""

    redirect_uri: str
    state: str
    has_uri: bool


def parse_target(parameters: Parameters, client: Client) -> Target:
    """Where the client is answered. Raises `AddressRefused` rather than send anybody off."""
    try:
        claimed = parameters.find("redirect_uri")
    except RequestRefused:
        raise AddressRefused from None
    if not claimed and len(client.redirect_uris) == 1 and "openid" not in _scope(parameters):
        claimed_or_only = client.redirect_uris[0]
    else:
        claimed_or_only = claimed  # OpenID Connect Core §3.1.2.1: there it is required
    if not claimed_or_only or not is_registered(claimed_or_only, client.redirect_uris):
        raise AddressRefused(say("The address to go back to is not registered for this app."))
    return Target(claimed_or_only, _state(parameters), has_uri=bool(claimed))


def _scope(parameters: Parameters) -> list[str]:
    return " ".join(parameters.given.get("scope", ())).split(" ")


def _state(parameters: Parameters) -> str:
    """What is echoed, "" where it cannot be: then the request is refused as well."""
    values = parameters.given.get("state", ())
    if len(values) == 1 and len(values[0]) <= LONGEST_STATE:
        return values[0]
    return ""


def parse_authorization(
    parameters: Parameters,
    client: Client,
    target: Target,
    resources: tuple[Resource, ...],
    types: tuple[DetailType, ...] = (),
) -> AuthorizationRequest:
    """The request. Raises `RequestRefused`, which the target may be told."""
    parameters.verify_single()
    _refuse_objects(parameters)
    _verify_kind(parameters, client)
    if len("".join(parameters.given.get("state", ()))) > LONGEST_STATE:
        raise RequestRefused(Fault.INVALID_REQUEST, "The state is too long.")
    chosen = choose_resources(parameters.all("resource"), client, resources)
    claims = allow_claims(parse_claims(parameters.find("claims")), client)
    return AuthorizationRequest(
        client=client.id,
        redirect_uri=target.redirect_uri,
        has_uri=target.has_uri,
        challenge=_challenge(parameters),
        state=target.state,
        scopes=choose_scopes(parameters.words("scope"), client, chosen),
        resources=tuple(each.uri for each in chosen),
        nonce=parameters.find("nonce"),
        prompts=verify_prompts(parameters.words("prompt")),
        max_age=_max_age(parameters.find("max_age")),
        acr_values=parameters.words("acr_values"),
        claims=claims,
        details=parse_details(parameters.find("authorization_details"), types, client),
        claim_scopes=scopes_of(claims.id_token | claims.userinfo),
        jkt=_jkt(parameters.find("dpop_jkt")),
        ui_locales=_locales(parameters.words("ui_locales")),
    )


def _refuse_objects(parameters: Parameters) -> None:
    """Request objects are not read, and metadata says so (OpenID Connect Core §6)."""
    if parameters.given.get("request"):
        raise RequestRefused(Fault.REQUEST_NOT_SUPPORTED, "Request objects are not read here.")
    if parameters.given.get("request_uri"):
        raise RequestRefused(Fault.REQUEST_URI_NOT_SUPPORTED, "Push the request (RFC 9126).")
    if parameters.given.get("registration"):
        raise RequestRefused(Fault.REGISTRATION_NOT_SUPPORTED, "Register the client first.")


def _verify_kind(parameters: Parameters, client: Client) -> None:
    if parameters.get("response_type") != "code":
        raise RequestRefused(Fault.UNSUPPORTED_RESPONSE_TYPE, "Expected response_type=code.")
    if parameters.find("response_mode") not in ("", "query"):
        raise RequestRefused(Fault.INVALID_REQUEST, "Expected response_mode=query.")
    if not client.may(GrantType.CODE):
        raise RequestRefused(Fault.UNAUTHORIZED_CLIENT, "The client may not ask for codes.")


def _challenge(parameters: Parameters) -> str:
    """PKCE is for every client, and `plain` for none (OAuth 2.1 draft §4.1.1)."""
    claimed = parameters.find("code_challenge")
    method = parameters.find("code_challenge_method")
    try:
        return encode_code_challenge(parse_code_challenge(claimed, method=method))
    except UnacceptableChallenge as problem:
        raise RequestRefused(Fault.INVALID_REQUEST, problem.detail) from None


def _max_age(raw: str) -> int | None:
    if not raw:
        return None
    if re.fullmatch(r"[0-9]{1,9}", raw) is None:
        raise RequestRefused(Fault.INVALID_REQUEST, "Expected max_age in seconds.")
    return min(int(raw), LATEST_AGE)


def _locales(words: tuple[str, ...]) -> tuple[str, ...]:
    """Tags of languages; what is none is left out: no request fails by it (§3.1.2.1)."""
    return tuple(each for each in words if _TAG.fullmatch(each))[:MOST_LOCALES]


def _jkt(raw: str) -> str:
    if raw and _THUMBPRINT.fullmatch(raw) is None:
        raise RequestRefused(Fault.INVALID_REQUEST, "Expected dpop_jkt to be a thumbprint.")
    return raw
