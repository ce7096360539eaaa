"""Calls to providers: what is sent where, with which credential, how often."""

from dataclasses import replace
from typing import Any

import pytest

from curtilage.gateway.admitting import Admitted, admit
from curtilage.gateway.errors import NoCredential, UpstreamFailed
from curtilage.gateway.ports import UpstreamReply, UpstreamRequest
from curtilage.gateway.records import Passage
from curtilage.gateway.routes import Target
from curtilage.gateway.settings import BUILT_IN_UPSTREAMS, GatewaySettings, UpstreamSettings
from curtilage.gateway.upstream_calls import Outgoing, UpstreamCalls
from curtilage.gateway.wire.protocols import PROTOCOLS
from tests.fakes.clock import START
from tests.fakes.dataplane import KEY, FakeReply, FakeUpstream, a_route_table, a_snapshot


def admitted(**headers: str) -> Admitted:
    raw = [(b"x-curtilage-key", KEY.text.encode())]
    raw += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return admit(a_snapshot(), raw, START)


def outgoing(kind: str, model: str, query: bytes = b"") -> Outgoing:
    protocol = PROTOCOLS[kind]
    target = a_route_table().resolve(model, protocol.dialect.name)
    return Outgoing(protocol, target, b"{}", query)


async def send(what: Outgoing, caller: Admitted, **snapshot: Any) -> UpstreamRequest:
    upstream = FakeUpstream()
    upstream_calls = UpstreamCalls(lambda _: upstream)
    upstream_calls.take_over(BUILT_IN_UPSTREAMS)
    await upstream_calls.send(a_snapshot(**snapshot), caller, what, Passage())
    (received,) = upstream.received
    return received


@pytest.mark.parametrize(
    ("kind", "model", "path", "credential"),
    [
        ("openai.chat", "gpt-4o", "/chat/completions", ("authorization", "Bearer {}")),
        ("openai.embeddings", "text-embedding-3-small", "/embeddings", ("authorization", "Bearer {}")),
        ("anthropic.messages", "claude-next", "/v1/messages", ("x-api-key", "{}")),
        ("anthropic.count_tokens", "claude-next", "/v1/messages/count_tokens", ("x-api-key", "{}")),
    ],
)  # fmt: skip
async def test_each_provider_gets_the_path_and_the_credential_that_it_knows(
    kind: str, model: str, path: str, credential: tuple[str, str]
) -> None:
    request = await send(outgoing(kind, model), admitted())
    name, form = credential
    assert (request.method, request.path, request.body) == ("POST", path, b"{}")
    assert (name, form.format("credential-of-the-service")) in request.headers
    assert ("accept-encoding", "identity") in request.headers
    assert "credential" not in repr(request)
    assert KEY.text not in str(request.headers)


async def test_the_callers_own_credential_goes_instead_of_ours() -> None:
    caller = admitted(authorization="Bearer sk-own")
    request = await send(outgoing("openai.chat", "gpt-4o"), caller, credentials={})
    assert ("authorization", "Bearer sk-own") in request.headers
    assert "credential-of-the-service" not in str(request.headers)


async def test_without_any_credential_nothing_is_sent() -> None:
    for credentials in ({}, {"openai": ""}):
        with pytest.raises(NoCredential, match="No credential") as refused:
            await send(outgoing("openai.chat", "gpt-4o"), admitted(), credentials=credentials)
        assert refused.value.advice.startswith("Set OPENAI_API_KEY in the service's environment")


async def test_an_upstream_that_names_no_variable_gets_no_credential() -> None:
    nameless = {"openai": UpstreamSettings("openai", "http://127.0.0.1:11434/v1")}
    what = outgoing("openai.chat", "gpt-4o")
    request = await send(what, admitted(), credentials={}, upstreams=nameless)
    assert {name for name, _ in request.headers} == {"content-type", "accept-encoding"}


async def test_azure_gets_its_key_and_a_path_that_names_the_deployment() -> None:
    upstreams = {
        **BUILT_IN_UPSTREAMS,
        "azure": UpstreamSettings("azure", "https://x.example/openai", "AZURE_KEY"),
    }
    target = Target("azure", "azure", "external", "a/b:c d", "*")
    upstream = FakeUpstream()
    upstream_calls = UpstreamCalls(lambda _: upstream)
    upstream_calls.take_over(upstreams)
    snapshot = a_snapshot(upstreams=upstreams, credentials={"azure": "secret"})
    for kind in ("azure.chat", "azure.v1.chat"):
        await upstream_calls.send(
            snapshot, admitted(), Outgoing(PROTOCOLS[kind], target, b"{}"), Passage()
        )
    by_deployment, by_model = upstream.received
    assert by_deployment.path == "/deployments/a%2Fb%3Ac%20d/chat/completions"
    assert by_model.path == "/v1/chat/completions"
    assert ("api-key", "secret") in by_model.headers


async def test_the_mirror_gets_no_credential() -> None:
    request = await send(outgoing("openai.chat", "mirror"), admitted(authorization="Bearer sk-own"))
    assert "sk-own" not in str(request.headers)


async def test_anthropics_version_is_the_callers_or_the_usual_one() -> None:
    what = outgoing("anthropic.messages", "claude-next", b"beta=true")
    request = await send(what, admitted())
    assert ("anthropic-version", "2023-06-01") in request.headers
    assert request.query == "beta=true"
    request = await send(what, admitted(anthropic_version="2099-01-01"))
    assert [value for name, value in request.headers if name == "anthropic-version"] == [
        "2099-01-01"
    ]


class Failing(FakeUpstream):
    """Fails a number of times, as told."""

    def __init__(self, failures: int, *, sent: bool) -> None:
        super().__init__()
        self.failures, self.sent = failures, sent

    async def send(self, request: UpstreamRequest) -> UpstreamReply:
        self.received.append(request)
        if len(self.received) <= self.failures:
            raise UpstreamFailed("broken" if self.sent else "connect", sent=self.sent)
        return FakeReply(())


@pytest.mark.parametrize(
    ("failures", "sent", "tries", "succeeds"),
    [(1, False, 2, True), (2, False, 2, False), (1, True, 1, False)],
)
async def test_a_call_is_tried_again_only_where_nothing_can_have_arrived(
    failures: int, sent: bool, tries: int, succeeds: bool
) -> None:
    upstream = Failing(failures, sent=sent)
    upstream_calls = UpstreamCalls(lambda _: upstream)
    upstream_calls.take_over(BUILT_IN_UPSTREAMS)
    snapshot = a_snapshot(settings=GatewaySettings(retries=1))
    call = upstream_calls.send(snapshot, admitted(), outgoing("openai.chat", "gpt-4o"), Passage())
    if succeeds:
        assert (await call).status == 200
    else:
        with pytest.raises(UpstreamFailed):
            await call
    assert len(upstream.received) == tries
    assert len({request.body for request in upstream.received}) == 1


async def test_a_pool_is_kept_while_its_settings_stay() -> None:
    made: list[FakeUpstream] = []

    def connect(_: UpstreamSettings) -> FakeUpstream:
        made.append(FakeUpstream())
        return made[-1]

    upstream_calls = UpstreamCalls(connect)
    upstream_calls.take_over(BUILT_IN_UPSTREAMS)
    upstream_calls.take_over(dict(BUILT_IN_UPSTREAMS))
    assert len(made) == len(BUILT_IN_UPSTREAMS)
    openai = BUILT_IN_UPSTREAMS["openai"]
    upstream_calls.take_over(
        {**BUILT_IN_UPSTREAMS, "openai": replace(openai, destination="inside")}
    )
    assert len(made) == len(BUILT_IN_UPSTREAMS) + 1
    assert not any(upstream.closed for upstream in made), "calls under way end well"
    await upstream_calls.close()
    assert all(upstream.closed for upstream in made)
