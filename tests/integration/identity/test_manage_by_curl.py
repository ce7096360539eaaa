"""The how-to of the management API does what it says: each of its lines is run as it stands."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import Service, last_line
from tests.integration.visiting import enrol, set_up_path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "manage-over-the-api.md"
RIGHTS = ("people:manage", "sessions:manage", "clients:manage", "apikeys:manage", "settings:read")
ADDRESS = "https://ai.orchard.example"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("managed"), workers=1)
    service.start()
    yield service
    service.stop()


def shown_calls() -> list[str]:
    """Each call of the page, on one line."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return re.split(r"\n(?=curl )", "\n".join(block.strip() for block in blocks))


def test_every_line_of_the_page_works_as_it_stands(service: Service) -> None:
    with httpx.Client(base_url=service.url, timeout=60) as client:
        assert enrol(client, set_up_path(service)).status_code == 303
    words = [word for right in RIGHTS for word in ("--right", right)]
    key = last_line(service.run("apikeys", "create", "deploy", *words))
    known = {"PERSON": second_person(service, key)}
    calls = shown_calls()
    assert len(calls) >= 21
    for call in calls:
        line = call.replace(ADDRESS, service.url)
        for name, id in known.items():
            line = re.sub(rf"/{name}\b", f"/{id}", line)
        done = subprocess.run(
            ["bash", "-c", line], env={"CURTILAGE_KEY": key, "PATH": "/usr/bin:/bin"},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (call, done.stderr)
        told = json.loads(done.stdout) if done.stdout else {}
        if "link" in told:
            known["INVITATION"] = told["id"]
        if "client_secret" in told:
            known["APP"] = told["client"]["id"]
        if "secret" in told:
            known.setdefault("KEY", told["key"]["id"])
    assert known.keys() == {"PERSON", "INVITATION", "APP", "KEY"}


def second_person(service: Service, key: str) -> str:
    """Somebody who joined by an invitation: the first is the last administrator."""
    headers = {"authorization": f"Bearer {key}"}
    with httpx.Client(base_url=service.url, headers=headers, timeout=60) as program:
        link = program.post("/api/invitations", json={}).json()["link"]
        path = "/join/" + link.rpartition("/")[2]
        with httpx.Client(base_url=service.url, timeout=60) as browser:
            token = re.search(r'name="_csrf" value="([^"]+)"', browser.get(path).text)
            assert token is not None
            form = {"name": "Bob", "passphrase": "lantern gravel otter vowel"}
            form |= {"again": form["passphrase"], "_csrf": token[1]}
            assert browser.post(path, data=form).status_code == 303
        people = program.get("/api/people").json()["people"]
        return next(str(each["id"]) for each in people if each["name"] == "Bob")
