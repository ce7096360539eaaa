"""Bedrock Converse with AWS's own client, unchanged but for its address and its key."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from curtilage.gateway.wire.event_stream import encode_event, encode_exception
from tests.fakes.provider import Break, Hold, Received, Step, chunk, whole
from tests.integration.certificates import make_authority
from tests.integration.gateway.echoes import cut
from tests.integration.service import CREDENTIAL, RunningService, running_service

ADA = "ada.quill@orchard.example"
TEXT = f"Refund {ADA}."
MODEL = "amazon.nova-pro-v1:0"
SECRET = "invented/secret/of/aws"
PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-pro-v1:0"
USAGE = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}
TOOLS: Any = {
    "tools": [{"toolSpec": {"name": "refund", "inputSchema": {"json": {"type": "object"}}}}]
}


def asked(text: str = TEXT) -> list[Any]:
    return [{"role": "user", "content": [{"text": text}]}]


def said(received: Received) -> str:
    text: str = received.document["messages"][-1]["content"][-1]["text"]
    return text


def message(*content: Any, reason: str = "end_turn") -> dict[str, Any]:
    output = {"message": {"role": "assistant", "content": list(content)}}
    return {"output": output, "stopReason": reason, "usage": USAGE, "metrics": {"latencyMs": 1}}


def echo(received: Received) -> Sequence[Step]:
    return whole(message({"text": said(received)}), x_amzn_requestid="aws-1")


def event(kind: str, **fields: Any) -> bytes:
    return encode_event(kind, json.dumps({**fields, "p": "abcdefgh"}).encode())


def delta(index: int, **fields: Any) -> bytes:
    return event("contentBlockDelta", contentBlockIndex=index, delta=fields)


HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\n"
    b"transfer-encoding: chunked\r\n\r\n"
)


def stream(*pieces: bytes | Step, end: bool = True) -> list[Step]:
    """A reply as an event stream, in pieces that are no messages."""
    joined = b"".join(piece for piece in pieces if isinstance(piece, bytes))
    steps: list[Step] = [HEAD]
    steps += [chunk(joined[at : at + 100]) for at in range(0, len(joined), 100)]
    steps += [piece for piece in pieces if not isinstance(piece, bytes)]
    return [*steps, b"0\r\n\r\n"] if end else steps


def streamed(received: Received) -> Sequence[Step]:
    text = said(received)
    use = {"toolUseId": "tooluse_abcdefghijklmnopqrstuv", "name": "refund"}
    arguments = json.dumps({"to": text})
    return stream(
        event("messageStart", role="assistant"),
        *(delta(0, text=piece) for piece in cut(text)),
        event("contentBlockStop", contentBlockIndex=0),
        event("contentBlockStart", contentBlockIndex=1, start={"toolUse": use}),
        *(delta(1, toolUse={"input": piece}) for piece in cut(arguments)),
        event("contentBlockStop", contentBlockIndex=1),
        event("messageStop", stopReason="tool_use"),
        event("metadata", usage=USAGE, metrics={"latencyMs": 1}),
    )


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningService, Path]]:
    """A service over TLS: AWS's client sends no key without. And whom its callers trust."""
    authority = make_authority(tmp_path_factory.mktemp("authority"))
    cert, key = authority.issue("127.0.0.1")
    flags = {"server.tls_cert": cert, "server.tls_key": key, "gateway.keepalive_after": 0.2}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", CREDENTIAL)
        patch.setenv("AWS_ACCESS_KEY_ID", "AKIAINVENTEDINVENTED")
        patch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        with running_service(tmp_path_factory.mktemp("service"), **flags) as service:
            yield service, authority.certificate


@pytest.fixture
def service(secured: tuple[RunningService, Path]) -> RunningService:
    secured[0].provider.reset()
    return secured[0]


def connect(service: RunningService, **given: Any) -> Any:
    config = Config(retries={"total_max_attempts": 1}, read_timeout=60)
    return boto3.client(
        "bedrock-runtime",
        region_name="eu-west-1",
        endpoint_url=service.url.replace("http:", "https:"),
        config=config,
        **given,
    )


def read(reply: Any) -> list[Any]:
    """All events of a stream; its connection is closed, as one that broke is not by itself."""
    with closing(reply["stream"]):
        return list(reply["stream"])


@pytest.fixture
def bedrock(
    service: RunningService, secured: tuple[RunningService, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(secured[1]))
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", service.key())
    client = connect(service)
    yield client
    client.close()


@pytest.mark.parametrize("model", [MODEL, PROFILE])
def test_a_reply_is_restored_and_the_key_is_the_configured_one(
    service: RunningService, bedrock: Any, model: str
) -> None:
    service.provider.script = echo
    reply = bedrock.converse(modelId=model, messages=asked(), system=[{"text": "Be kind."}])
    assert reply["output"]["message"]["content"] == [{"text": TEXT}]
    received = service.provider.received[-1]
    assert received.headers["authorization"] == f"Bearer {CREDENTIAL}"
    assert received.target == f"/model/{model.replace(':', '%3A').replace('/', '%2F')}/converse"
    assert ADA not in received.body.decode()
    request_id = reply["ResponseMetadata"]["HTTPHeaders"]["x-curtilage-request-id"]
    outcome = service.events(request_id)[-1]
    assert (outcome.facts["tokens_in"], outcome.facts["finish"]) == (9, ["end_turn"])


def test_a_stream_and_the_input_of_a_tool_are_restored(
    service: RunningService, bedrock: Any
) -> None:
    service.provider.script = streamed
    reply = bedrock.converse_stream(modelId=MODEL, messages=asked(), toolConfig=TOOLS)
    events = read(reply)
    deltas = [each["contentBlockDelta"] for each in events if "contentBlockDelta" in each]
    text = "".join(each["delta"].get("text", "") for each in deltas)
    given = "".join(each["delta"].get("toolUse", {}).get("input", "") for each in deltas)
    assert (text, json.loads(given)) == (TEXT, {"to": TEXT})
    assert next(each for each in events if "metadata" in each)["metadata"]["usage"] == USAGE
    assert ADA not in service.provider.received[-1].body.decode()
    request_id = reply["ResponseMetadata"]["HTTPHeaders"]["x-curtilage-request-id"]
    assert service.events(request_id)[-1].kind == "exchange.completed"


def test_a_whole_reply_that_uses_a_tool_is_restored_and_reasoning_is_not(
    service: RunningService, bedrock: Any
) -> None:
    def calls(received: Received) -> Sequence[Step]:
        use = {"toolUseId": "t", "name": "refund", "input": {"to": said(received)}}
        thought = {"reasoningText": {"text": said(received), "signature": "QUJD"}}
        return whole(message({"reasoningContent": thought}, {"toolUse": use}, reason="tool_use"))

    service.provider.script = calls
    thought, use = bedrock.converse(modelId=MODEL, messages=asked(), toolConfig=TOOLS)["output"][
        "message"
    ]["content"]
    assert use["toolUse"]["input"] == {"to": TEXT}
    assert ADA not in thought["reasoningContent"]["reasoningText"]["text"]


def test_tokens_are_counted_of_what_would_leave(service: RunningService, bedrock: Any) -> None:
    service.provider.script = whole({"inputTokens": 11})
    reply = bedrock.count_tokens(modelId=MODEL, input={"converse": {"messages": asked()}})
    assert reply["inputTokens"] == 11
    assert ADA not in service.provider.received[-1].body.decode()


def test_refusals_are_the_clients_own_exceptions(service: RunningService, bedrock: Any) -> None:
    picture = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
    with pytest.raises(bedrock.exceptions.AccessDeniedException) as denied:
        bedrock.converse(modelId=MODEL, messages=[{"role": "user", "content": [picture]}])
    assert "images" in str(denied.value)
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
        bedrock.converse(modelId="unknown.model", messages=asked())
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
        bedrock.invoke_model(modelId=MODEL, body=json.dumps({"inputText": TEXT}))
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
        bedrock.apply_guardrail(
            guardrailIdentifier="g", guardrailVersion="1", source="INPUT",
            content=[{"text": {"text": TEXT}}],
        )  # fmt: skip
    with pytest.raises(bedrock.exceptions.ValidationException):
        bedrock.count_tokens(modelId=MODEL, input={"invokeModel": {"body": b"{}"}})
    assert not service.provider.received


def test_a_wrong_key_is_refused_and_so_is_a_signature(
    service: RunningService, bedrock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bedrock
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "cur_wrong")
    with closing(connect(service)) as client, pytest.raises(ClientError) as wrong:
        client.converse(modelId=MODEL, messages=asked())
    assert wrong.value.response["Error"]["Code"] == "AccessDeniedException"
    monkeypatch.delenv("AWS_BEARER_TOKEN_BEDROCK")
    pair = {"aws_access_key_id": "AKIAINVENTED", "aws_secret_access_key": SECRET}
    with closing(connect(service, **pair)) as signed, pytest.raises(ClientError) as refused:
        signed.converse(modelId=MODEL, messages=asked())
    assert "AWS_BEARER_TOKEN_BEDROCK" in str(refused.value)
    assert not service.provider.received


def test_an_error_of_the_provider_comes_through_with_its_class(
    service: RunningService, bedrock: Any
) -> None:
    def refuses(received: Received) -> Sequence[Step]:
        told = {"message": f"cannot read {said(received)}"}
        return whole(told, "400 Bad Request", x_amzn_errortype="ValidationException")

    service.provider.script = refuses
    with pytest.raises(bedrock.exceptions.ValidationException) as refused:
        bedrock.converse(modelId=MODEL, messages=asked())
    assert ADA in str(refused.value)


def test_a_stream_that_breaks_or_is_wrong_ends_with_an_exception(
    service: RunningService, bedrock: Any
) -> None:
    begun = event("messageStart", role="assistant"), delta(0, text="Hi")
    spoilt = bytearray(delta(0, text="there"))
    spoilt[-6] ^= 1
    for script in (
        stream(*begun, Break(), end=False),
        stream(*begun, delta(0, text="there")[:-9]),
        stream(*begun, bytes(spoilt)),
        stream(*begun),
    ):
        service.provider.script = script
        reply = bedrock.converse_stream(modelId=MODEL, messages=asked())
        with pytest.raises(EventStreamError, match="modelStreamErrorException"):
            read(reply)


async def release(service: RunningService) -> None:
    service.provider.release()


def test_the_client_passes_over_signs_of_life(service: RunningService, bedrock: Any) -> None:
    """The reply begins while the provider is silent still: nothing else can have begun it."""
    service.provider.script = lambda received: [Hold(), *streamed(received)]
    reply = bedrock.converse_stream(modelId=MODEL, messages=asked(), toolConfig=TOOLS)
    service.ask(release(service))
    events = read(reply)
    assert "messageStart" in events[0]
    assert len(events) == len([each for each in events if set(each) & EVENTS])


EVENTS = {
    "messageStart", "contentBlockStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata",
}  # fmt: skip


def test_an_exception_of_the_provider_is_passed_on(service: RunningService, bedrock: Any) -> None:
    told = json.dumps({"message": "Too many."}).encode()
    service.provider.script = stream(
        delta(0, text="Hi"), encode_exception("throttlingException", told)
    )
    reply = bedrock.converse_stream(modelId=MODEL, messages=asked())
    with pytest.raises(EventStreamError, match="throttlingException"):
        read(reply)


def test_requests_are_signed_where_a_region_is_configured(
    service: RunningService, bedrock: Any
) -> None:
    service.provider.script = echo
    reply = bedrock.converse(modelId="meta.llama:1", messages=asked())
    assert reply["output"]["message"]["content"] == [{"text": TEXT}]
    received = service.provider.received[-1]
    given = dict(
        part.split("=", 1)
        for part in received.headers["authorization"].split(" ", 1)[1].split(", ")
    )
    assert given["Credential"].endswith("/eu-west-1/bedrock/aws4_request")
    assert given["Signature"] == signature(received, given, SECRET)
    assert SECRET not in repr(received.headers)


def signature(received: Received, given: dict[str, str], secret: str) -> str:
    """As AWS checks it: the steps of Signature Version 4, on what arrived."""
    names = given["SignedHeaders"].split(";")
    headers = "".join(f"{name}:{received.headers[name]}\n" for name in names)
    path = received.target.replace("%", "%25")
    digest = hashlib.sha256(received.body).hexdigest()
    canonical = "\n".join((received.method, path, "", headers, ";".join(names), digest))
    scope = given["Credential"].split("/", 1)[1]
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    told = "\n".join(("AWS4-HMAC-SHA256", received.headers["x-amz-date"], scope, hashed))
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, told.encode(), "sha256").hexdigest()
