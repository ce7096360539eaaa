"""What comes before anything opens, on its pages."""

import re

import pytest

from tests.fakes.visitor import Visitor
from tests.identity_house import PASSPHRASE, House
from tests.passkey_person import PasskeyPerson
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import code_of, seed_of
from tests.unit.identity.people.service.test_step_desk import leak

ONWARD, ENROL, CHANGE = "/account", "/login/enrol", "/login/passphrase"
FRESH = "pewter walnut canyon sieve"
SECRET = re.compile(r"<code>([A-Z2-7 ]+)</code>")
CEREMONY = re.compile(r'name="ceremony" value="([^"]+)"')


async def half_signed_in(house: House, name: str = "Grace") -> Visitor:
    """At the page to which the first proof leads."""
    visitor = Visitor(house)
    answer = await visitor.post("/login", name=name, passphrase=PASSPHRASE, next=ONWARD)
    assert answer.headers["location"] == f"/login/second?next={ONWARD}"
    return visitor


async def step_of(visitor: Visitor) -> str:
    answer = await visitor.get(f"/login/second?next={ONWARD}")
    return answer.headers["location"]


@pytest.fixture
def strict(make_house: MakeHouse) -> House:
    return make_house(second_factor="everybody")


async def test_whoever_has_no_second_factor_is_led_to_set_one_up_and_then_goes_on(
    strict: House,
) -> None:
    await strict.enrol()
    visitor = await half_signed_in(strict)
    where = await step_of(visitor)
    assert where == f"{ENROL}?next={ONWARD}"
    page = (await visitor.get(where)).text
    assert "Set up an authenticator app" in page
    assert f'href="/login/enrol/passkey?next={ONWARD}"' in page
    assert "Choose a passphrase" not in page
    assert (await visitor.get("/account")).headers["location"] == "/login?next=/account"
    offered = (await visitor.post(f"{ENROL}/app", page=where, next=ONWARD)).text
    seed = seed_of(SECRET.search(offered)[1])  # type: ignore[index]
    fields = {"ceremony": CEREMONY.search(offered)[1], "next": ONWARD, "page": where}  # type: ignore[index]
    wrong = await visitor.post(f"{ENROL}/app/check", code="000000", **fields)
    assert (wrong.status_code, SECRET.search(wrong.text)[1]) == (422, SECRET.search(offered)[1])  # type: ignore[index]
    done = await visitor.post(f"{ENROL}/app/check", code=code_of(strict, seed), **fields)
    assert done.headers["location"] == ONWARD
    assert "Make recovery codes" in (await visitor.get("/account")).text
    assert (await visitor.get(ENROL)).headers["location"] == "/login/second?next=/"


async def test_a_passkey_is_made_on_the_way_and_what_does_not_hold_leads_back(
    strict: House,
) -> None:
    await strict.enrol()
    visitor = await half_signed_in(strict)
    where = f"{ENROL}/passkey?next={ONWARD}"
    page = (await visitor.get(where)).text
    options = re.search(r'data-passkey-options="([^"]+)"', page)
    ceremony = CEREMONY.search(page)
    assert options is not None
    assert ceremony is not None
    answer = PasskeyPerson(strict).made(options[1].replace("&#34;", '"'))
    fields = {"ceremony": ceremony[1], "next": ONWARD, "page": ENROL}
    bad = await visitor.post(f"{ENROL}/passkey", passkey="{}", **fields)
    assert bad.headers["location"] == f"/login/second?next={ONWARD}"
    done = await visitor.post(f"{ENROL}/passkey", passkey=answer, **fields)
    assert done.headers["location"] == ONWARD
    assert (await visitor.get("/account")).status_code == 200


async def test_a_passphrase_that_leaked_is_changed_on_the_way(house: House) -> None:
    await house.enrol()
    await leak(house)
    visitor = await half_signed_in(house)
    where = await step_of(visitor)
    assert where == f"{CHANGE}?next={ONWARD}"
    assert "leaked" in (await visitor.get(where)).text
    for fields, field in (
        ({"passphrase": "", "again": ""}, "passphrase"),
        ({"passphrase": "kelpgrit", "again": "kelpgrit"}, "passphrase"),
        ({"passphrase": "curtilage gateway", "again": "curtilage gateway"}, "passphrase"),
        ({"passphrase": FRESH, "again": PASSPHRASE}, "again"),
    ):
        answer = await visitor.post(CHANGE, page=where, next=ONWARD, **fields)
        assert answer.status_code == 422
        assert f'<a href="#{field}">' in answer.text
    done = await visitor.post(CHANGE, page=where, next=ONWARD, passphrase=FRESH, again=FRESH)
    assert done.headers["location"] == ONWARD
    assert "Your passphrase is new" in (await visitor.get("/account")).text


@pytest.mark.parametrize("path", [ENROL, f"{ENROL}/passkey", CHANGE])
async def test_without_a_session_on_its_way_there_is_nothing_to_do(house: House, path: str) -> None:
    await house.enrol()
    stranger = Visitor(house)
    assert (await stranger.get(path)).headers["location"] == "/login/second?next=/"
    assert (await stranger.get("/login/second?next=/")).headers["location"] == "/login"
    for post in (f"{ENROL}/app", f"{ENROL}/app/check", f"{ENROL}/passkey", CHANGE):
        answer = await stranger.post(post, code="123456", passphrase=FRESH, again=FRESH)
        assert answer.headers["location"] == "/login/second?next=/"


async def test_a_step_that_is_not_the_next_is_not_taken(strict: House) -> None:
    await strict.enrol()
    visitor = await half_signed_in(strict)
    assert (await visitor.get(CHANGE)).headers["location"] == "/login/second?next=/"
    answer = await visitor.post(CHANGE, page=ENROL, passphrase=FRESH, again=FRESH)
    assert answer.headers["location"] == "/login/second?next=/"
    taken = await visitor.post("/login/second", page=ENROL, code="123456", next=ONWARD)
    assert taken.headers["location"] == f"{ENROL}?next={ONWARD}"
