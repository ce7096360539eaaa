"""Authorization requests: first where answers go, then all the rest."""

from dataclasses import replace

import pytest

from curtilage.identity.oauth.errors import AddressRefused, Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client, GrantType
from curtilage.identity.oauth.models.requests import AuthorizationRequest, Prompt
from curtilage.identity.oauth.wire.authorize import parse_authorization, parse_target
from curtilage.identity.oauth.wire.parameters import Parameters
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.oauth_house import CALLBACK, CHALLENGE, FILES, TOOLS, a_request

CLIENT = Client(
    "c",
    TENANT,
    "Notes",
    START,
    redirect_uris=(CALLBACK,),
    scopes=frozenset({"openid", "profile", "email"}),
    resources=(FILES.uri,),
)


def parse(client: Client = CLIENT, **given: str) -> AuthorizationRequest:
    parameters = Parameters({name: (value,) for name, value in a_request("c", **given).items()})
    target = parse_target(parameters, client)
    return parse_authorization(parameters, client, target, (FILES, TOOLS))


@pytest.mark.requirement(3)
def test_a_request_is_read() -> None:
    read = parse(prompt="login consent", max_age="60", acr_values="aal2", resource=TOOLS.uri)
    assert read.redirect_uri == CALLBACK
    assert read.challenge == CHALLENGE
    assert read.scopes == ("openid", "profile", "email")
    assert read.resources == (TOOLS.uri,)
    assert read.prompts == {Prompt.LOGIN, Prompt.CONSENT}
    assert (read.max_age, read.acr_values, read.nonce) == (60, ("aal2",), "nonce-1")


@pytest.mark.requirement(18)
def test_several_resources_can_be_asked_for() -> None:
    given = {name: (value,) for name, value in a_request("c").items()}
    parameters = Parameters(given | {"resource": (FILES.uri, TOOLS.uri)})
    target = parse_target(parameters, CLIENT)
    read = parse_authorization(parameters, CLIENT, target, (FILES, TOOLS))
    assert read.resources == (FILES.uri, TOOLS.uri)


@pytest.mark.requirement(1)
def test_a_client_with_one_address_need_not_say_it_outside_openid() -> None:
    plain = parse(redirect_uri="", scope="profile")
    assert (plain.redirect_uri, plain.has_uri) == (CALLBACK, False)
    with pytest.raises(AddressRefused):
        parse(redirect_uri="")
    two = replace(CLIENT, redirect_uris=(CALLBACK, "https://b.example"))
    with pytest.raises(AddressRefused):
        parse(two, redirect_uri="", scope="profile")


@pytest.mark.requirement(1)
@pytest.mark.complaint(29)
@pytest.mark.parametrize(
    "given", [{"redirect_uri": "https://evil.example"}, {"prompt": "none", "redirect_uri": "x"}]
)
def test_a_wrong_address_is_never_answered_whatever_else_is_wrong(given: dict[str, str]) -> None:
    with pytest.raises(AddressRefused):
        parse(response_type="token", scope="", **given)
    twice = Parameters({"redirect_uri": (CALLBACK, CALLBACK), "client_id": ("c",)})
    with pytest.raises(AddressRefused):
        parse_target(twice, CLIENT)


@pytest.mark.requirement(2, 3)
@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"response_type": "token"}, Fault.UNSUPPORTED_RESPONSE_TYPE),
        ({"response_type": "code token"}, Fault.UNSUPPORTED_RESPONSE_TYPE),
        ({"response_type": ""}, Fault.INVALID_REQUEST),
        ({"response_mode": "fragment"}, Fault.INVALID_REQUEST),
        ({"response_mode": "form_post"}, Fault.INVALID_REQUEST),
        ({"code_challenge": ""}, Fault.INVALID_REQUEST),
        ({"code_challenge_method": "plain"}, Fault.INVALID_REQUEST),
        ({"code_challenge": "!" * 43}, Fault.INVALID_REQUEST),
        ({"scope": "unheard-of"}, Fault.INVALID_SCOPE),
        ({"resource": "https://unknown.example"}, Fault.INVALID_TARGET),
        ({"resource": f"{FILES.uri}#x"}, Fault.INVALID_TARGET),
        ({"prompt": "none login"}, Fault.INVALID_REQUEST),
        ({"max_age": "-1"}, Fault.INVALID_REQUEST),
        ({"max_age": "soon"}, Fault.INVALID_REQUEST),
        ({"claims": "{"}, Fault.INVALID_REQUEST),
        ({"dpop_jkt": "short"}, Fault.INVALID_REQUEST),
        ({"state": "x" * 2049}, Fault.INVALID_REQUEST),
        ({"nonce": "x" * 4097}, Fault.INVALID_REQUEST),
        ({"request": "x"}, Fault.REQUEST_NOT_SUPPORTED),
        ({"request_uri": "https://x.example"}, Fault.REQUEST_URI_NOT_SUPPORTED),
        ({"registration": "{}"}, Fault.REGISTRATION_NOT_SUPPORTED),
    ],
    ids=str,
)
def test_what_is_refused_and_with_which_word(given: dict[str, str], fault: Fault) -> None:
    with pytest.raises(RequestRefused) as refused:
        parse(**given)
    assert refused.value.fault is fault


def test_a_client_that_may_not_ask_for_codes() -> None:
    machine = replace(CLIENT, grant_types=frozenset({GrantType.CLIENT}))
    with pytest.raises(RequestRefused) as refused:
        parse(machine)
    assert refused.value.fault is Fault.UNAUTHORIZED_CLIENT


def test_a_parameter_sent_twice_is_refused() -> None:
    given = {name: (value,) for name, value in a_request("c").items()}
    parameters = Parameters(given | {"state": ("a", "b")})
    target = parse_target(parameters, CLIENT)
    assert target.state == ""
    with pytest.raises(RequestRefused):
        parse_authorization(parameters, CLIENT, target, ())
