"""Builders with defaults: a test says only what it is about.

`a_finding(type="IBAN_CODE")` reads as a sentence and leaves out the rest. Only
invented people, only `.example` domains.
"""

from datetime import datetime
from typing import Any

from curtilage.core.models import (
    Event,
    Finding,
    Principal,
    PrincipalId,
    PrincipalKind,
    PurposeKey,
    Scope,
    SubjectId,
    TenantId,
)
from tests.fakes.clock import START
from tests.fakes.ids import fixed_id

TENANT = TenantId("tenant-orchard")
SERVICE = PrincipalId("service-helpdesk")
PERSON = SubjectId("person-ada")
ASSIST = PurposeKey("assist")


def a_principal(**given: Any) -> Principal:
    """A service that may use the purpose `assist`."""
    defaults: dict[str, Any] = {
        "tenant": TENANT,
        "id": SERVICE,
        "kind": PrincipalKind.SERVICE,
        "purposes": frozenset({ASSIST}),
    }
    return Principal(**(defaults | given))


def a_scope(**given: Any) -> Scope:
    """The scope of one conversation of the helpdesk service."""
    defaults: dict[str, Any] = {
        "tenant": TENANT,
        "principal": SERVICE,
        "subject": None,
        "span": "session",
        "name": "conversation-7",
    }
    return Scope(**(defaults | given))


def a_finding(**given: Any) -> Finding:
    """An e-mail address at the start of a text, `ada@orchard.example`."""
    defaults: dict[str, Any] = {
        "start": 0,
        "end": 19,
        "type": "EMAIL_ADDRESS",
        "score": 1.0,
        "category": "user.contact.email",
        "detector": "email_address",
    }
    return Finding(**(defaults | given))


def an_event(*, number: int = 1, at: datetime = START, **given: Any) -> Event:
    """The intent of one exchange; `number` makes its id and those of others differ."""
    defaults: dict[str, Any] = {
        "id": fixed_id(number),
        "at": at,
        "kind": "exchange.intended",
        "tenant": TENANT,
        "actor": "actor-1",
        "actor_kind": "service",
        "purpose": ASSIST,
    }
    return Event(**(defaults | given))
