"""Whatever is not served under `/v1` is refused, in the shape that the caller's SDK reads."""

import json
import socket

import httpx
import pytest

from tests.integration.service import RunningService

ADA = "ada.quill@orchard.example"
BODY = {"model": "gpt-4.1-mini", "input": ADA, "prompt": ADA}
OPENAI_PATHS = [
    "responses/resp_abcdef/steer", "completions/cmpl-abcdef", "conversations/conv_abcdef/items/msg_abcdef",
    "files/", "files/file-abcdef/what", "batches/batch_abcdef/steer",
    "moderations", "images/edits", "images/variations", "audio/voices",
    "assistants", "threads", "threads/runs", "fine_tuning/alpha/graders/run", "vector_stores", "uploads", "realtime",
    "chat/completions/chatcmpl-abcdef", "chat/completions/", "embeddings/x", "", "nothing/of/the/kind",
]  # fmt: skip
ANTHROPIC_PATHS = ["messages/batches/", "messages/", "messages/count_tokens/x"]
BY_HEADER = ["skills", "models/none"]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_of_openai_that_is_not_served_is_a_404_in_its_shape(
    service: RunningService, client: httpx.Client, method: str
) -> None:
    for path in OPENAI_PATHS:
        reply = client.request(method, f"/v1/{path}", json=BODY)
        assert reply.status_code == 404, path
        error = reply.json()["error"]
        assert (error["type"], error["code"]) == ("not_found_error", "gateway.unserved-path")
        assert error["param"] is None and "chat/completions" in error["message"]
        assert ADA not in reply.text
        assert reply.headers["x-should-retry"] == "false"
        assert reply.headers["x-curtilage-request-id"]
    assert not service.provider.received


def test_a_path_of_anthropic_that_is_not_served_is_a_404_in_its_shape(
    service: RunningService, client: httpx.Client
) -> None:
    for path in ANTHROPIC_PATHS:
        reply = client.post(f"/v1/{path}", json=BODY)
        assert reply.status_code == 404, path
        document = reply.json()
        assert (document["type"], document["error"]["type"]) == ("error", "not_found_error")
        assert document["request_id"] == reply.headers["x-curtilage-request-id"]
    assert not service.provider.received


def test_a_path_of_both_is_refused_as_its_headers_say(client: httpx.Client) -> None:
    spoken = {"anthropic-version": "2023-06-01"}
    for path in BY_HEADER:
        assert client.get(f"/v1/{path}", headers=spoken).json()["type"] == "error", path
        assert client.get(f"/v1/{path}").json()["error"]["type"] == "not_found_error", path


@pytest.mark.parametrize(
    "path",
    [
        "deployments/gpt/images/generations", "deployments/gpt/audio/transcriptions", "assistants",
        "uploads", "responses", "v1/responses", "v1/realtime", "realtime", "deployments", "v1/",
        "deployments/a/b/chat/completions", "deployments/a%2Fb/chat/completions",
        "deployments//chat/completions", "deployments/-a/chat/completions",
        "deployments/ada@orchard.example/chat/completions",
    ],
)  # fmt: skip
def test_a_path_of_azure_that_is_not_served_is_a_404_in_its_shape(
    service: RunningService, client: httpx.Client, path: str
) -> None:
    reply = client.post(f"/openai/{path}?api-version=2024-10-21", json=BODY)
    error = reply.json()["error"]
    assert (reply.status_code, error["status"]) == (404, 404)
    assert (error["type"], error["code"]) == ("not_found_error", "gateway.unserved-path")
    assert not service.provider.received


@pytest.mark.parametrize("path", ["/v1/realtime?model=gpt-realtime", "/openai/realtime"])
def test_a_handshake_of_a_websocket_is_a_404_that_says_why(
    service: RunningService, client: httpx.Client, path: str
) -> None:
    handshake = {
        "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "bm90aGluZyBwZXJzb25hbA==", "sec-websocket-protocol": "realtime",
    }  # fmt: skip
    reply = client.get(path, headers=handshake)
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "gateway.unserved-path")
    assert not service.provider.received


@pytest.mark.parametrize(
    "path", ["chat/completions", "embeddings", "messages", "messages/count_tokens"]
)
def test_a_served_path_takes_post_alone(client: httpx.Client, path: str) -> None:
    assert client.head(f"/v1/{path}").status_code == 405
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS"):
        reply = client.request(method, f"/v1/{path}")
        assert reply.status_code == 405, method
        assert reply.json()["error"]["type"] == "invalid_request_error"


def test_models_are_read_alone(client: httpx.Client) -> None:
    for path in ("models", "models/gpt-4o"):
        assert client.post(f"/v1/{path}", json={}).status_code == 405
        assert client.delete(f"/v1/{path}").status_code == 405


def test_a_query_that_could_carry_anything_does_not_travel(
    service: RunningService, client: httpx.Client
) -> None:
    body = {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": "Hi"}]}
    for query in ("api-version=2024-02-01", f"user={ADA}", "beta=true&x=1"):
        reply = client.post(f"/v1/chat/completions?{query}", json=body)
        assert reply.status_code == 400
        assert reply.json()["error"]["code"] == "gateway.malformed-header"
    assert not service.provider.received


def test_paths_are_taken_as_they_are_written(service: RunningService, client: httpx.Client) -> None:
    """No second spelling of a path may pass around the gateway's own reading of it."""
    for path in ("/v1//chat/completions", "/V1/chat/completions", "/v1/chat/completions%2f"):
        assert client.post(path, json=BODY).status_code in (404, 405)
    assert not service.provider.received


def test_one_port_serves_both_protocols_without_converting(
    service: RunningService, client: httpx.Client
) -> None:
    messages = [{"role": "user", "content": "Hi"}]
    other = client.post("/v1/chat/completions", json={"model": "claude-next", "messages": messages})
    assert (other.status_code, other.json()["error"]["code"]) == (400, "gateway.wrong-protocol")
    body = {"model": "gpt-4o", "max_tokens": 9, "messages": messages}
    reply = client.post("/v1/messages", json=body)
    assert (reply.status_code, reply.json()["type"]) == (400, "error")
    assert "another protocol" in reply.json()["error"]["message"]
    assert not service.provider.received


def test_a_websocket_is_refused_in_the_protocols_shape(service: RunningService) -> None:
    """Realtime: what is said there is scanned by nobody, so that it is not begun."""
    handshake = (
        f"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"Authorization: Bearer {service.key()}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(handshake.encode())
        answer = connection.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 404 ")
    assert json.loads(body)["error"]["code"] == "gateway.unserved-path"
