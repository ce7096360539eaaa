"""The metadata of the server (RFC 8414, OpenID Connect Discovery §3): what is on, no more."""

from collections.abc import Sequence
from typing import Any

import orjson

from curtilage.core.words import LANGUAGES
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType, Resource, SubjectType
from curtilage.identity.oauth.models.details import DetailType
from curtilage.identity.oauth.rules.interaction import LEVELS
from curtilage.identity.oauth.rules.keys import ALGORITHMS
from curtilage.identity.oauth.rules.scopes import OWN_SCOPES
from curtilage.identity.oauth.settings import OAuthSettings
from curtilage.identity.wire.client_assertion import ASSERTION_ALGORITHMS
from curtilage.identity.wire.dpop import DPOP_ALGORITHMS

CLAIMS = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "at_hash",
    "sid",
    "name",
    "preferred_username",
    "email",
    "email_verified",
    "locale",
    "updated_at",
]


def encode_metadata(
    settings: OAuthSettings, resources: Sequence[Resource], types: Sequence[DetailType] = ()
) -> bytes:
    """The document, the same at every well-known place. `issuer` stands as configured."""
    document = {
        "issuer": settings.issuer,
        **_endpoints(settings),
        **_grants(),
        **_authentication(),
        **_openid(),
        "scopes_supported": sorted({*OWN_SCOPES, *_scopes(resources)}),
        "authorization_response_iss_parameter_supported": True,  # RFC 9207 §3
        "require_pushed_authorization_requests": False,
        "protected_resources": sorted(each.uri for each in resources if each.is_open),
    }
    if types:  # RFC 9396 §10
        document["authorization_details_types_supported"] = sorted(each.name for each in types)
    return orjson.dumps(document)


def _scopes(resources: Sequence[Resource]) -> set[str]:
    return {scope for each in resources if each.is_open for scope in each.scopes}


def _endpoints(settings: OAuthSettings) -> dict[str, Any]:
    base = f"{settings.base}/oauth2"
    endpoints = {
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "revocation_endpoint": f"{base}/revoke",
        "introspection_endpoint": f"{base}/introspect",
        "userinfo_endpoint": f"{base}/userinfo",
        "jwks_uri": f"{base}/jwks",
        "pushed_authorization_request_endpoint": f"{base}/par",
        "device_authorization_endpoint": f"{base}/device_authorization",
        "end_session_endpoint": f"{base}/logout",
    }
    if settings.registration != "off":
        endpoints["registration_endpoint"] = f"{base}/register"
    return endpoints


def _grants() -> dict[str, Any]:
    return {
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [each.value for each in GrantType],
        "code_challenge_methods_supported": ["S256"],
        "dpop_signing_alg_values_supported": sorted(DPOP_ALGORITHMS),
    }


def _authentication() -> dict[str, Any]:
    methods = [each.value for each in AuthMethod]
    proving = [each.value for each in AuthMethod if each is not AuthMethod.NONE]
    algorithms = sorted(ASSERTION_ALGORITHMS)
    return {
        "token_endpoint_auth_methods_supported": methods,
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "revocation_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
        "introspection_endpoint_auth_methods_supported": proving,
        "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
    }


def _openid() -> dict[str, Any]:
    return {
        "subject_types_supported": [each.value for each in SubjectType],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "acr_values_supported": list(LEVELS),
        "claims_supported": CLAIMS,
        "claim_types_supported": ["normal"],
        "display_values_supported": ["page"],
        "ui_locales_supported": list(LANGUAGES),
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claims_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
    }
