"""What is signed for AWS, and what is not."""

from collections.abc import Mapping

import pytest

from curtilage.gateway.adapters.signing import KEY_ID, SECRET, TOKEN, Signing, check_signer
from curtilage.gateway.errors import NoCredential
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest

BASE = "https://bedrock-runtime.eu-west-1.amazonaws.com/"
GIVEN = {KEY_ID: "AKIAINVENTED", SECRET: "invented"}


class Listener:
    """An upstream that keeps what it is asked, and answers nothing."""

    def __init__(self) -> None:
        self.asked: list[UpstreamRequest] = []
        self.is_closed = False

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        self.asked.append(request)
        raise ConnectionError

    async def close(self) -> None:
        self.is_closed = True


async def headers(environment: Mapping[str, str], *more: tuple[str, str]) -> dict[str, str]:
    upstream = Listener()
    signing = Signing(upstream, BASE, "eu-west-1", environment)
    given = [("content-type", "application/json"), ("accept", "x/y"), *more]
    with pytest.raises(ConnectionError):
        await signing.send(UpstreamRequest("POST", "/model/m%3A1/converse", "", given, b"{}"))
    await signing.close()
    assert upstream.is_closed
    assert upstream.asked[0].headers[: len(given)] == given
    return dict(upstream.asked[0].headers)


async def test_host_date_and_kind_are_signed_and_nothing_else() -> None:
    made = await headers(GIVEN)
    assert "SignedHeaders=content-type;host;x-amz-date," in made["authorization"]
    assert "x-amz-security-token" not in made
    assert "invented" not in repr(made)


async def test_a_session_token_travels_and_is_signed() -> None:
    made = await headers({**GIVEN, TOKEN: "for an hour"})
    assert made["x-amz-security-token"] == "for an hour"
    assert "x-amz-security-token" in made["authorization"]


async def test_a_callers_own_credential_is_not_signed_over() -> None:
    made = await headers(GIVEN, ("authorization", "Bearer own"))
    assert made["authorization"] == "Bearer own"
    assert "x-amz-date" not in made


@pytest.mark.parametrize("missing", [KEY_ID, SECRET])
async def test_without_credentials_nothing_is_sent(missing: str) -> None:
    upstream = Listener()
    signing = Signing(upstream, BASE, "eu-west-1", {**GIVEN, missing: ""})
    with pytest.raises(NoCredential) as refused:
        await signing.send(UpstreamRequest("POST", "/", "", [], b""))
    assert missing in f"{refused.value.detail} {refused.value.advice}"
    assert not upstream.asked


def test_the_signer_is_there() -> None:
    check_signer("upstreams.x.aws_region")
    assert "invented" not in repr(Signing(Listener(), BASE, "eu-west-1", GIVEN))
