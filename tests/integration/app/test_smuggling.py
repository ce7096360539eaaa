"""What a proxy in front may read otherwise than we do: one reading, or none.

Raw bytes on a socket. A request that carries a second one inside must be answered
once, and no spelling of a path leads past a check.
"""

import json
import re
import socket

import pytest

from tests.integration.processes import CHAT, House

INSIDE = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HEAD = "POST /login HTTP/1.1\r\nHost: localhost\r\n"
CARRIERS = {
    "a length and chunks": f"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{INSIDE}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(INSIDE)}\r\n\r\n{INSIDE}",
    "a list of lengths": f"Content-Length: 0, {len(INSIDE)}\r\n\r\n{INSIDE}",
    "a length with a sign": f"Content-Length: +0\r\n\r\n{INSIDE}",
    "another coding": f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{INSIDE}",
    "two codings": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n{INSIDE}",
    "a space before the colon": f"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{INSIDE}",
    "a folded line": f"X-A: b\r\n Content-Length: 5\r\n\r\n{INSIDE}",
    "a bare CR": f"X-A: b\rContent-Length: {len(INSIDE)}\r\n\r\n{INSIDE}",
    "a NUL": f"X-A: b\0\r\n\r\n{INSIDE}",
}


def ask(house: House, raw: str) -> list[int]:
    """The statuses of all that comes back until the service closes the connection."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as connection:
        connection.sendall(raw.encode("latin-1"))
        came = b""
        while data := connection.recv(65536):
            came += data
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", came)]


@pytest.mark.parametrize("name", CARRIERS)
def test_a_request_inside_another_is_never_answered(house: House, name: str) -> None:
    (status,) = ask(house, HEAD + CARRIERS[name])
    assert status in (400, 421)


SPELLINGS = (
    "/%6detrics", "/metrics?x", "http://localhost/metrics", "http://evil.example/metrics", "//metrics", "/./metrics",
    "/x/../metrics", "/metrics;x", "/metrics/", "/metrics%00", "/metrics%3Fx",
)  # fmt: skip


@pytest.mark.parametrize("target", SPELLINGS)
def test_no_spelling_leads_to_the_counters_past_their_check(house: House, target: str) -> None:
    """Through a proxy on this machine that nobody named, so that the caller is not local."""
    head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 8.8.8.8\r\n"
    (status,) = ask(house, f"{head}Connection: close\r\n\r\n")
    assert status in (403, 404)


@pytest.mark.parametrize(
    "target",
    ["/console/keys", "//console/keys", "/setup/../console/keys", "/console/keys%2f..", "/console;/keys", "/%63onsole/keys"],
)  # fmt: skip
def test_no_spelling_leads_to_a_page_without_signing_in(house: House, target: str) -> None:
    head = f"GET {target} HTTP/1.1\r\nHost: localhost:{house.port}\r\nAccept: application/json\r\n"
    (status,) = ask(house, f"{head}Connection: close\r\n\r\n")
    assert status in (401, 404)


@pytest.mark.parametrize("method", ["CONNECT", "TRACE"])
def test_nobody_gets_a_tunnel_or_an_echo(house: House, method: str) -> None:
    target = "localhost:1" if method == "CONNECT" else "/login"
    statuses = ask(
        house, f"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    )
    assert statuses and statuses[0] in (400, 404, 405, 421)


def test_a_path_has_one_reading_on_the_data_plane(house: House) -> None:
    body = json.dumps({**CHAT, "model": "mirror"})
    head = f"Host: localhost\r\nAuthorization: Bearer {house.key()}\r\nConnection: close\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    for target in ("//v1/chat/completions", "/v1//chat/completions", "/v1/x/../chat/completions",
                   "/v1/chat/completions;x", "/V1/chat/completions", "/openai/..;/v1/chat/completions"):  # fmt: skip
        (status,) = ask(house, f"POST {target} HTTP/1.1\r\n{head}{body}")
        assert status in (401, 403, 404), target
