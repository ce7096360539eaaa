"""The accounts of people, served as they are on a database of their own: no fakes before them.

Passkeys need a name that browsers trust without https, so the address is `localhost`.
"""

import asyncio
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import BrowserContext, CDPSession, Page
from starlette.applications import Starlette

from curtilage.app.migrations import SCRIPTS
from curtilage.core.authority import Authority
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import Database, open_database
from curtilage.core.db.migrate import migrate
from curtilage.core.entropy import SystemEntropy
from curtilage.core.ids import SystemIds
from curtilage.core.models import Principal, PrincipalId, PrincipalKind, TenantId
from curtilage.identity.ground import Ground
from curtilage.identity.people.build import People
from curtilage.identity.people.needs import PeopleKeys, PeopleNeeds
from curtilage.web.app import build_web
from tests.fakes.console import COMPILED
from tests.fakes.keptmail import KeptMail
from tests.fakes.personkeys import FixedPersonKeys
from tests.fakes.pseudonyms import FixedPseudonyms
from tests.identity_house import CHEAP, PASSPHRASE

ACCOUNT = re.compile(r"\d/account$")
TENANT, NAME = TenantId("orchard"), "Grace"
ADMIN = Principal(
    TENANT, PrincipalId("operator"), PrincipalKind.PERSON, roles=frozenset({"administrator"})
)


@dataclass(frozen=True)
class PeopleSite:
    """Where it is served, and whom it serves: one person with a passphrase, and an invitation."""

    origin: str
    invitation: str

    def sign_in(self, page: Page, path: str = "/account") -> None:
        page.goto(f"{self.origin}/login?next={path}")
        page.get_by_label("E-mail address or name").fill(NAME)
        page.get_by_label("Passphrase").fill(PASSPHRASE)
        page.get_by_role("button", name="Sign in", exact=True).click()

    def add_passkey(self, page: Page) -> None:
        page.goto(f"{self.origin}/account/passkey")
        page.get_by_role("button", name="Make a passkey").click()
        page.wait_for_url(ACCOUNT)

    def sign_out(self, page: Page) -> None:
        page.get_by_role("button", name="Sign out here").click()
        page.wait_for_url("**/login")


@dataclass
class Device:
    """The authenticator behind a page."""

    session: CDPSession
    id: str

    def credentials(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})
        credentials: list[dict[str, Any]] = found["credentials"]
        return credentials


def a_device(page: Page, **options: Any) -> Device:
    """A phone or laptop: keys that are found without a name, a finger that always fits."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    given = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
        "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True, "defaultBackupEligibility": True,
        "defaultBackupState": True, **options,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": given})
    return Device(session, made["authenticatorId"])


def without_passkeys(context: BrowserContext) -> None:
    """A browser that never heard of them."""
    context.add_init_script("delete window.PublicKeyCredential")


def build_people(database: Database, folder: Path, origin: str) -> tuple[People, Starlette]:
    clock, entropy = SystemClock(), SystemEntropy()
    ids = SystemIds(clock, entropy)
    ground = Ground(database, Authority(), FixedPseudonyms(), clock, ids, entropy)
    own = FixedPersonKeys()
    keys = PeopleKeys(b"k" * 32, b"h" * 32, b"b" * 32, b"c" * 32, own, own.destroy)
    needs = PeopleNeeds(
        TENANT, folder, keys, KeptMail(), lambda path: f"{origin}{path}", "orchard", costs=CHEAP
    )
    people = People(ground, needs)
    pages = people.as_slice()
    app = build_web(
        routes=pages.routes,
        endpoints=pages.endpoints,
        nav=(),
        templates={"people": pages.templates},
        sessions=people.desk,
        key=b"k" * 32,
        entropy=entropy,
        ids=ids,
        origins=[origin],
        compiled=COMPILED,
    )
    return people, app


@asynccontextmanager
async def opened(folder: Path, origin: str) -> AsyncIterator[tuple[Starlette, str]]:
    database = open_database("sqlite", folder)
    await migrate(database, SCRIPTS)
    people, app = build_people(database, folder, origin)
    await people.setup.issue(TENANT)
    secret = (folder / "set-up-link").read_text().strip().rpartition("/")[2]
    await people.setup.enrol(TENANT, secret, name=NAME, passphrase=PASSPHRASE)
    try:
        yield app, (await people.invitations.invite(ADMIN)).link
    finally:
        people.close()
        await database.close()


@contextmanager
def served_people(folder: Path) -> Iterator[PeopleSite]:
    """The pages of people on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who comes before the server does waits
        origin = f"http://localhost:{listener.getsockname()[1]}"
        servers: list[uvicorn.Server] = []
        invitations: list[str] = []
        ready = threading.Event()

        async def serve() -> None:
            async with opened(folder, origin) as (app, invitation):
                invitations.append(invitation)
                config = uvicorn.Config(
                    app, log_level="error", ws="none", http="h11", lifespan="off"
                )
                servers.append(uvicorn.Server(config))
                ready.set()
                await servers[0].serve(sockets=[listener])

        thread = threading.Thread(target=lambda: asyncio.run(serve()))
        thread.start()
        try:
            assert ready.wait(30), "the pages of people did not start"
            yield PeopleSite(origin, invitations[0])
        finally:
            for server in servers:
                server.should_exit = True
            thread.join()
