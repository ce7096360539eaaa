"""Whose budgets a call with a token draws on."""

from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.caller_budgets import EVERYBODY, CallerBudgets, holder_of
from tests.builders import TENANT

CALLS = Budget(Measure.REQUESTS, Window.DAY, 5)
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
BOOK = CallerBudgets({(Whose.PERSON, EVERYBODY): (CALLS,), (Whose.PERSON, "ada"): (MONEY,)})


def test_who_has_none_of_their_own_is_held_to_those_of_everybody() -> None:
    assert BOOK.make_payer(TENANT, person="ada", app="notes").budgets == (("person:ada", MONEY),)
    ben = BOOK.make_payer(TENANT, person="ben", app="notes")
    assert ben.budgets == (("person:ben", CALLS),)
    assert ben.whose["person:ben"] is Whose.PERSON and ben.counts(Measure.REQUESTS)
    assert not ben.counts(Measure.MONEY)
    assert not BOOK.make_payer(TENANT, person="", app="notes").budgets


def test_a_payer_is_found_again_by_its_id_and_a_key_is_none() -> None:
    for person, app in (("ada", "notes"), ("", "notes"), ("ada", "with\na line end")):
        payer = BOOK.make_payer(TENANT, person=person, app=app)
        assert BOOK.find_payer(TENANT, payer.id) == payer
    assert BOOK.find_payer(TENANT, "0196f1c2-6a02") is None
    assert BOOK.find_payer(TENANT, "token") is None


def test_no_two_share_what_is_taken() -> None:
    assert holder_of(Whose.PERSON, "x") != holder_of(Whose.APP, "x")
    assert len(holder_of(Whose.APP, "a" * 64)) <= 64
    assert holder_of(Whose.APP, "a" * 64) != holder_of(Whose.APP, "a" * 63 + "b")
