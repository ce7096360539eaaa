"""Client metadata (RFC 7591 §2): JSON to a client's wishes, and what is told back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType, SubjectType
from curtilage.identity.wire.errors import UnacceptableJwk
from curtilage.identity.wire.jwk import parse_key_list
from curtilage.identity.wire.strict_json import parse_object

LONGEST = 64 * 1024
TEXTS = ("client_uri", "logo_uri", "policy_uri", "tos_uri")
_RESPONSE_TYPES = (None, ["code"])


@dataclass(frozen=True, slots=True)
class ClientWish:
    """What somebody wants a client to be like; ids and secrets are never theirs to choose."""

    name: str
    method: AuthMethod = AuthMethod.BASIC
    redirect_uris: tuple[str, ...] = ()
    post_logout_uris: tuple[str, ...] = ()
    backchannel_logout_uri: str = ""
    backchannel_session_required: bool = False
    grant_types: frozenset[GrantType] = frozenset({GrantType.CODE})
    scopes: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    detail_types: frozenset[str] = frozenset()
    jwks: Mapping[str, Any] | None = None
    jwks_uri: str = ""
    must_push: bool = False
    is_dpop_bound: bool = False
    subject_type: SubjectType = SubjectType.PUBLIC
    sector: str = ""
    id_token_alg: str = "ES256"
    is_first_party: bool = False
    texts: Mapping[str, str] = field(default_factory=dict)


def parse_client_metadata(raw: bytes) -> ClientWish:
    """The wish in a registration request. Unknown members are passed over (RFC 7591 §2).

    Raises `UnacceptableClient`."""
    if len(raw) > LONGEST:
        raise UnacceptableClient("The metadata is too long; expected at most 64 KiB.")
    try:
        document = parse_object(raw)
    except ValueError:
        raise UnacceptableClient("Expected a JSON object without repeated names.") from None
    if document.get("response_types") not in _RESPONSE_TYPES:
        raise UnacceptableClient("Expected response_types to be code alone.")
    return ClientWish(
        name=_text(document, "client_name", "An app without a name"),
        method=_method(_text(document, "token_endpoint_auth_method", "client_secret_basic")),
        redirect_uris=_texts(document, "redirect_uris", is_address=True),
        post_logout_uris=_texts(document, "post_logout_redirect_uris", is_address=True),
        backchannel_logout_uri=_text(document, "backchannel_logout_uri"),
        backchannel_session_required=_flag(document, "backchannel_logout_session_required"),
        grant_types=_grants(_texts(document, "grant_types") or ("authorization_code",)),
        scopes=frozenset(_text(document, "scope", "openid").split()),
        jwks=_jwks(document.get("jwks")),
        jwks_uri=_text(document, "jwks_uri"),
        must_push=_flag(document, "require_pushed_authorization_requests"),
        is_dpop_bound=_flag(document, "dpop_bound_access_tokens"),
        subject_type=_subject_type(_text(document, "subject_type", "public")),
        sector=_refuse_sector(document),
        id_token_alg=_text(document, "id_token_signed_response_alg", "RS256"),
        texts={name: text for name in TEXTS if (text := _text(document, name))},
    )


def encode_client_metadata(client: Client) -> dict[str, Any]:
    """What a client is told of itself (RFC 7591 §3.2.1), without any secret."""
    told: dict[str, Any] = {
        "client_id": client.id,
        "client_id_issued_at": int(client.created_at.timestamp()),
        "client_name": client.name,
        "token_endpoint_auth_method": client.method.value,
        "redirect_uris": list(client.redirect_uris),
        "post_logout_redirect_uris": list(client.post_logout_uris),
        "grant_types": sorted(each.value for each in client.grant_types),
        "response_types": ["code"] if client.may(GrantType.CODE) else [],
        "scope": " ".join(sorted(client.scopes)),
        "subject_type": client.subject_type.value,
        "id_token_signed_response_alg": client.id_token_alg,
        "require_pushed_authorization_requests": client.must_push,
        "dpop_bound_access_tokens": client.is_dpop_bound,
        **client.texts,
    }
    if client.jwks is not None:
        told["jwks"] = client.jwks
    if client.detail_types:
        told["authorization_details_types"] = sorted(client.detail_types)
    if client.jwks_uri:
        told["jwks_uri"] = client.jwks_uri
    if client.backchannel_logout_uri:
        told["backchannel_logout_uri"] = client.backchannel_logout_uri
        told["backchannel_logout_session_required"] = client.backchannel_session_required
    return told


def _text(document: Mapping[str, Any], name: str, default: str = "") -> str:
    value = document.get(name, default)
    if not isinstance(value, str):
        raise UnacceptableClient(f"Expected {name} to be text.")
    return value


def _flag(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name, False)
    if not isinstance(value, bool):
        raise UnacceptableClient(f"Expected {name} to be true or false.")
    return value


def _texts(document: Mapping[str, Any], name: str, *, is_address: bool = False) -> tuple[str, ...]:
    value = document.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise UnacceptableClient(f"Expected {name} to be a list.", is_about_address=is_address)
    return tuple(dict.fromkeys(value))


def _method(raw: str) -> AuthMethod:
    if raw not in set(AuthMethod):
        raise UnacceptableClient("The token_endpoint_auth_method is not offered.")
    return AuthMethod(raw)


def _grants(raw: tuple[str, ...]) -> frozenset[GrantType]:
    known = frozenset(GrantType(each) for each in raw if each in set(GrantType))
    if len(known) != len(raw):
        raise UnacceptableClient("One of the grant_types is not offered.")
    return known


def _subject_type(raw: str) -> SubjectType:
    if raw not in set(SubjectType):
        raise UnacceptableClient("Expected subject_type to be public or pairwise.")
    return SubjectType(raw)


def _refuse_sector(document: Mapping[str, Any]) -> str:
    """A sector would have to be fetched to be believed (OIDC Core §8.1); nobody does yet."""
    if document.get("sector_identifier_uri") is not None:
        raise UnacceptableClient("A sector_identifier_uri is not read; use one host.")
    return ""


def _jwks(raw: object) -> Mapping[str, Any] | None:
    if raw is None:
        return None
    if not isinstance(raw, dict):
        raise UnacceptableClient("Expected jwks to be an object with keys.")
    try:
        parse_key_list(raw.get("keys"))
    except UnacceptableJwk as problem:
        raise UnacceptableClient(problem.detail) from None
    return {"keys": orjson.loads(orjson.dumps(raw["keys"]))}
