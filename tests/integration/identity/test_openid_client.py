"""`openid-client` for Node, as it comes from its maker, against the server on a socket."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.identity.oauth.models.clients import AuthMethod
from curtilage.identity.oauth.service.clients import RegisteredClient
from tests.fakes.oauth import ADA
from tests.oauth_house import CALLBACK, FILES, SCOPES
from tests.oauth_server import ServedHouse, serving

NODE = shutil.which("node")
CLIENTS = Path(__file__).resolve().parents[2] / "clients" / "node"
BYE = "https://app.orchard.example/bye"
SCOPE = "openid profile email offline_access"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        NODE is None or not (CLIENTS / "node_modules" / "openid-client").is_dir(),
        reason="Node or its `openid-client` is not installed; `make test` installs the package",
    ),
]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedHouse]:
    """A server that wants its nonce in every proof."""
    with serving(tmp_path_factory.mktemp("strict"), dpop_nonce=True) as served:
        yield served


def walk(server: ServedHouse, made: RegisteredClient, road: str, **given: Any) -> dict[str, Any]:
    """What the client says at the end of a road. Where it needs a person, one is there."""
    assert NODE
    wish = {
        "issuer": server.origin, "client": made.client.id, "secret": made.secret, "road": road,
        "callback": CALLBACK, "scope": SCOPE, "bye": BYE, **given,
    }  # fmt: skip
    with subprocess.Popen(
        [NODE, "openid_client.mjs", json.dumps(wish)],
        cwd=CLIENTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        told: dict[str, Any] = {}
        for line in process.stdout:
            told = json.loads(line)
            if "approve" in told:
                answer = server.approve(told["approve"])
            elif "page" in told:
                server.approve_device(told["page"], told["code"])
                answer = ""
            else:
                continue
            process.stdin.write(answer + "\n")
            process.stdin.flush()
    assert "failed" not in told, told
    return told


def verify_road(told: dict[str, Any], server: ServedHouse, made: RegisteredClient) -> None:
    assert told["claims"]["iss"] == server.origin and told["claims"]["sub"] == ADA
    assert told["claims"]["aud"] == made.client.id
    assert told["rotated"]


@pytest.mark.requirement(1, 3, 5, 6, 7, 12, 13, 29)
@pytest.mark.parametrize("method", [AuthMethod.POST, AuthMethod.NONE])
def test_it_walks_the_whole_road(server: ServedHouse, method: AuthMethod) -> None:
    made = server.register(method=method)
    told = walk(server, made, "code")
    verify_road(told, server, made)
    assert told["person"]["email"] == "ada@orchard.example"
    assert told["type"] == "bearer"
    if method is AuthMethod.POST:
        assert (told["before"], told["after"]) == (True, False)


@pytest.mark.requirement(14, 16)
def test_it_proves_itself_with_a_key_and_pushes(server: ServedHouse) -> None:
    from joserfc.jwk import ECKey  # noqa: PLC0415

    key = ECKey.generate_key("P-256", {"kid": "k1"})
    jwks = {"keys": [key.as_dict(private=False)]}
    made = server.register(method=AuthMethod.KEY, jwks=jwks, must_push=True)
    told = walk(server, made, "code", key=key.as_dict(private=True), push=True)
    verify_road(told, server, made)
    assert (told["before"], told["after"]) == (True, False)


@pytest.mark.requirement(22)
def test_it_binds_its_tokens_to_a_key(server: ServedHouse, strict: ServedHouse) -> None:
    """Also where each proof needs a nonce, which it learns by itself."""
    for where in (server, strict):
        made = where.register(is_dpop_bound=True, method=AuthMethod.POST)
        told = walk(where, made, "code", dpop=True, push=True)
        verify_road(told, where, made)
        assert told["type"] == "dpop"
        assert told["person"]["sub"] == ADA


@pytest.mark.requirement(9, 18)
def test_it_gets_a_token_for_itself(server: ServedHouse) -> None:
    made = server.register(method=AuthMethod.POST)
    told = walk(server, made, "itself", scope="files:read", resource=FILES.uri)
    assert told == {"type": "bearer", "scope": "files:read"}
    bound = walk(server, made, "itself", scope="files:read", resource=FILES.uri, dpop=True)
    assert bound["type"] == "dpop"


@pytest.mark.requirement(19)
def test_it_connects_a_device(server: ServedHouse) -> None:
    made = server.register(method=AuthMethod.NONE, scopes=SCOPES)
    assert walk(server, made, "device") == {"type": "bearer", "subject": ADA}


@pytest.mark.requirement(32)
def test_it_signs_somebody_out(server: ServedHouse) -> None:
    made = server.register(method=AuthMethod.POST, post_logout_uris=(BYE,))
    address = walk(server, made, "leave")["leave"]
    with server.browser() as browser:
        answer = server.follow(browser, browser.get(address))
    assert answer.headers["location"] == f"{BYE}?state=s-1"
    wrong = address.replace("bye", "elsewhere")
    assert BYE not in httpx.get(wrong, headers={"accept": "text/html"}).text
