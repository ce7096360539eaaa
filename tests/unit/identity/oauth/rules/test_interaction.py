"""What a person has to do first, over everything a client can ask."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import (
    Authentication,
    AuthorizationRequest,
    ClaimsAsked,
    Consent,
    NextStep,
    Prompt,
    Step,
)
from curtilage.identity.oauth.rules.interaction import (
    covers,
    decide_step,
    find_level,
    verify_prompts,
)
from tests.builders import TENANT
from tests.fakes.clock import START

CLIENT = Client("c", TENANT, "Notes", START)
TRUSTED = replace(CLIENT, is_first_party=True)
ADA = PrincipalId("person-ada")
REQUEST = AuthorizationRequest("c", "https://a.example", "x" * 43, scopes=("openid",))
EARLIER = START - timedelta(minutes=10)
SESSION = Authentication(ADA, "s", EARLIER, 1, "aal1")
CONSENT = Consent(TENANT, ADA, "c", frozenset({"openid"}), frozenset(), EARLIER, EARLIER)


def step(
    request: AuthorizationRequest = REQUEST,
    client: Client = TRUSTED,
    authentication: Authentication | None = SESSION,
    consent: Consent | None = None,
    subject: str = "person-ada",
) -> NextStep:
    return decide_step(
        request,
        client,
        authentication=authentication,
        subject=subject,
        consent=consent,
        made_at=START,
        at=START + timedelta(seconds=30),
    )


def asking(*prompts: Prompt, **given: object) -> AuthorizationRequest:
    return replace(REQUEST, prompts=frozenset(prompts), **given)  # type: ignore[arg-type]


@pytest.mark.requirement(28, 31)
def test_a_session_and_a_consent_are_enough() -> None:
    assert step().step is Step.GRANT
    assert step(client=CLIENT, consent=CONSENT).step is Step.GRANT
    assert step(client=CLIENT).step is Step.ASK
    assert step(authentication=None) == NextStep(Step.SIGN_IN)


@pytest.mark.requirement(31)
@pytest.mark.parametrize("prompt", [Prompt.LOGIN, Prompt.SELECT])
def test_a_prompt_to_sign_in_wants_a_new_session(prompt: Prompt) -> None:
    assert step(asking(prompt)) == NextStep(Step.SIGN_IN, again=True)
    fresh = replace(SESSION, at=START + timedelta(seconds=5))
    assert step(asking(prompt), authentication=fresh).step is Step.GRANT


@pytest.mark.requirement(28, 31)
def test_a_prompt_for_consent_asks_even_who_allowed_it_before() -> None:
    request = asking(Prompt.CONSENT)
    assert step(request, CLIENT, consent=CONSENT).step is Step.ASK
    assert step(request).step is Step.ASK
    fresh = replace(CONSENT, changed_at=START)
    assert step(request, CLIENT, consent=fresh).step is Step.GRANT


@pytest.mark.requirement(23, 31)
def test_max_age_counts_from_the_real_event() -> None:
    assert step(asking(max_age=3600)).step is Step.GRANT
    assert step(asking(max_age=60)) == NextStep(Step.SIGN_IN, again=True)
    fresh = replace(SESSION, at=START)
    assert step(asking(max_age=0), authentication=fresh).step is Step.GRANT


@pytest.mark.requirement(23)
def test_a_level_that_is_missing_is_a_step_up() -> None:
    request = asking(acr_values=("unheard-of", "aal2"))
    assert step(request) == NextStep(Step.STEP_UP, acr="aal2")
    assert step(request, authentication=None) == NextStep(Step.SIGN_IN, acr="aal2")
    strong = replace(SESSION, assurance=2, acr="aal2")
    assert step(request, authentication=strong).step is Step.GRANT


@pytest.mark.requirement(31)
def test_another_person_than_expected_signs_in_again() -> None:
    hinted = asking(hinted_subject="person-ben")
    named = asking(claims=ClaimsAsked(subject="person-ben"))
    assert step(hinted) == step(named) == NextStep(Step.SIGN_IN, again=True)


@pytest.mark.requirement(31)
@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"authentication": None}, Fault.LOGIN_REQUIRED),
        ({"client": CLIENT}, Fault.CONSENT_REQUIRED),
        ({"subject": "person-ben", "hint": "person-ada"}, Fault.LOGIN_REQUIRED),
    ],
)
def test_without_a_page_whatever_is_missing_is_refused(
    given: dict[str, object], fault: Fault
) -> None:
    request = asking(Prompt.NONE, hinted_subject=str(given.pop("hint", "")))
    with pytest.raises(RequestRefused) as refused:
        step(request, **given)  # type: ignore[arg-type]
    assert refused.value.fault is fault
    assert step(asking(Prompt.NONE)).step is Step.GRANT


@pytest.mark.requirement(23)
def test_levels_that_are_not_known_are_passed_over_unless_essential() -> None:
    assert find_level(asking(acr_values=("1", "2"))) == 0
    assert find_level(asking(acr_values=("aal3", "aal2"))) == 2
    assert find_level(asking(claims=ClaimsAsked(acr=("aal3", "x")), acr_values=("aal1",))) == 3
    with pytest.raises(RequestRefused) as refused:
        find_level(asking(claims=ClaimsAsked(acr=("x",))))
    assert refused.value.fault is Fault.UNMET_AUTHENTICATION


def test_a_consent_covers_no_more_than_it_says() -> None:
    assert covers(CONSENT, REQUEST)
    assert not covers(None, REQUEST)
    assert not covers(CONSENT, replace(REQUEST, scopes=("openid", "email")))
    assert not covers(CONSENT, replace(REQUEST, resources=("https://files.example",)))


@pytest.mark.requirement(31)
def test_prompt_none_stands_alone() -> None:
    assert verify_prompts(["login", "unknown"]) == {Prompt.LOGIN}
    assert verify_prompts(["none"]) == {Prompt.NONE}
    with pytest.raises(RequestRefused):
        verify_prompts(["none", "login"])
