"""The services behind the pages, with invented people and a memory of lists.

`FakeConsole().build(…)` gives the whole web application over them; what each page
asks for is faked in the file of its name. `python -m tests.fakes.console` serves it,
for whoever works on a page.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from starlette.applications import Starlette

import curtilage
from curtilage.consent.correction_pages import CorrectionPages
from curtilage.consent.pages import PolicyPages
from curtilage.core.authority import Authority
from curtilage.core.entropy import SystemEntropy
from curtilage.core.models import PrincipalId, PurposeKey
from curtilage.gateway.pages import GatewayPages
from curtilage.gateway.routing.pages import RoutingPages
from curtilage.gateway.usage.pages import UsagePages
from curtilage.identity.key_pages import KeyPages
from curtilage.identity.oauth.console_pages import ClientPages
from curtilage.identity.people.account_pages import AccountPages
from curtilage.identity.people.console_pages import ConsolePages
from curtilage.identity.people.deletion_pages import DeletionPages
from curtilage.identity.people.invitation_pages import InvitationPages
from curtilage.identity.people.mail_pages import MailPages
from curtilage.identity.people.outbox_pages import OutboxPages
from curtilage.identity.people.pages import SignInPages
from curtilage.identity.people.passkey_pages import PasskeyPages
from curtilage.identity.people.prove_pages import ProvePages
from curtilage.identity.providers.console_pages import ProviderConsolePages
from curtilage.identity.reveal.pages import RevealPages
from curtilage.ledger.pages import LedgerPages
from curtilage.web.app import build_web
from curtilage.web.languages import Languages
from tests.builders import ASSIST
from tests.fakes.account import FakeAccount
from tests.fakes.clients import GATEWAY, FakeClients, FakeProviders
from tests.fakes.clock import FixedClock
from tests.fakes.corrections import FakeCorrections
from tests.fakes.desk import NAME, PASSPHRASE, FakeDesk
from tests.fakes.ids import FixedIds
from tests.fakes.keys import FakeKeys, some_keys
from tests.fakes.ledger import FakeLedger
from tests.fakes.live import FakeLive, many_rows
from tests.fakes.mailbox import FakeMailbox
from tests.fakes.people import FakeApps, FakeInvitations, FakeOutbox, FakePeople
from tests.fakes.policies import FakePolicies
from tests.fakes.reveals import FakeReveals
from tests.fakes.routing import FakeRouting
from tests.fakes.tryit import FakeTryIt
from tests.fakes.usage import FakeUsage

ROOT = Path(curtilage.__file__).parent
PLACES = {
    "gateway": "gateway", "usage": "gateway/usage", "routing": "gateway/routing",
    "ledger": "ledger", "identity": "identity", "people": "identity/people",
    "consent": "consent", "oauth": "identity/oauth", "providers": "identity/providers",
    "reveals": "identity/reveal",
}  # fmt: skip
PURPOSES = frozenset({ASSIST, PurposeKey("analyse"), PurposeKey("support")})


TITLES = {"CUSTOMER": "Customer number", "EMAIL_ADDRESS": "E-mail address"}


async def known_names(people: Collection[PrincipalId]) -> dict[PrincipalId, str]:
    return {PrincipalId("person-admin"): "Ada Quill"}


class MemoryBytecode(BytecodeCache):
    """Compiled templates, so that a hundred applications compile each of them once."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = MemoryBytecode()


@dataclass
class FakeConsole:
    """Everything behind the pages, in reach of a test, and the application over it."""

    live: FakeLive = field(default_factory=lambda: FakeLive(many_rows(60)))
    try_it: FakeTryIt = field(default_factory=FakeTryIt)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    desk: FakeDesk = field(default_factory=FakeDesk)
    account: FakeAccount = field(default_factory=FakeAccount)
    people: FakePeople = field(default_factory=FakePeople)
    invitations: FakeInvitations = field(default_factory=FakeInvitations)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    mailbox: FakeMailbox = field(default_factory=FakeMailbox)
    apps: FakeApps = field(default_factory=FakeApps)
    clients: FakeClients = field(default_factory=FakeClients)
    providers: FakeProviders = field(default_factory=FakeProviders)
    keys: FakeKeys = field(default_factory=lambda: FakeKeys(some_keys()))
    policies: FakePolicies = field(default_factory=FakePolicies)
    corrections: FakeCorrections = field(default_factory=FakeCorrections)
    usage: FakeUsage = field(default_factory=FakeUsage)
    routing: FakeRouting = field(default_factory=FakeRouting)
    reveals: FakeReveals = field(default_factory=FakeReveals)
    usual_purpose: str = "assist"

    def reset(self) -> None:
        """Back to how it was built; the application keeps answering over it."""
        fresh = FakeConsole()
        self.live.rows = fresh.live.rows
        self.desk.enrolled, self.desk.tries, self.desk.asks_more = True, 0, False
        self.desk.waiting.clear()
        self.desk.live.clear()
        vars(self.account).update(vars(fresh.account))
        vars(self.people).update(vars(fresh.people))
        vars(self.invitations).update(vars(fresh.invitations))
        vars(self.mailbox).update(vars(fresh.mailbox))
        self.keys.kept = fresh.keys.kept
        self.apps.kept, self.clients.kept = fresh.apps.kept, fresh.clients.kept
        self.providers.kept = fresh.providers.kept
        vars(self.policies).update(vars(fresh.policies))
        vars(self.routing).update(vars(fresh.routing))
        vars(self.corrections).update(vars(fresh.corrections))
        vars(self.reveals).update(vars(fresh.reveals))
        self.ledger.is_empty, self.ledger.holds, self.ledger.slowness = False, True, 0

    def build(
        self, origin: str, *, dev: bool = True, languages: Languages | None = None
    ) -> Starlette:
        """The web application, as the composition root builds it."""
        gateway = GatewayPages(self.live, self.try_it, base_url=origin)
        ledger = LedgerPages(self.ledger, self.ledger)
        people = (
            SignInPages(self.desk, by_mail=True, may_join=True),
            ProvePages(self.desk),
            AccountPages(self.account, apps=self.apps.own),
            PasskeyPages(self.account),
            InvitationPages(self.invitations),
            DeletionPages(self.people, self.people),
        )
        keys = KeyPages(
            self.keys, self.keys, lambda: PURPOSES, FixedClock(), lambda: self.usual_purpose
        )
        usage = UsagePages(self.usage, FixedClock())
        routing = RoutingPages(self.routing)
        policies = PolicyPages(self.policies)
        corrections = CorrectionPages(self.corrections, known_names, TITLES)
        console = (
            ConsolePages(self.people, self.people, Authority().list_roles(), self.apps),
            ClientPages(self.clients, origin, (GATEWAY,)),
            ProviderConsolePages(self.providers, lambda path: f"{origin}{path}"),
            OutboxPages(self.outbox),
            RevealPages(self.reveals),
            MailPages(self.mailbox, self.desk),
        )
        slices = (gateway, routing, usage, ledger, *people, keys, policies, corrections, *console)
        return build_web(
            routes=[route for each in slices for route in each.routes()],
            nav=[
                item
                for each in (gateway, routing, usage, ledger, keys, policies, *console[:5])
                for item in each.nav()
            ],
            templates={name: str(ROOT / place / "templates") for name, place in PLACES.items()},
            sessions=self.desk,
            key=b"k" * 32,
            entropy=SystemEntropy(),
            ids=FixedIds(),
            origins=[origin],
            dev=dev,
            compiled=COMPILED,
            languages=languages,
        )


def main() -> None:
    """Serve the pages over invented data until stopped."""
    console = FakeConsole()
    print(f"http://127.0.0.1:8790  {NAME}  {PASSPHRASE}")
    app = console.build("http://127.0.0.1:8790")
    uvicorn.run(app, host="127.0.0.1", port=8790, log_level="warning")


if __name__ == "__main__":
    main()
