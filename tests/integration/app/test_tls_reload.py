"""A renewed certificate is taken over without a restart, and without a call being lost."""

import shutil
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509

from tests.fakes.provider import (
    DONE,
    FakeProvider,
    Hold,
    chat_delta,
    chat_reply,
    whole,
)
from tests.fakes.provider import stream as streamed
from tests.integration.certificates import Authority, make_authority
from tests.integration.processes import (
    CHAT,
    STREAMED,
    Service,
    eventually,
    last_line,
    release,
    running_provider,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]
HELD = streamed(chat_delta({"content": "first "}), Hold(), chat_delta({"content": "last"}), DONE)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with running_provider() as provider:
        yield provider


class Secure(Service):
    """A service whose certificate is renewed as an ACME client does it."""

    def __init__(self, folder: Path, authority: Authority, **given: Any) -> None:
        self.authority = authority
        self.trust = ssl.create_default_context(cafile=authority.certificate)
        self.cert, self.tls_key = folder / "cert.pem", folder / "key.pem"
        self.write(*authority.issue("localhost", "127.0.0.1"))
        server = {"tls_cert": self.cert, "tls_key": self.tls_key, **given.pop("server", {})}
        super().__init__(folder, server=server, **given)
        self.scheme = "https"
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.env["TMPDIR"] = str(self.temporary)

    def write(self, cert: Path, key: Path) -> int:
        """Put a pair in place; gives the certificate's number."""
        shutil.copy(cert, self.cert)
        shutil.copy(key, self.tls_key)
        return x509.load_pem_x509_certificate(cert.read_bytes()).serial_number

    def renew(self) -> int:
        return self.write(*self.authority.issue("localhost", "127.0.0.1"))

    def shown(self) -> set[int]:
        """The certificates that new connections are shown, over all workers; 0 where one was
        closed meanwhile: a worker that changes them may have been about to take it."""
        return {self._shown() for _ in range(4 * self._workers)}

    def _shown(self) -> int:
        try:
            return self._look()
        except OSError:
            return 0

    def _look(self) -> int:
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=10) as plain,
            self.trust.wrap_socket(plain, server_hostname="localhost") as opened,
        ):
            raw = opened.getpeercert(binary_form=True)
            assert raw is not None
            return x509.load_der_x509_certificate(raw).serial_number

    def trusting(self, key: str) -> httpx.Client:
        headers = {"authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, verify=self.trust, timeout=30)

    def has_logged(self, event: str) -> int:
        return self.log.read_text().count(f'"event": "{event}"')


@pytest.fixture(scope="module", params=["granian", "uvicorn"])
def secure(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    authority: Authority,
    provider: FakeProvider,
) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("reload")
    given = {"server": {"http": request.param}, "workers": 2, "provider": provider}
    service = Secure(folder, authority, **given)
    try:
        service.start()
        yield service
    finally:
        service.destroy()


@pytest.fixture(scope="module")
def key(secure: Secure) -> str:
    key = last_line(secure.run("apikeys", "create", "one"))
    secure.wait_until_known(key)
    return key


def test_a_renewed_certificate_is_shown_and_a_stream_under_way_is_not_cut(
    secure: Secure, key: str, provider: FakeProvider
) -> None:
    provider.script = HELD
    with (
        secure.trusting(key) as client,
        client.stream("POST", "/v1/chat/completions", json=STREAMED) as reply,
    ):
        lines = reply.iter_lines()
        assert "first" in next(line for line in lines if line)
        number = secure.renew()
        eventually(lambda: secure.shown() == {number})
        release(provider)
        rest = "".join(lines)
    assert "last" in rest
    assert rest.endswith("[DONE]")


def test_callers_who_call_all_the_time_lose_no_call(
    secure: Secure, key: str, provider: FakeProvider
) -> None:
    provider.script = lambda received: whole(chat_reply("Hello."))
    over, answered, lost = threading.Event(), [], []

    def call() -> None:
        while not over.is_set():
            with secure.trusting(key) as client:
                for _ in range(5):
                    try:
                        answered.append(client.post("/v1/chat/completions", json=CHAT).status_code)
                    except httpx.ReadError as problem:
                        lost.append(problem)
                    except httpx.TransportError:
                        break  # closed before it had asked: an SDK connects again, and so do we

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    try:
        for _ in range(2):
            number = secure.renew()
            eventually(lambda number=number: secure.shown() == {number})  # type: ignore[misc]
    finally:
        over.set()
        for caller in callers:
            caller.join()
    assert len(answered) > 50
    assert set(answered) == {200}
    assert len(lost) <= 2, "a connection that had not been asked yet, at most"


def test_a_broken_pair_is_told_and_the_old_one_stays(secure: Secure) -> None:
    taken = secure.has_logged("certificate.changed")
    number = secure.renew()
    eventually(lambda: secure.has_logged("certificate.changed") >= taken + 2)  # each worker
    eventually(lambda: secure.shown() == {number})
    before = secure.has_logged("certificate.refused")
    _, other = secure.authority.issue("elsewhere.example")
    shutil.copy(other, secure.tls_key)
    eventually(lambda: secure.has_logged("certificate.refused") == before + 2)
    eventually(lambda: secure.shown() == {number})
    secure.cert.unlink()
    eventually(lambda: secure.has_logged("certificate.refused") == before + 4)
    eventually(lambda: secure.shown() == {number})
    assert secure.status("/readyz") == 200
    following = secure.renew()
    eventually(lambda: secure.shown() == {following})


def test_a_key_is_in_no_log_and_no_file_is_left(secure: Secure) -> None:
    number = secure.renew()
    eventually(lambda: secure.shown() == {number})
    eventually(lambda: not list(secure.temporary.rglob("*.pem")))
    assert "PRIVATE" not in secure.log.read_text()
    assert ".pem" not in secure.log.read_text()


def test_after_a_renewal_the_service_stops_as_ever(tmp_path: Path, authority: Authority) -> None:
    service = Secure(tmp_path, authority, workers=1)
    try:
        service.start()
        number = service.renew()
        eventually(lambda: service.shown() == {number})
        assert service.stop() == 0
    finally:
        service.destroy() if service.process and service.process.poll() is None else None
