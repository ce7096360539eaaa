"""What a place asks, and who is turned away."""

import pytest

from curtilage.identity.relying.errors import (
    NotSignedIn,
    PurposeMissing,
    RelyingSetup,
    ScopeMissing,
    StepUpNeeded,
)
from curtilage.identity.relying.guard import build_need, verify_access
from curtilage.identity.relying.models import Need, Standing
from curtilage.identity.relying.replies import encode_problem_page
from curtilage.identity.relying.session import Session
from tests.fakes.clock import START

ADA = Session(Standing("ada", "aal1", (), START, frozenset({"openid"})), "Ada")


def need(**given: object) -> Need:
    return build_need(**{"purpose": None, "acr": None, "max_age": None, "scope": None, **given})  # type: ignore[arg-type]


def test_who_meets_a_need_is_given_back() -> None:
    assert verify_access(need(scope="openid", acr="aal1"), ADA, at=START) is ADA
    assert "Ada" not in repr(ADA) and "'ada'" not in repr(ADA)


@pytest.mark.requirement(23)
def test_who_does_not_is_told_which_part() -> None:
    with pytest.raises(NotSignedIn):
        verify_access(need(), None, at=START)
    with pytest.raises(StepUpNeeded) as step:
        verify_access(need(acr="aal2", max_age=60), ADA, at=START)
    assert (step.value.acr, step.value.max_age) == ("aal2", 60)
    with pytest.raises(ScopeMissing) as scope:
        verify_access(need(scope="b a"), ADA, at=START)
    assert scope.value.scopes == ("a", "b")
    with pytest.raises(PurposeMissing):
        verify_access(need(purpose="research"), ADA, at=START)


@pytest.mark.parametrize("given", [{"acr": "a b"}, {"max_age": 5}])
def test_what_nobody_could_meet_is_refused_at_once(given: dict[str, object]) -> None:
    with pytest.raises(RelyingSetup):
        need(**given)


def test_a_page_of_a_problem_escapes_what_it_holds() -> None:
    page = encode_problem_page(NotSignedIn("<script>"), login='/"><script>')
    assert b"<script>" not in page.body
