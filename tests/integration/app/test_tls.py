"""TLS by files: the port speaks nothing else, pages say so for years, bad files stop the start."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.certificates import Authority, make_authority
from tests.integration.processes import Service, last_line, run

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Service]:
    cert, key = authority.issue("localhost", "127.0.0.1")
    given = {"tls_cert": cert, "tls_key": key}
    service = Service(tmp_path_factory.mktemp("tls"), workers=1, server=given)
    service.scheme = "https"
    try:
        service.start()
        yield service
    finally:
        service.destroy()


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.certificate)


def test_who_trusts_the_authority_gets_an_answer(secure: Service, trusting: ssl.SSLContext) -> None:
    key = last_line(secure.run("apikeys", "create", "one"))
    secure.wait_until_known(key)
    body = {
        "model": "mirror",
        "messages": [{"role": "user", "content": "Mail ada@orchard.example."}],
    }
    headers = {"authorization": f"Bearer {key}"}
    reply = httpx.post(
        f"{secure.url}/v1/chat/completions", json=body, headers=headers, verify=trusting
    )
    assert reply.json()["choices"][0]["message"]["content"] == "Mail ada@orchard.example."


def test_who_does_not_trust_it_gets_none(secure: Service) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{secure.url}/healthz")


def test_the_port_speaks_no_plain_http(secure: Service) -> None:
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{secure.port}/healthz")


def test_pages_ask_browsers_to_stay_with_https(secure: Service, trusting: ssl.SSLContext) -> None:
    reply = httpx.get(f"{secure.url}/login", verify=trusting)
    assert "max-age=63072000" in reply.headers["strict-transport-security"]


def test_cookies_of_pages_are_for_https_only(secure: Service, trusting: ssl.SSLContext) -> None:
    link = (secure.data_dir / "set-up-link").read_text().strip()
    assert link.startswith("https://")
    page = httpx.get(secure.url + httpx.URL(link).path, verify=trusting)
    cookies = page.headers.get_list("set-cookie")
    assert cookies
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in cookies)


def test_http_2_is_served_to_who_asks(secure: Service, authority: Authority) -> None:
    curl = shutil.which("curl")
    if (
        curl is None
        or "HTTP2"
        not in subprocess.run([curl, "-V"], capture_output=True, text=True, check=True).stdout
    ):
        pytest.skip("curl with HTTP/2 is not there")
    command = [curl, "-sS", "--http2", "--cacert", authority.certificate, "-w", "%{http_version}"]
    done = subprocess.run(
        [*command, f"{secure.url}/healthz"], capture_output=True, text=True, check=True
    )
    assert done.stdout == "ok\n2"


BROKEN = {
    "a certificate that is not there": ("gone.pem", "key"),
    "a key that is not there": ("cert", "gone.key"),
    "a file that is no certificate": ("garbage", "key"),
    "a key of another certificate": ("cert", "other"),
    "a certificate without its key": ("cert", None),
}


@pytest.mark.parametrize("what", BROKEN)
def test_bad_files_stop_the_start_with_one_sentence(
    tmp_path: Path, authority: Authority, what: str
) -> None:
    cert, key = authority.issue("doubtful.example")  # the running service keeps its own files
    _, other = authority.issue("elsewhere.example")
    garbage = tmp_path / "garbage"
    garbage.write_text("no certificate")
    files = {"cert": cert, "key": key, "other": other, "garbage": garbage}
    names = [name and files.get(name, tmp_path / name) for name in BROKEN[what]]
    given = {name: path for name, path in zip(("tls_cert", "tls_key"), names, strict=True) if path}
    service = Service(tmp_path, workers=1, server=given)
    done = run("serve", "--config", str(service.config), cwd=tmp_path, env=service.env)
    assert done.returncode == 3, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and "server.tls_" in errors[0]
    assert str(tmp_path) not in done.stderr and "Traceback" not in done.stderr
