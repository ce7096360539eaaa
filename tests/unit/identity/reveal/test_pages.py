"""Reveals in two browsers, over the real services: what is shown, and what never is."""

import re
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest

from curtilage.core.authority import ADMINISTRATOR, AUDITOR, REVIEWER
from curtilage.core.models import Principal
from curtilage.identity.people.models import Person
from curtilage.identity.reveal.rules import OPEN_WITHIN
from curtilage.identity.reveal.settings import Mode
from tests.fakes.visitor import Visitor
from tests.identity_house import ADMIN
from tests.reveal_house import ADDRESS, REASON, TOKEN, RevealHouse

HOME = "/console/reveals"
ASK_TOKEN, ASK_RECORD = f"{HOME}/ask/token", f"{HOME}/ask/record"
HOSTILE = '<img src=x onerror=alert(1)>\u202e"&'


@dataclass
class Browser:
    """One person's browser before the console."""

    visitor: Visitor
    home: str

    async def get(self, path: str) -> httpx.Response:
        return await self.visitor.get(path)

    async def send(self, page: str, to: str, **fields: str) -> httpx.Response:
        return await self.visitor.post(to, page=page, **fields)

    async def act(self, step: str) -> httpx.Response:
        return await self.send(self.home, f"{self.home}/{step}")

    async def read(self) -> str:
        return (await self.get(self.home)).text


async def browse(
    team: RevealHouse, person: Person, home: str = HOME, *, strong: bool = True
) -> Browser:
    visitor = Visitor(team)
    seat = await team.seat(person, strong=strong)
    visitor.client.cookies.set("curtilage-session", seat.session)
    return Browser(visitor, home)


def ask_path(team: RevealHouse) -> str:
    return f"{HOME}/ask/address?of={team.ada.id}"


async def asked(team: RevealHouse, ida: Browser) -> str:
    to = f"{HOME}/ask/address"
    answer = await ida.send(ask_path(team), to, reference=team.ada.id, reason=REASON)
    assert answer.status_code == 303, answer.text
    ida.home = answer.headers["location"]
    return ida.home


async def test_two_people_and_a_value_from_the_masked_page_to_the_end(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    person = (await ida.get(f"/console/people/{team.ada.id}")).text
    assert "a…@orchard.example" in person and ADDRESS not in person
    assert ask_path(team) in person
    form = await ida.get(ask_path(team))
    assert "Ada Quill" in form.text and ADDRESS not in form.text
    ben = await browse(team, team.ben, await asked(team, ida))
    assert "you cannot approve what you asked for" in await ida.read()
    board = (await ben.get(HOME)).text
    assert "Waiting for you" in board and REASON in board
    page = await ben.read()
    assert "Let Ida see it?" in page and REASON in page and "See the value" not in page
    approved = await ben.act("approve")
    assert approved.headers["location"] == ben.home
    assert "Approved. They can open it within 15 minutes, once." in await ben.read()
    opened = await ida.act("open")
    assert opened.status_code == 200 and ADDRESS in opened.text
    assert "saw the value" in await ida.read() and "Ben approved" in await ben.read()


async def test_a_value_is_in_one_answer_and_kept_by_nobody(team: RevealHouse) -> None:
    team.originals.values[team.address] = HOSTILE
    ida = await browse(team, team.ida)
    home = await asked(team, ida)
    await team.approve(home.rpartition("/")[2])
    answer = await ida.act("open")
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers and "location" not in answer.headers
    assert "<img" not in answer.text and "onerror" in answer.text  # as text, and nothing else
    assert "\u202e" not in answer.text and "U+202E" in answer.text
    masked = re.search(
        r"<details[^>]*>\s*<summary>Show it</summary>(.*?)</details>", answer.text, re.DOTALL
    )
    assert masked is not None and "onerror" in masked[1]
    assert "open" not in answer.text[masked.start() : masked.start() + 30]
    again = await ida.act("open")
    assert again.status_code == 303 and "onerror" not in again.text
    flash = await ida.read()
    assert "The request is not open for this" in flash and "onerror" not in flash


async def test_a_form_that_is_sent_again_opens_nothing(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    home = await asked(team, ida)
    await team.approve(home.rpartition("/")[2])
    token = await ida.visitor.token(home)
    first = await ida.visitor.post(f"{home}/open", token=token)
    second = await ida.visitor.post(f"{home}/open", token=token)
    assert (first.status_code, second.status_code) == (200, 303)
    otto = await browse(team, team.otto, home)
    stolen = await otto.visitor.post(f"{home}/open", token=token)
    assert stolen.status_code == 403
    forged = await ida.visitor.post(f"{home}/open", token="x")
    assert forged.status_code == 403


@pytest.mark.parametrize("strong", [True, False])
async def test_whoever_did_not_prove_themselves_lately_is_asked_to_first(
    team: RevealHouse, strong: bool
) -> None:
    ida = await browse(team, team.ida)
    home = await asked(team, ida)
    await team.approve(home.rpartition("/")[2])
    ida = await browse(team, team.ida, home, strong=strong)
    ben = await browse(team, team.ben, home, strong=strong)
    if strong:
        team.house.clock.advance(timedelta(minutes=11))
    for answer in (
        await ida.get(ask_path(team)),
        await ida.get(ASK_TOKEN),
        await ida.act("open"),
        await ben.act("refuse"),
    ):
        assert answer.status_code == 303
        location = answer.headers["location"]
        assert location.startswith("/login/again?next=/console/reveals")
        assert location.endswith("&acr=aal2")
    assert ADDRESS not in await ida.read()
    assert team.originals.opened == []
    fields = {"reference": TOKEN.reference, "within": "default", "reason": REASON}
    sent = await ida.send(HOME, ASK_TOKEN, **fields)
    assert sent.headers["location"] == "/login/again?next=/console/reveals/ask/token&acr=aal2"


async def test_what_was_typed_for_a_token_is_in_no_address(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    answer = await ida.send(
        ASK_TOKEN, ASK_TOKEN, reference=f" {TOKEN.reference} ", within="default", reason=REASON
    )
    assert TOKEN.reference not in answer.headers["location"]
    ida.home = answer.headers["location"]
    assert TOKEN.reference in await ida.read()
    await team.approve(ida.home.rpartition("/")[2])
    assert "ada.quill@harbour.example" in (await ida.act("open")).text


@pytest.mark.parametrize("reference", ["", "tok_9", "x" * 9000, "<script>alert(1)</script>"])
async def test_what_is_not_there_is_said_beside_the_field(
    team: RevealHouse, reference: str
) -> None:
    ida = await browse(team, team.ida)
    for path in (ASK_TOKEN, ASK_RECORD):
        answer = await ida.send(path, path, reference=reference, within="x", reason=REASON)
        assert answer.status_code == 404
        assert '<a href="#reference">' in answer.text
        assert REASON in answer.text and "<script>alert" not in answer.text
    answer = await ida.send(ASK_TOKEN, ASK_TOKEN, reference=TOKEN.reference, reason="no")
    assert answer.status_code == 422 and '<a href="#reason">' in answer.text


async def test_addresses_that_lead_nowhere_are_not_there(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    for path in (f"{HOME}/unknown", f"{HOME}/ask/secret", f"{HOME}/ask/address?of=nobody"):
        assert (await ida.get(path)).status_code == 404
    sent = await ida.send(HOME, f"{HOME}/ask/address", reference="nobody", reason=REASON)
    assert sent.status_code == 404
    assert (await ida.send(HOME, f"{HOME}/unknown/open")).status_code == 404


async def test_pages_and_forms_take_their_rights(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    home = await asked(team, ida)
    ada = await browse(team, team.ada, home)
    for path in (HOME, home, ask_path(team)):
        assert (await ada.get(path)).status_code == 403
    for step in ("approve", "refuse", "withdraw", "open"):
        assert (await ada.send("/account", f"{home}/{step}")).status_code == 403
    ben = await browse(team, team.ben, home)
    assert (await ben.get(ask_path(team))).status_code == 403
    assert (await ben.act("open")).status_code == 403
    assert (await ida.act("approve")).status_code == 403
    stranger = Visitor(team)
    assert (await stranger.get(home)).headers["location"].startswith("/login?next=/console/reveals")


async def test_refused_is_refused_and_says_by_whom(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    ben = await browse(team, team.ben, await asked(team, ida))
    await ben.act("refuse")
    assert "Refused. Nobody sees the value." in await ben.read()
    page = await ida.read()
    assert "Ben refused" in page and "Open…" not in page
    assert (await ida.act("withdraw")).status_code == 303
    assert "The request is not open for this" in await ida.read()


async def test_withdrawn_and_expired_are_told(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    await asked(team, ida)
    await ida.act("withdraw")
    assert "Withdrawn." in await ida.read()
    assert "Ida withdrew it" in await ida.read()
    home = await asked(team, ida)
    await team.approve(home.rpartition("/")[2])
    team.house.clock.advance(OPEN_WITHIN)
    ida = await browse(team, team.ida, home)
    page = await ida.read()
    assert "Expired" in page and "Open…" not in page
    await ida.act("open")
    assert "The request is not open for this" in await ida.read()


async def test_a_new_right_is_said_and_one_from_the_asker_shown(team: RevealHouse) -> None:
    await team.give(team.ida, *team.ida.roles, ADMINISTRATOR, by=ADMIN)
    roles = team.ida.roles | ADMIN.roles
    await team.give(
        team.otto, REVIEWER, by=Principal(ADMIN.tenant, team.ida.id, ADMIN.kind, roles=roles)
    )
    ida = await browse(team, team.ida)
    otto = await browse(team, team.otto, await asked(team, ida))
    page = await otto.read()
    assert "Your right to approve is new" in page and "Approve…" not in page
    await otto.act("approve")
    assert "The right to approve was given too lately" in await otto.read()
    team.house.clock.advance(timedelta(hours=24))
    ida = await browse(team, team.ida)
    otto = await browse(team, team.otto, await asked(team, ida))
    await otto.act("approve")
    assert "Ida had given them the right to." in await ida.read()


async def test_erased_is_said_and_is_no_error(team: RevealHouse) -> None:
    ida = await browse(team, team.ida)
    home = await asked(team, ida)
    await team.approve(home.rpartition("/")[2])
    team.originals.erased.add(team.address)
    answer = await ida.act("open")
    assert answer.status_code == 410
    assert "It cannot be opened any more: erased" in answer.text
    sent = await ida.send(HOME, f"{HOME}/ask/address", reference=team.ada.id, reason=REASON)
    assert sent.status_code == 410 and "erased" in sent.text
    team.house.person_keys.destroyed.add(team.ada.id)
    page = await ida.read()
    assert "It cannot be opened any more: erased" in page and REASON not in page


async def test_many_are_shown_a_page_at_a_time_and_none_says_what_this_is(
    team: RevealHouse,
) -> None:
    ben = await browse(team, team.ben)
    assert "Nobody has asked to see a value" in (await ben.get(HOME)).text
    for number in range(28):
        id = await team.ask(TOKEN)
        if number < 20:
            await team.service.withdraw((await team.seat(team.ida)).actor, id)
    first = (await ben.get(HOME)).text
    assert first.count("Withdrawn") == 17
    older = re.search(r'href="(/console/reveals\?before=[^"]+)"', first)
    assert older is not None
    assert (await ben.get(older[1])).text.count("data-row>") == 3


async def test_the_setting_is_said_on_every_page_that_it_changes(team: RevealHouse) -> None:
    alone = team.over(Mode.REASON)
    ida = await browse(alone, team.ida)
    assert "One person alone can see values here." in (await ida.get(HOME)).text
    assert "One person alone can see values here." in (await ida.get(ask_path(team))).text
    await asked(alone, ida)
    assert "Open it within 15 minutes." in await ida.read()
    assert ADDRESS in (await ida.act("open")).text
    off = await browse(team.over(Mode.OFF), team.ida)
    assert "Nobody can see values here" in (await off.get(HOME)).text
    answer = await off.get(ask_path(team))
    assert answer.status_code == 403 and "console.reveal" in answer.text


async def test_an_auditor_sees_what_was_asked_and_no_button(team: RevealHouse) -> None:
    await team.give(team.otto, AUDITOR, by=ADMIN)
    ida = await browse(team, team.ida)
    otto = await browse(team, team.otto, await asked(team, ida))
    page = await otto.read()
    assert REASON in page and "Approve…" not in page and "Refuse…" not in page
    assert (await otto.get(ASK_TOKEN)).status_code == 403
