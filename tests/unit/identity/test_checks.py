"""What the doctor says about keys and enrolment."""

from dataclasses import replace
from datetime import timedelta

from curtilage.identity.checks import IdentityFacts, check_identity
from curtilage.identity.people.models import SetupLink
from curtilage.identity.service.keys import KeyRequest
from tests.builders import ASSIST, TENANT
from tests.fakes.clock import START
from tests.identity_house import ADMIN, House

LINK = SetupLink(TENANT, b"d" * 32, START, START + timedelta(hours=24))
NOBODY = IdentityFacts(keys=[], is_enrolled=False, link=None)


def codes(facts: IdentityFacts, *, after: timedelta = timedelta(0)) -> list[str]:
    return [seen.code for seen in check_identity(facts, at=START + after)]


def test_nobody_enrolled_and_an_open_link_are_told_apart() -> None:
    assert codes(NOBODY) == ["identity.no-administrator"]
    open_ = replace(NOBODY, link=LINK)
    assert codes(open_) == ["identity.setup-link-open"]
    assert codes(open_, after=timedelta(hours=24)) == ["identity.no-administrator"]
    assert codes(replace(open_, is_enrolled=True)) == []


async def test_a_key_that_expires_soon_is_named_by_its_id(house: House) -> None:
    await house.enrol()
    keys = house.identity.keys
    for name, days in (("soon", 10), ("later", 100)):
        request = KeyRequest(name, frozenset({ASSIST}), expires_in=timedelta(days=days))
        created = await keys.create(ADMIN, request)
    await keys.create(ADMIN, KeyRequest("for ever", frozenset({ASSIST})))
    facts = await house.identity.facts.load()
    (seen,) = check_identity(facts, at=house.clock.now())
    assert seen.code == "identity.key-expires"
    assert "10 days" in seen.detail
    assert created.key.id not in seen.detail
    assert "soon" not in seen.detail.replace("expires soon", "")
    (soon,) = [key for key in facts.keys if key.name == "soon"]
    await keys.revoke(ADMIN, soon.id)
    assert codes(await house.identity.facts.load()) == []
    assert codes(await house.identity.facts.load(), after=timedelta(days=95)) == [
        "identity.key-expires"
    ]
