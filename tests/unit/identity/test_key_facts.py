"""What records say of keys."""

from dataclasses import replace

from curtilage.identity.budgets import Budget, Measure, Window
from curtilage.identity.key_facts import describe_budgets, describe_key, limits_of
from curtilage.identity.models import KeyGroup
from tests.builders import TENANT
from tests.fakes.clock import START
from tests.fakes.keys import a_key

DAILY = Budget(Measure.REQUESTS, Window.DAY, 500)


def test_names_that_somebody_typed_stay_out() -> None:
    group = KeyGroup("group-1", TENANT, "Ada's team", START)
    key = replace(a_key(1, name="Ada's laptop"), group=group, budgets=(DAILY,), owner=None)
    facts = describe_key(key)
    assert "Ada" not in str(facts)
    assert facts["key"] == key.id
    assert facts["group"] == "group-1"
    assert "owned" not in facts


def test_limits_are_said_where_there_are_any() -> None:
    assert limits_of(replace(a_key(1), budgets=(), group=None)) == {}
    assert describe_budgets([DAILY]) == [["requests", "day", 500]]
