"""Somebody in a house with a device in software: adds passkeys and shows them."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

from curtilage.core.page import NewSession
from curtilage.identity.people.build import People
from curtilage.identity.people.models import Authenticator
from curtilage.identity.people.service.passkeys import PasskeyService
from curtilage.identity.people.views import Arrival
from curtilage.identity.settings import IdentitySettings
from tests.builders import TENANT
from tests.identity_house import PASSPHRASE, House
from tests.software_authenticator import SoftwareAuthenticator

RP_ID, ORIGIN = "localhost", "http://localhost:8787"
HERE, BROWSER = "192.0.2.7", "browser-of-grace"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0"


def a_device(**given: Any) -> SoftwareAuthenticator:
    return SoftwareAuthenticator(**{"rp_id": RP_ID, **given})


def arrival(browser: str = BROWSER, address: str = HERE) -> Arrival:
    return Arrival(address, AGENT, browser=browser)


def moved(house: House, settings: IdentitySettings) -> House:
    """The same people, served under other settings."""
    before = house.people
    people = People(before.ground, replace(before.needs, settings=settings))
    return replace(house, identity=replace(house.identity, people=people))


def showing(house: House) -> PasskeyService:
    passkeys = house.people.passkeys
    assert passkeys is not None
    return passkeys.showing


@dataclass
class PasskeyPerson:
    """Acts as one person does. What `said` overrides is said wrongly."""

    house: House
    name: str = "Grace"
    device: SoftwareAuthenticator = field(default_factory=a_device)

    async def sign_in_by_passphrase(self) -> str:
        begun = await self.house.people.desk.sign_in(
            name=self.name, passphrase=PASSPHRASE, arrival=arrival()
        )
        return begun.secret

    async def handle(self) -> bytes:
        register = self.house.people.register
        found = await register.find(TENANT, self.name)
        assert found is not None
        return register.user_handle(TENANT, found[0].id)

    def made(self, options: str, **said: Any) -> str:
        """What the device answers when it makes the key that is asked for."""
        client = {"challenge": json.loads(options)["challenge"], "origin": ORIGIN}
        return json.dumps(self.device.create(client=client | said.pop("client", {}), **said))

    async def shown(self, options: str, **said: Any) -> str:
        """What the device answers when it shows its key."""
        client = {"challenge": json.loads(options)["challenge"], "origin": ORIGIN}
        said.setdefault("handle", await self.handle())
        return json.dumps(self.device.get(client=client | said.pop("client", {}), **said))

    async def enrol(self, secret: str, **said: Any) -> NewSession:
        """Add the device's key in a session."""
        account = self.house.people.account
        offer = await account.offer_passkey(secret)
        answer = self.made(offer.options, **said)
        return await account.add_passkey(secret, offer.ceremony, answer, agent=AGENT)

    async def sign_in(self, **said: Any) -> NewSession:
        """Sign in by the device's key."""
        answer = await self.shown(self.house.people.desk.offer_passkey(BROWSER), **said)
        return await self.house.people.desk.sign_in_by_passkey(answer, arrival())

    async def held(self) -> Authenticator:
        """The row of its passkey."""
        shown = await showing(self.house).shelf.find(TENANT, self.device.credential_id)
        assert shown is not None
        return shown.kept


async def with_passkey(house: House, **device: Any) -> PasskeyPerson:
    """Grace, with a passphrase and a passkey."""
    await house.enrol()
    person = PasskeyPerson(house, device=a_device(**device))
    await person.enrol(await person.sign_in_by_passphrase())
    return person
