"""Clients of others, as they come from their makers, against the server on a socket."""

import json
import time
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.oauth_house import CALLBACK, FILES, TOOLS, VERIFIER
from tests.oauth_server import ServedHouse

LOCAL = "http://127.0.0.1:7777/callback"
SCOPE = "openid profile email offline_access"


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their switches for servers on this machine."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")


def an_app(server: ServedHouse, **given: Any) -> RegisteredClient:
    return server.register(redirect_uris=(CALLBACK, LOCAL), **given)


def metadata(server: ServedHouse) -> dict[str, Any]:
    return dict(httpx.get(f"{server.origin}/.well-known/openid-configuration").json())


METHODS = [AuthMethod.BASIC, AuthMethod.POST, AuthMethod.NONE]


@pytest.mark.requirement(1, 3, 5, 7, 12, 13, 29)
@pytest.mark.parametrize("method", METHODS)
def test_authlib_walks_the_whole_road(server: ServedHouse, method: AuthMethod) -> None:
    authlib = pytest.importorskip("authlib.integrations.httpx_client")
    made, served = an_app(server, method=method), metadata(server)
    with authlib.OAuth2Client(
        made.client.id,
        made.secret or None,
        token_endpoint_auth_method=method.value,
        redirect_uri=LOCAL,
        scope=SCOPE,
        code_challenge_method="S256",
        revocation_endpoint_auth_method=method.value,
    ) as client:
        address, state = client.create_authorization_url(
            served["authorization_endpoint"], code_verifier=VERIFIER, nonce="n-1"
        )
        location = server.approve(address)
        token = client.fetch_token(
            served["token_endpoint"],
            authorization_response=location,
            code_verifier=VERIFIER,
            state=state,
        )
        assert verify_id_token(served, token["id_token"], made.client.id)["nonce"] == "n-1"
        told = client.get(served["userinfo_endpoint"]).json()
        assert told["email"] == "ada@orchard.example"
        fresh = client.refresh_token(served["token_endpoint"], token["refresh_token"])
        assert fresh["refresh_token"] != token["refresh_token"]
        if method is not AuthMethod.NONE:
            seen = client.introspect_token(
                served["introspection_endpoint"], token=fresh["access_token"]
            ).json()
            assert seen["active"] is True
        done = client.revoke_token(served["revocation_endpoint"], token=fresh["refresh_token"])
        assert done.status_code == 200
        assert httpx.get(served["userinfo_endpoint"], headers=bearer(fresh)).status_code == 401


def verify_id_token(served: dict[str, Any], raw: str, audience: str) -> dict[str, Any]:
    """With a library of others, and the keys that we publish."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    keys = KeySet.import_key_set(httpx.get(served["jwks_uri"]).json())
    claims = jwt.decode(raw, keys, algorithms=["ES256", "RS256"]).claims
    assert claims["iss"] == served["issuer"]
    assert claims["aud"] == audience
    return dict(claims)


def bearer(token: dict[str, Any]) -> dict[str, str]:
    return {"authorization": f"Bearer {token['access_token']}"}


@pytest.mark.requirement(14)
def test_authlib_proves_itself_with_a_key(server: ServedHouse) -> None:
    authlib = pytest.importorskip("authlib.integrations.httpx_client")
    from authlib.oauth2.rfc7523 import PrivateKeyJWT  # noqa: PLC0415
    from joserfc.jwk import ECKey  # noqa: PLC0415

    key = ECKey.generate_key("P-256", {"kid": "k1", "use": "sig"})
    jwks = {"keys": [key.as_dict(private=False)]}
    made, served = an_app(server, method=AuthMethod.KEY, jwks=jwks), metadata(server)
    with authlib.OAuth2Client(
        made.client.id,
        key,
        token_endpoint_auth_method=PrivateKeyJWT(
            served["issuer"],
            alg="ES256",
            headers={"kid": "k1"},
            claims={"exp": int(time.time()) + 50},  # it would say an hour
        ),
    ) as client:
        token = client.fetch_token(served["token_endpoint"], grant_type="client_credentials")
    assert token["token_type"] == "Bearer"


@pytest.mark.requirement(9)
def test_authlib_gets_a_token_for_itself(server: ServedHouse) -> None:
    authlib = pytest.importorskip("authlib.integrations.httpx_client")
    made, served = an_app(server), metadata(server)
    with authlib.OAuth2Client(made.client.id, made.secret) as client:
        token = client.fetch_token(
            served["token_endpoint"],
            grant_type="client_credentials",
            scope="files:read",
            resource=FILES.uri,
        )
    assert claims_of(token["access_token"])["aud"] == FILES.uri


def claims_of(raw: str) -> dict[str, Any]:
    from base64 import urlsafe_b64decode  # noqa: PLC0415

    part = raw.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


@pytest.mark.requirement(7)
def test_requests_oauthlib_walks_the_whole_road(server: ServedHouse) -> None:
    library = pytest.importorskip("requests_oauthlib")
    made, served = an_app(server), metadata(server)
    with library.OAuth2Session(
        made.client.id, redirect_uri=LOCAL, scope=SCOPE.split(), pkce="S256"
    ) as session:
        address, _ = session.authorization_url(served["authorization_endpoint"])
        token = session.fetch_token(
            served["token_endpoint"],
            authorization_response=server.approve(address),
            client_secret=made.secret,
        )
        assert session.get(served["userinfo_endpoint"]).json()["name"] == "Ada Quill"
        fresh = session.refresh_token(
            served["token_endpoint"],
            refresh_token=token["refresh_token"],
            auth=(made.client.id, made.secret),
        )
        assert fresh["access_token"] != token["access_token"]


@pytest.mark.requirement(9)
def test_oauthlib_gets_a_token_for_itself(server: ServedHouse) -> None:
    library = pytest.importorskip("requests_oauthlib")
    from oauthlib.oauth2 import BackendApplicationClient  # noqa: PLC0415

    made, served = an_app(server), metadata(server)
    client = BackendApplicationClient(client_id=made.client.id, scope=["files:read"])
    with library.OAuth2Session(client=client) as session:
        token = session.fetch_token(
            served["token_endpoint"], client_id=made.client.id, client_secret=made.secret
        )
    assert token["scope"] == ["files:read"]


@pytest.mark.requirement(19)
def test_oauthlib_connects_a_device(server: ServedHouse) -> None:
    library = pytest.importorskip("requests_oauthlib")
    from oauthlib.oauth2 import DeviceClient  # noqa: PLC0415

    made, served = an_app(server, method=AuthMethod.NONE), metadata(server)
    asked = httpx.post(
        served["device_authorization_endpoint"],
        data={"client_id": made.client.id, "scope": "openid profile"},
    ).json()
    server.approve_device(asked["verification_uri_complete"], asked["user_code"])
    with library.OAuth2Session(client=DeviceClient(made.client.id)) as session:
        token = session.fetch_token(
            served["token_endpoint"],
            device_code=asked["device_code"],
            include_client_id=True,
            verify=False,
        )
    assert token["id_token"]


@pytest.mark.requirement(12)
async def test_httpx_oauth_walks_the_whole_road(server: ServedHouse) -> None:
    library = pytest.importorskip("httpx_oauth.clients.openid")
    made = an_app(server)
    client = library.OpenID(
        made.client.id,
        made.secret,
        f"{server.origin}/.well-known/openid-configuration",
        base_scopes=SCOPE.split(),
    )
    from httpx_oauth.oauth2 import RefreshTokenError  # noqa: PLC0415

    from tests.oauth_house import CHALLENGE  # noqa: PLC0415

    address = await client.get_authorization_url(
        LOCAL, state="s", code_challenge=CHALLENGE, code_challenge_method="S256"
    )
    code = dict(parse_qsl(urlsplit(server.approve(address)).query))["code"]
    token = await client.get_access_token(code, LOCAL, code_verifier=VERIFIER)
    who, mail = await client.get_id_email(token["access_token"])
    assert (who, mail) == ("person-ada", "ada@orchard.example")
    fresh = await client.refresh_token(token["refresh_token"])
    await client.revoke_token(fresh["refresh_token"], "refresh_token")
    with pytest.raises(RefreshTokenError):
        await client.refresh_token(fresh["refresh_token"])


@pytest.mark.requirement(29, 34)
@pytest.mark.parametrize("alg", ["ES256", "RS256"])
def test_idpyoidc_signs_somebody_in(
    server: ServedHouse, alg: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("idpyoidc")
    monkeypatch.chdir(tmp_path)  # it writes keys of its own where it runs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from idpyoidc.client.rp_handler import RPHandler  # noqa: PLC0415

        made = an_app(server, id_token_alg=alg)
        rp = RPHandler(client_configs={"": {}, "ours": relying_party(server, made, alg)})
        address = rp.begin("ours")
        answer = dict(parse_qsl(urlsplit(server.approve(address)).query))
        done = rp.finalize(server.origin, answer)
    assert done["userinfo"]["name"] == "Ada Quill"
    assert done["id_token"]["sub"] == "person-ada"


def relying_party(server: ServedHouse, made: RegisteredClient, alg: str) -> dict[str, Any]:
    return {
        "issuer": server.origin,
        "client_type": "oidc",
        "client_id": made.client.id,
        "client_secret": made.secret,
        "redirect_uris": [LOCAL],
        "scopes_supported": ["openid", "profile", "email"],
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "id_token_signed_response_alg": alg,
        "scope": ["openid", "profile", "email"],
        "services": {
            "discovery": {
                "class": "idpyoidc.client.oidc.provider_info_discovery.ProviderInfoDiscovery"
            },
            "authorization": {"class": "idpyoidc.client.oidc.authorization.Authorization"},
            "accesstoken": {"class": "idpyoidc.client.oidc.access_token.AccessToken"},
            "userinfo": {"class": "idpyoidc.client.oidc.userinfo.UserInfo"},
        },
        "add_ons": {
            "pkce": {
                "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
            }
        },
    }


@pytest.mark.requirement(18)
@pytest.mark.complaint(10)
def test_a_token_for_one_server_is_not_for_another(server: ServedHouse) -> None:
    made, started = an_app(server), time.time()
    served = metadata(server)

    def token_for(resource: str, scope: str) -> dict[str, Any]:
        answer = httpx.post(
            served["token_endpoint"],
            auth=(made.client.id, made.secret),
            data={"grant_type": "client_credentials", "resource": resource, "scope": scope},
        )
        assert answer.status_code == 200, answer.text
        return claims_of(answer.json()["access_token"])

    assert token_for(FILES.uri, "files:read")["aud"] == FILES.uri
    assert token_for(TOOLS.uri, "tools:run")["aud"] == TOOLS.uri
    assert time.time() - started < 20
