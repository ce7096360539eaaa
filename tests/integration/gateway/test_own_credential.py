"""Bring your own provider credential: coding agents keep theirs, ours goes beside it."""

import httpx

from tests.fakes.provider import message_reply, whole
from tests.integration.service import RunningService

MESSAGE = {
    "model": "claude-sonnet-4-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Mail ada@orchard.example"}],
}
OWN = "sk-ant-the-callers-own"


def test_the_callers_credential_passes_and_ours_does_not(service: RunningService) -> None:
    service.provider.script = whole(message_reply("Hi"))
    headers = {"x-curtilage-key": service.key(), "x-api-key": OWN, "anthropic-beta": "context-1m"}
    reply = httpx.post(f"{service.url}/v1/messages?beta=true", json=MESSAGE, headers=headers)
    assert reply.status_code == 200
    received = service.provider.received[-1]
    assert received.headers["x-api-key"] == OWN
    assert received.headers["anthropic-beta"] == "context-1m"
    assert received.headers["anthropic-version"] == "2023-06-01"
    assert received.target == "/v1/messages?beta=true"
    assert "authorization" not in received.headers
    assert b"ada@orchard" not in received.body


def test_a_bearer_credential_passes_as_it_came(service: RunningService) -> None:
    service.provider.script = whole(message_reply("Hi"))
    headers = {"x-curtilage-key": service.key(), "authorization": f"Bearer {OWN}"}
    httpx.post(f"{service.url}/v1/messages", json=MESSAGE, headers=headers)
    received = service.provider.received[-1]
    assert received.headers["authorization"] == f"Bearer {OWN}"
    assert "x-api-key" not in received.headers


def test_our_key_in_both_places_is_refused(service: RunningService) -> None:
    key = service.key()
    headers = {"x-curtilage-key": key, "x-api-key": key}
    reply = httpx.post(f"{service.url}/v1/messages", json=MESSAGE, headers=headers)
    assert reply.status_code == 401
    assert not service.provider.received


def test_a_refusal_of_our_credential_is_not_shown_to_callers(service: RunningService) -> None:
    """A provider's own words quote a part of the key that it refused."""
    quoted = {"type": "error", "error": {"type": "authentication_error", "message": "bad sk-…f00d"}}
    service.provider.script = whole(quoted, "401 Unauthorized")
    headers = {"x-api-key": service.key()}
    reply = httpx.post(f"{service.url}/v1/messages", json=MESSAGE, headers=headers)
    assert reply.status_code == 502
    assert "f00d" not in reply.text
    own = {"x-curtilage-key": service.key(), "x-api-key": OWN}
    assert httpx.post(f"{service.url}/v1/messages", json=MESSAGE, headers=own).status_code == 401
