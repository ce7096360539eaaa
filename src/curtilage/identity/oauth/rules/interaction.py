"""What a person has to do before a request is granted (OpenID Connect Core §3.1.2)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import (
    Authentication,
    AuthorizationRequest,
    Consent,
    NextStep,
    Prompt,
    Step,
)

LEVELS = {"aal1": 1, "aal2": 2, "aal3": 3}
"""Authentication contexts that can be asked for (NIST SP 800-63B-4)."""


def decide_step(
    request: AuthorizationRequest,
    client: Client,
    *,
    authentication: Authentication | None,
    subject: str,
    consent: Consent | None,
    made_at: datetime,
    at: datetime,
) -> NextStep:
    """The next step, once; after each the decision is made anew.

    `subject` is what the client calls the person. With `prompt=none` whatever is not
    granted at once is refused."""
    step = _judge_sign_in(request, authentication, subject, made_at=made_at, at=at)
    if step is None:
        assert authentication is not None
        step = _judge_consent(request, client, consent, made_at=made_at)
    if Prompt.NONE in request.prompts and step.step is not Step.GRANT:
        raise _refused_silently(step)
    return step


def _judge_sign_in(
    request: AuthorizationRequest,
    authentication: Authentication | None,
    subject: str,
    *,
    made_at: datetime,
    at: datetime,
) -> NextStep | None:
    """What is missing of the sign-in, None where nothing is."""
    level = find_level(request)
    acr = f"aal{level}" if level else ""
    if authentication is None:
        return NextStep(Step.SIGN_IN, acr=acr)
    is_new = authentication.at >= made_at  # signed in for this very request
    wants_again = bool(request.prompts & {Prompt.LOGIN, Prompt.SELECT})
    if wants_again and not is_new:
        return NextStep(Step.SIGN_IN, acr=acr, again=True)
    expected = request.claims.subject or request.hinted_subject
    if expected and expected != subject:
        return NextStep(Step.SIGN_IN, acr=acr, again=True)
    if _is_too_old(request, authentication, at=at) and not is_new:
        return NextStep(Step.SIGN_IN, acr=acr, again=True)
    if authentication.assurance < level:
        return NextStep(Step.STEP_UP, acr=acr)
    return None


def _is_too_old(
    request: AuthorizationRequest, authentication: Authentication, *, at: datetime
) -> bool:
    if request.max_age is None:
        return False
    return at - authentication.at > timedelta(seconds=request.max_age)


def find_level(request: AuthorizationRequest) -> int:
    """The lowest level that satisfies what was asked, 0 where nothing known was.

    Values that we do not know are passed over unless they are essential."""
    essential = [LEVELS[each] for each in request.claims.acr if each in LEVELS]
    if request.claims.acr and not essential:
        raise RequestRefused(
            Fault.UNMET_AUTHENTICATION, "The authentication that was asked for is not offered."
        )
    wished = [LEVELS[each] for each in request.acr_values if each in LEVELS]
    return max(min(essential, default=0), min(wished, default=0))


def _judge_consent(
    request: AuthorizationRequest, client: Client, consent: Consent | None, *, made_at: datetime
) -> NextStep:
    if Prompt.CONSENT in request.prompts:
        is_fresh = consent is not None and consent.changed_at >= made_at
        return NextStep(Step.GRANT if is_fresh and covers(consent, request) else Step.ASK)
    is_covered = covers(consent, request) and not request.details  # those are asked each time
    if client.is_first_party or is_covered:
        return NextStep(Step.GRANT)
    return NextStep(Step.ASK)


def covers(consent: Consent | None, request: AuthorizationRequest) -> bool:
    """Whether a person allowed all of it before."""
    return (
        consent is not None
        and consent.scopes.issuperset(request.consented_scopes)
        and consent.resources.issuperset(request.resources)
    )


def _refused_silently(step: NextStep) -> RequestRefused:
    if step.step is Step.ASK:
        return RequestRefused(Fault.CONSENT_REQUIRED, "The person has to be asked first.")
    return RequestRefused(Fault.LOGIN_REQUIRED, "The person has to sign in first.")


def verify_prompts(prompts: Sequence[str]) -> frozenset[Prompt]:
    """The prompts; those that are not known are passed over. `none` stands alone."""
    known = frozenset(Prompt(each) for each in prompts if each in set(Prompt))
    if Prompt.NONE in known and len(prompts) > 1:
        raise RequestRefused(Fault.INVALID_REQUEST, "prompt=none stands alone.")
    return known
