"""What apps and strangers send to the authorization server."""

from collections.abc import Iterator

from curtilage.identity.oauth.errors import AddressRefused, RequestRefused
from curtilage.identity.oauth.forms import decode_credential, parse_form, parse_parameters
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import AuthorizationRequest
from curtilage.identity.oauth.rules.addresses import is_registered, verify_redirect_uri
from curtilage.identity.oauth.wire.authorize import parse_authorization, parse_target
from curtilage.identity.oauth.wire.claims_request import parse_claims
from curtilage.identity.oauth.wire.client_metadata import parse_client_metadata
from curtilage.identity.oauth.wire.details import parse_details
from curtilage.identity.oauth.wire.kept_request import encode_request, restore_request
from curtilage.identity.oauth.wire.user_code import find_user_code
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.oauth_house import CALLBACK, FILES, RUN, TOOLS, a_request
from tests.property.fuzz.target import Target

CLIENT = Client(
    "c",
    TENANT,
    "Notes",
    START,
    redirect_uris=(CALLBACK, "http://127.0.0.1/cb"),
    scopes=frozenset({"openid", "profile", "email"}),
    resources=(FILES.uri,),
    detail_types=frozenset({RUN.name}),
)
FORM = "application/x-www-form-urlencoded"
QUERY = "&".join(f"{name}={value.replace(' ', '+')}" for name, value in a_request("c").items())
CLAIMS = '{"userinfo":{"name":null},"id_token":{"acr":{"essential":true,"values":["aal2"]}}}'
METADATA = (
    b'{"client_name":"Notes","redirect_uris":["https://a.example/cb"],"scope":"openid",'
    b'"grant_types":["authorization_code"],"token_endpoint_auth_method":"none"}'
)


def read_request(query: bytes) -> AuthorizationRequest:
    """All the way; whatever is taken is answered at a registered address and can be kept."""
    parameters = parse_parameters(query)
    target = parse_target(parameters, CLIENT)
    assert is_registered(target.redirect_uri, CLIENT.redirect_uris)
    request = parse_authorization(parameters, CLIENT, target, (FILES, TOOLS))
    assert restore_request(encode_request(request)) == request
    return request


def read_address(text: str) -> str:
    """What can be registered is its own match, and has one line."""
    address = verify_redirect_uri(text, is_native=True)
    assert is_registered(address, [address])
    assert address.isascii()
    assert address.isprintable()
    return address


def oauth_targets() -> Iterator[Target]:
    refuses = (RequestRefused, AddressRefused)
    yield Target(
        "authorization request",
        (parse_parameters, parse_target, parse_authorization),
        [QUERY.encode(), f"{QUERY}&resource={TOOLS.uri}&prompt=login&max_age=1".encode()],
        read_request,
        refuses=refuses,
    )
    yield Target(
        "form of an app", (parse_form,), [QUERY.encode()], lambda raw: parse_form(FORM, raw)
    )
    yield Target("credential in Basic", (decode_credential,), ["a%3Ab+c"], decode_credential)
    yield Target("claims parameter", (parse_claims,), [CLAIMS], parse_claims)
    yield Target(
        "permissions of RFC 9396",
        (parse_details,),
        ['[{"type":"tool_run","tools":["search"],"server":"desk","cents":5}]'],
        lambda raw: parse_details(raw, (RUN,), CLIENT),
    )
    yield Target("client metadata", (parse_client_metadata,), [METADATA], parse_client_metadata)
    yield Target("code of a device", (), ["WDJB-MJHT"], find_user_code)
    yield Target("redirect URI", (), [CALLBACK, "com.orchard.app:/cb"], read_address)
