"""Who may knock: Host and Origin are on a list, and only named proxies say who called."""

import socket
from pathlib import Path

import httpx
import orjson
import pytest

from curtilage.core.models import Sealed
from curtilage.ledger.read import LedgerReader
from curtilage.vault.seal import open_event_part
from tests.fakes.dataplane import event_key
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import CHAT, House, eventually
from tests.integration.service import RunningService, running_service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
PATHS = ("/v1/models", "/login", "/console/live", "/healthz", "/metrics", "/static/x", "/")


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_is_refused_everywhere(house: House, path: str) -> None:
    for host in (
        "attacker.example",
        "127.0.0.1.attacker.example",
        "",
        f"attacker.example:{house.port}",
    ):
        assert house.status(path, host=host) in (400, 421), host
    assert house.status(path, host=f"127.0.0.1:{house.port}") not in (400, 421)


FOREIGN = ("https://attacker.example", "null", "http://127.0.0.1.attacker.example")


@pytest.mark.parametrize("origin", FOREIGN)
def test_pages_of_other_sites_are_refused_on_model_paths(house: House, origin: str) -> None:
    key = {"authorization": f"Bearer {house.one_key}"}
    for path in ("/v1/models", "/v1/files"):
        assert house.status(path, origin=origin, **key) == 403
    assert house.status("/v1/models", origin=house.url, **key) == 200


@pytest.mark.parametrize(
    "origin", ["https://attacker.example", "http://127.0.0.1.attacker.example"]
)
def test_forms_of_other_sites_are_refused_by_pages(house: House, origin: str) -> None:
    form = {"name": "ada", "passphrase": "quince ladder monsoon"}
    reply = httpx.post(f"{house.url}/login", data=form, headers={"origin": origin})
    assert reply.status_code == 403


def test_a_request_without_a_host_is_refused(house: House) -> None:
    with socket.create_connection(("127.0.0.1", house.port), 10) as line:
        line.sendall(b"GET /v1/models HTTP/1.1\r\nconnection: close\r\n\r\n")
        assert line.recv(64).split()[1] in (b"400", b"421")


def test_cookies_open_nothing_on_the_data_plane(house: House) -> None:
    assert house.status("/v1/models", cookie=f"session={house.one_key}") == 401


def _address_of(service: RunningService, request_id: str) -> str:
    """The caller's address as the sealed part of the intent holds it."""
    reader = LedgerReader(service.folder / "data" / "ledger")
    record = reader.get(request_id)
    box = reader.read_box(record)
    assert box is not None and record.event.sealed is not None
    sealed = Sealed(record.event.sealed.commitment, box)
    sessions = service.worker.gateway.services.sessions._open.values()
    opened = open_event_part(event_key(next(iter(sessions))), sealed, request_id)
    return str(orjson.loads(opened)["address"])


CASES = {
    "nobody in between": ("127.0.0.1", [], "127.0.0.1"),
    "a proxy that nobody named": ("127.0.0.1", ["203.0.113.7"], "127.0.0.1"),
    "a named proxy": ("127.0.0.9", ["203.0.113.7"], "203.0.113.7"),
    "a caller who says it was someone else": (
        "127.0.0.9",
        ["198.51.100.1, 203.0.113.7"],
        "203.0.113.7",
    ),
    "two named proxies": ("127.0.0.9", ["203.0.113.7", "10.1.2.3"], "203.0.113.7"),
    "an address with its port": ("127.0.0.9", ["203.0.113.7:5123"], "203.0.113.7"),
    "an IPv6 caller": ("127.0.0.9", ["[2001:db8::7]:443"], "2001:db8::7"),
    "garbage": ("127.0.0.9", ["<script>"], "127.0.0.9"),
    "a named proxy that says nothing": ("127.0.0.9", [], "127.0.0.9"),
}


def test_the_recorded_address_is_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "x")
    named = {"server.trusted_proxies": ("127.0.0.9", "10.0.0.0/8")}
    with running_service(tmp_path, **named) as service:
        service.provider.script = whole(chat_reply("Hello."))
        key = service.key()
        for case, (source, said, expected) in CASES.items():
            headers = [
                ("authorization", f"Bearer {key}"),
                *(("x-forwarded-for", each) for each in said),
            ]
            transport = httpx.HTTPTransport(local_address=source)
            with httpx.Client(base_url=service.url, transport=transport, timeout=20) as client:
                reply = client.post("/v1/chat/completions", json=CHAT, headers=headers)
                request_id = reply.headers["x-curtilage-request-id"]
                assert _address_of(service, request_id) == expected, case
                local = expected.startswith("127.") and (source == "127.0.0.9" or not said)
                assert client.get("/metrics", headers=headers).status_code == (
                    200 if local else 403
                ), case
        assert "x-forwarded-for" not in service.provider.received[-1].headers


def test_a_proxy_that_is_no_address_is_refused_at_the_start(house: House) -> None:
    env = {**house.env, "CURTILAGE__SERVER__TRUSTED_PROXIES": "proxy.internal.example"}
    done = house.run("config", "show", env=env)
    assert done.returncode == 3
    assert "server.trusted_proxies" in done.stderr and "proxy.internal" not in done.stderr
    assert eventually(lambda: house.status("/readyz") == 200)
