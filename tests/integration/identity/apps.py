"""The examples as apps of their own, and a person at a browser who goes between them and us."""

import os
import re
import subprocess
import sys
import time
from base64 import b32decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx

from curtilage.core.clock import SystemClock
from curtilage.identity.people.views import Arrival
from curtilage.identity.wire.totp import hotp, step_at
from tests.integration.identity.test_whole_service import an_app, beside
from tests.integration.service import RunningService
from tests.integration.visiting import PASSPHRASE
from tests.tcp import free_port

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLES = REPOSITORY / "examples"
PATIENCE = 30  # seconds
SCOPES = frozenset({"openid", "profile"})
_FORM = re.compile(r'name="_csrf" value="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="(request|next)" value="([^"]*)"')
_ACTION = re.compile(r'<form[^>]*action="([^"]+)"')
_SERVE = (
    "import sys, uvicorn; "
    "uvicorn.run(sys.argv[1], port=int(sys.argv[2]), app_dir='examples', log_level='warning')"
)


@contextmanager
def running_example(name: str, service: RunningService) -> Iterator[str]:
    """An example on a port of its own, registered with the service; gives its address."""
    port = free_port()
    base = f"http://localhost:{port}"
    app = an_app(
        service,
        name=f"Orchard {name}",
        redirect_uris=(f"{base}/auth/callback",),
        post_logout_uris=(f"{base}/",),
        backchannel_logout_uri=f"http://127.0.0.1:{port}/auth/backchannel",
        scopes=SCOPES,
    )
    env = {
        "PATH": os.environ["PATH"],  # noqa: TID251
        "ISSUER": service.settings.public_url,
        "CLIENT_ID": app.client.id,
        "CLIENT_SECRET": app.secret,
        "SECRET_KEY": "a key for tests of sign-in that is long enough",
    }
    process = subprocess.Popen(_command(name, port), env=env, cwd=REPOSITORY)
    try:
        _wait(base, process)
        yield base
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _command(name: str, port: int) -> list[str]:
    if name == "django":
        program = str(EXAMPLES / "django_sign_in.py")
        return [sys.executable, program, "runserver", "--noreload", f"127.0.0.1:{port}"]
    return [sys.executable, "-c", _SERVE, f"{name}_sign_in:app", str(port)]


def _wait(base: str, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        assert process.poll() is None, "the example ended by itself"
        with suppress(httpx.TransportError):
            httpx.get(f"{base}/", verify=False)
            return
        time.sleep(0.1)
    raise AssertionError("the example does not answer")


@dataclass
class Person:
    """Somebody who signs in and allows what is asked. `seed` gives one-time codes."""

    service: RunningService
    seed: bytes = b""
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(headers={"accept": "text/html"}, timeout=30, verify=False)

    def open(self, url: str) -> httpx.Response:
        """Go there, and through whatever page comes between, to a page of an app."""
        return self.arrive(self.client.get(url))

    def arrive(self, answer: httpx.Response) -> httpx.Response:
        for _ in range(25):
            if answer.is_redirect:
                answer = self.client.get(answer.url.join(answer.headers["location"]))
            elif "refresh" in answer.headers:  # a page that sends on to the app
                answer = self.client.get(answer.headers["refresh"].partition("url=")[2])
            elif not str(answer.url).startswith(self.service.settings.public_url):
                return answer
            else:
                answer = self._fill(answer)
        raise AssertionError("there is no end to the pages")

    def _fill(self, page: httpx.Response) -> httpx.Response:
        token = _FORM.search(page.text)
        assert token, page.text
        fields = {"_csrf": token[1], **dict(_HIDDEN.findall(page.text))}
        path = page.url.path
        query = parse_qs(page.url.query.decode())
        if path == "/login":
            fields |= {"name": "ada", "passphrase": PASSPHRASE}
        elif path in {"/login/second", "/login/again"}:
            fields["code"] = hotp(self.seed, step_at(SystemClock().now()))
        else:
            fields["decision"] = "allow"
        for name in {"next"} & query.keys():
            fields[name] = query[name][0]
        action = _ACTION.search(page.text)
        target = page.url.join(action[1] if action and path != "/login" else path)
        return self.client.post(target, data=fields, headers=self._own())

    def sign_out(self) -> None:
        """At the issuer, not at any app."""
        page = self.client.get(f"{self.service.settings.public_url}/oauth2/logout")
        while page.is_redirect:
            page = self.client.get(page.url.join(page.headers["location"]))
        answer = self._fill(page)
        assert answer.status_code < 400, answer.text

    def _own(self) -> Mapping[str, str]:
        parts = urlsplit(self.service.settings.public_url)
        return {"origin": f"{parts.scheme}://{parts.netloc}"}


async def add_second_factor(service: RunningService) -> bytes:
    """Ada gets an authenticator app; gives its seed."""
    async with beside(service) as foundation:
        people = foundation.identity.people
        begun = await people.desk.sign_in(
            name="ada", passphrase=PASSPHRASE, arrival=Arrival("192.0.2.7")
        )
        offer = await people.account.offer_totp(begun.secret)
        plain = offer.secret.replace(" ", "")
        seed = b32decode(plain + "=" * (-len(plain) % 8))
        code = hotp(seed, step_at(SystemClock().now()) - 1)
        await people.account.add_totp(begun.secret, offer.ceremony, code)
        return seed
