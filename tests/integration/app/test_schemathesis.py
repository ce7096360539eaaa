"""The control process against its own description: Schemathesis asks whatever the document allows.

Once as a stranger, with every check that there is, once as an administrator whose
requests carry names and fields that exist, and once at the management API as a program
whose key has every right. A service of its own, as people run it.
Never a status that the document does not know, an answer in another shape, a page
without its sign-in, or a server error.
"""

import json
import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.integration.processes import CHAT, Service
from tests.integration.visiting import enrol, set_up_path, submit

REPOSITORY = Path(__file__).resolve().parents[3]
PROGRAM = REPOSITORY / ".venv-fuzz" / "bin" / "schemathesis"
HOOKS = REPOSITORY / "tests" / "clients" / "schemathesis"
PAGES = (
    "/console/keys",
    "/console/try",
    "/console/corrections",
    "/console/policies/balanced",
    "/login",
)
VALUES = (
    "", "ada", "assist", "balanced", "1", "-1", "1e999", "9" * 400, "30d", "never", "2026-01-31", "EMAIL_ADDRESS",
    "user.contact.email:EMAIL_ADDRESS", "Mail ada@orchard.example", "../x", "\r\nset-cookie: x=1", "\x00", "\u202e", "x" * 5000,
)  # fmt: skip
ENDS_KEYS = ("/api/keys/{id}/revoke", "/api/keys/{id}/rotate")
RIGHTS = ("people:manage", "sessions:manage", "clients:manage", "apikeys:manage", "settings:read")
LOOSE = "positive_data_acceptance,negative_data_rejection"  # a form's fields are only texts to it
_FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"')

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not PROGRAM.exists(), reason=".venv-fuzz is not there; `make test` makes it"
    ),
]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("asked"), workers=1)
    service.start()
    yield service
    service.stop()


@pytest.fixture(scope="module")
def administrator(service: Service) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, timeout=60) as client:
        assert enrol(client, set_up_path(service)).status_code == 303
        yield client


# A page by GET; what is sent there by POST speaks a protocol, which describes it.
TWOFOLD = ("/oauth2/logout", "/login/with/{name}/callback")


def find_known(service: Service, client: httpx.Client) -> dict[str, object]:
    """What there is to name in requests: a key, a call, a log, fields of forms."""
    key = service.key()
    call = httpx.post(
        f"{service.url}/v1/chat/completions",
        json={**CHAT, "model": "mirror"},
        headers={"authorization": f"Bearer {key}"},
    )
    pages = {path: client.get(path).text for path in PAGES}
    fields = sorted({name for page in pages.values() for name in _FIELD.findall(page)} - {"_csrf"})
    checked = submit(client, "/console/ledger", to="/console/ledger/checks")
    keys = re.findall(r"/console/keys/([0-9a-f-]{36})/revoke", pages["/console/keys"])
    token = re.search(r'name="_csrf" value="([^"]+)"', pages["/console/keys"])
    assert keys and fields and token and call.status_code == 200
    request = call.headers["x-curtilage-request-id"]
    return {
        "token": token[1],
        "fields": fields,
        "values": [*VALUES, request],
        "id": [*keys, request, checked.headers["location"].rpartition("/")[2]],
        "name": ["balanced", "strict", "none"],
        "code": ["internal", "db.locked"],
    }


def ask(
    service: Service,
    folder: Path,
    *options: str,
    examples: int,
    known: Mapping[str, object] | None = None,
) -> None:
    """Run Schemathesis; what it found is the message of the failure."""
    command = [
        str(PROGRAM), "run", f"{service.url}/api/openapi.json", "--phases=coverage,fuzzing", "--no-color",
        "--header=Accept: application/json", "--max-redirects=0", "--seed=1", f"--max-examples={examples}",
        "--suppress-health-check=all", "--no-shrink", "--generation-database=none", "--request-timeout=60",
        *(f"--exclude-path={path}" for path in TWOFOLD), *options,
    ]  # fmt: skip
    env = {
        "PATH": os.defpath,
        "HOME": str(folder),
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(HOOKS),
    }
    (folder / "known.json").write_text(json.dumps(known or {}))
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def as_stranger(service: Service, folder: Path, *, examples: int) -> None:
    ask(service, folder, examples=examples)


def as_administrator(
    service: Service, client: httpx.Client, folder: Path, *, examples: int
) -> None:
    session = f"--header=Cookie: curtilage-session={client.cookies['curtilage-session']}"
    out = ("--exclude-path=/logout", "--exclude-path=/oauth2/logout/confirm")
    options = (session, *out, f"--exclude-checks={LOOSE}")
    ask(service, folder, *options, examples=examples, known=find_known(service, client))
    assert client.get("/console/keys").status_code == 200, "still signed in, still served"


def as_program(service: Service, folder: Path, *, examples: int) -> None:
    """What is well-formed can still be refused, for what is there; what is not, always is."""
    rights = [word for right in RIGHTS for word in ("--right", right)]
    key = service.run("apikeys", "create", "program", *rights).stdout.split()[-1]
    bearer = f"Bearer {key}"
    options = (
        f"--header=Authorization: {bearer}",
        "--exclude-checks=positive_data_acceptance",
    )
    own = [f"--exclude-path={path}" for path in ENDS_KEYS]
    with httpx.Client(
        base_url=service.url, headers={"authorization": bearer}, timeout=60
    ) as client:
        known = make_known(client)
        api = "--include-path-regex=^/api/(?!openapi)"
        ask(service, folder, *options, api, *own, examples=examples, known=known)
        assert client.get("/api/people").status_code == 200, "it was known all along"
    only = [f"--include-path={path}" for path in ENDS_KEYS]  # it finds its own key in answers
    ask(service, folder, *options, *only, examples=examples, known=known)


def make_known(client: httpx.Client) -> dict[str, object]:
    """An app, a key, a group, invitations and a person to name in requests."""
    wish = {"client_name": "Notes", "redirect_uris": ["https://notes.example/back"]}
    made = [
        client.post("/api/clients", json=wish).json()["client"]["id"],
        client.post("/api/keys", json={"name": "spare", "purposes": ["assist"]}).json()["key"][
            "id"
        ],
        client.post("/api/key-groups", json={"name": "team"}).json()["id"],
        *(client.post("/api/invitations", json={}).json()["id"] for _ in range(2)),
        *(each["id"] for each in client.get("/api/people").json()["people"]),
    ]
    return {"id": made, "client": made[:1], "session": made[:1]}


def test_a_stranger_gets_what_the_document_says_and_no_more(
    service: Service, tmp_path: Path
) -> None:
    as_stranger(service, tmp_path, examples=4)


def test_an_administrator_gets_what_the_document_says(
    service: Service, administrator: httpx.Client, tmp_path: Path
) -> None:
    as_administrator(service, administrator, tmp_path, examples=6)


def test_a_program_with_every_right_gets_what_the_document_says(
    service: Service, tmp_path: Path
) -> None:
    as_program(service, tmp_path, examples=15)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_both_at_length(service: Service, administrator: httpx.Client, tmp_path: Path) -> None:
    as_stranger(service, tmp_path, examples=100)
    as_administrator(service, administrator, tmp_path, examples=300)
    as_program(service, tmp_path, examples=300)
