"""What is worth knowing about keys and enrolment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from curtilage.core.models import Observation
from curtilage.core.words import count
from curtilage.identity.models import ApiKey
from curtilage.identity.people.models import SetupLink
from curtilage.identity.people.rules import is_link_open

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """The state that the checks look at, as it was at one instant."""

    keys: Sequence[ApiKey]
    is_enrolled: bool
    link: SetupLink | None


def check_identity(facts: IdentityFacts, *, at: datetime) -> list[Observation]:
    """Keys about to expire, nobody enrolled, a set-up link that is open."""
    return [*_expiring(facts.keys, at), *_enrolment(facts, at)]


def _expiring(keys: Sequence[ApiKey], at: datetime) -> list[Observation]:
    soon = [
        key
        for key in keys
        if key.revoked_at is None
        and key.expires_at is not None
        and at < key.expires_at <= at + SOON
    ]
    return [
        Observation(
            code="identity.key-expires",
            title="An API key expires soon",
            detail=f"The key {key.id} expires in {count((key.expires_at - at).days, 'day')}.",
            severity="warning",
            mend="Make a new one with `curtilage apikeys create --principal`, then revoke this one.",
        )
        for key in soon
        if key.expires_at is not None
    ]


def _enrolment(facts: IdentityFacts, at: datetime) -> list[Observation]:
    waits = facts.link is not None and is_link_open(facts.link, at=at)
    if facts.is_enrolled:
        return []
    if waits:
        return [
            Observation(
                code="identity.setup-link-open",
                title="The set-up link is still open",
                detail="Whoever has the link can make themselves the administrator.",
                severity="warning",
                mend="Open it now; it is in the file set-up-link in the data directory.",
            )
        ]
    return [
        Observation(
            code="identity.no-administrator",
            title="Nobody is enrolled",
            detail="There is no administrator, so that nobody can see the console.",
            severity="warning",
            mend="Run `curtilage init`: it writes a new set-up link into the data directory.",
        )
    ]
