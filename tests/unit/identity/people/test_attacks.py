"""Attacks on signing in, at its pages and in its rules, that have to fail."""

from datetime import timedelta

import pytest

from curtilage.identity.errors import ProveAgain
from curtilage.identity.people.models import Assurance, AuthenticatorKind, Proof, ProofKind
from curtilage.identity.people.rules import best_of, lead_to
from tests.fakes.clock import START
from tests.fakes.visitor import Visitor
from tests.identity_house import PASSPHRASE, House
from tests.unit.identity.conftest import MakeHouse
from tests.unit.identity.people.service.test_proving import code_of, prove, sign_in, with_app

PWD, APP = AuthenticatorKind.PASSPHRASE, AuthenticatorKind.TOTP
KEY, CODE = AuthenticatorKind.PASSKEY, AuthenticatorKind.RECOVERY_CODE
AGAIN = "/login/again?next=/account&acr=aal2"
COOKIE = "curtilage-session"


@pytest.mark.parametrize(
    ("proved", "held", "ways"),
    [
        ([], {PWD}, set()),  # nothing that they have reaches it
        ([], {PWD, CODE}, set()),
        ([], {PWD, APP}, {PWD, APP}),
        ([ProofKind.PASSPHRASE], {PWD, APP}, {APP}),
        ([ProofKind.TOTP], {PWD, APP, CODE}, {PWD}),
        ([ProofKind.PASSPHRASE, ProofKind.TOTP], {PWD, APP}, {PWD, APP}),
        ([], {KEY}, {KEY}),
    ],
)
def test_ways_to_a_level_are_those_that_lead_on_from_what_was_proved_lately(
    proved: list[ProofKind], held: set[AuthenticatorKind], ways: set[AuthenticatorKind]
) -> None:
    assert lead_to([Proof(each, START) for each in proved], held, Assurance.TWO) == ways


def test_the_best_of_what_somebody_has() -> None:
    assert [best_of(kinds) for kinds in ((), (PWD,), (PWD, APP), (KEY,))] == [0, 1, 2, 2]


async def test_to_reach_a_level_anew_each_factor_is_shown_anew(house: House) -> None:
    """A session of this morning and a passphrase are one factor, also at the page."""
    seed = await with_app(house)
    session = await prove(house, await sign_in(house), ProofKind.TOTP, code_of(house, seed))
    house.clock.advance(timedelta(minutes=20))
    visitor = Visitor(house)
    visitor.client.cookies.set(COOKIE, session.secret)
    page = (await visitor.get(AGAIN)).text
    assert 'name="passphrase"' in page
    assert 'name="code"' in page
    more = f"{AGAIN}&more=1"
    taken = await visitor.post("/login/again", page=AGAIN, passphrase=PASSPHRASE, next=more)
    assert taken.headers["location"] == more
    page = (await visitor.get(more)).text
    assert 'name="passphrase"' not in page
    taken = await visitor.post("/login/again", page=more, code=code_of(house, seed), next=more)
    assert (await visitor.get(more)).headers["location"] == "/account"


async def test_a_session_on_its_way_sees_what_a_stranger_sees(make_house: MakeHouse) -> None:
    """Every page and every form but those of the step that is next, and of signing out."""
    house = make_house(second_factor="everybody")
    await house.enrol()
    half, stranger = Visitor(house), Visitor(house)
    half.client.cookies.set(COOKIE, await sign_in(house))
    own = ("/login/second", "/login/enrol", "/login/again", "/login/passphrase", "/logout")
    slices = house.identity.as_slices(usual_purpose=lambda: "assist")
    routes = [route for each in slices for route in each.routes]
    assert len(routes) > 50
    for route in routes:
        path = route.path.replace("{", "").replace("}", "")
        if path.startswith(own):
            continue
        answers = []
        for visitor in (half, stranger):
            if route.method == "GET":
                answer = await visitor.get(path)
            else:
                answer = await visitor.post(path, passphrase="x", id="x", ceremony="x", code="1")
            answers.append((answer.status_code, answer.headers.get("location")))
        assert answers[0] == answers[1], (route.method, path)
        if route.permission:
            assert answers[0][1].startswith("/login"), path


async def test_a_session_and_the_passphrase_make_no_new_factor_beside_a_code(
    house: House,
) -> None:
    """Else codes made with them would stand in for the app a moment later."""
    seed = await with_app(house)
    session = await prove(house, await sign_in(house), ProofKind.TOTP, code_of(house, seed))
    house.clock.advance(timedelta(minutes=20))
    again = await prove(house, session.secret, ProofKind.PASSPHRASE, PASSPHRASE)
    account = house.people.account
    for work in (
        account.renew_recovery_codes(again.secret),
        account.offer_totp(again.secret),
        account.offer_passkey(again.secret),
        account.change_passphrase(again.secret, "pewter walnut canyon sieve"),
        account.leave(again.secret),
    ):
        with pytest.raises(ProveAgain):
            await work
    visitor = Visitor(house)
    visitor.client.cookies.set(COOKIE, again.secret)
    answer = await visitor.post("/account/codes", page="/account")
    assert answer.headers["location"] == AGAIN
    assert 'name="passphrase"' not in (await visitor.get(AGAIN)).text
    both = await prove(house, again.secret, ProofKind.TOTP, code_of(house, seed))
    assert await account.renew_recovery_codes(both.secret)
