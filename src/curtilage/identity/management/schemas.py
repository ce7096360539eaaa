"""JSON Schemas (2020-12) of what the management API takes and gives, for its document.

What is refused for more than its shape (a name that is taken, an address that cannot be
registered) is said in words and not here.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

from curtilage.core.models import PrincipalKind
from curtilage.identity.budgets import Measure, Window
from curtilage.identity.management.wire.bodies import (
    DECADE,
    LARGEST,
    LONGEST_NAME,
    LONGEST_TYPED,
    MONTH,
    MOST_ROWS,
)
from curtilage.identity.management.wire.members import LONGEST_ID, MOST_LISTED
from curtilage.identity.oauth.models.clients import AuthMethod, GrantType, SubjectType
from curtilage.identity.people.models import InvitationState, InviterKind

Schema: TypeAlias = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
TIME: Schema = {"type": "string", "format": "date-time"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_TIME: Schema = {"type": ["string", "null"], "format": "date-time"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ID: Schema = {
    "type": "string",
    "maxLength": LONGEST_ID,
    "pattern": "^[A-Za-z0-9][A-Za-z0-9_.:~-]*$",
}
TEXTS: Schema = {
    "type": "array",
    "maxItems": MOST_LISTED,
    "items": {"type": "string", "maxLength": LONGEST_ID},
}
PAGED: Mapping[str, Schema] = {
    "after": ID,
    "limit": {"type": "integer", "minimum": 1, "maximum": MOST_ROWS},
}


def takes(*needed: str, **members: Schema) -> Schema:
    """An object with these members and no other."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": members,
        **({"required": list(needed)} if needed else {}),
    }


def gives(**members: Schema) -> Schema:
    """An object that has all of these members; later versions may add some."""
    return {"type": "object", "required": list(members), "properties": members}


def rows(name: str, of: Schema) -> Schema:
    """A page of a list."""
    return gives(**{name: {"type": "array", "items": of}, "next": MAYBE_TEXT})


def listed(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def most(length: int) -> Schema:
    return {"type": "string", "maxLength": length}


NAME: Schema = {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
BUDGET: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["measure", "window", "limit"],
    "properties": {
        "measure": {"enum": [each.value for each in Measure]},
        "window": {"enum": [each.value for each in Window]},
        "limit": {"type": "string", "minLength": 1, "maxLength": 32},
    },
}
BUDGETS: Schema = {"type": "array", "maxItems": MOST_LISTED, "items": BUDGET}
OVERLAP = takes(overlap_seconds={"type": "integer", "minimum": 0, "maximum": MONTH})

PERSON = gives(
    id=ID,
    name=TEXT,
    address=TEXT,
    state={"enum": ["active", "disabled"]},
    roles=listed(TEXT),
    signs_in_with=listed(TEXT),
    created_at=TIME,
    disabled_at=MAYBE_TIME,
)
SEARCH = takes("who", who={"type": "string", "minLength": 1, "maxLength": LONGEST_TYPED})
INVITATION = takes(address=most(LONGEST_TYPED), roles=TEXTS)
INVITED = gives(id=ID, link=TEXT, expires_in_seconds=COUNT)
WAITING = gives(
    id=ID,
    address=TEXT,
    roles=listed(TEXT),
    state={"enum": [each.value for each in InvitationState]},
    invited_by=gives(kind={"enum": [each.value for each in InviterKind]}, id=TEXT, name=MAYBE_TEXT),
    created_at=TIME,
    expires_at=TIME,
)
ROLES = takes("roles", roles=TEXTS)
SESSION = gives(id=ID, device=TEXT, assurance=COUNT, started_at=TIME, seen_at=TIME)
APP = gives(id=ID, name=MAYBE_TEXT, scopes=listed(TEXT), given_at=TIME, changed_at=TIME)
ENDED = gives(ended=COUNT)

PROVIDER = gives(
    name=TEXT,
    label=TEXT,
    issuer=TEXT,
    state={"enum": ["unknown", "answers", "fails"]},
    checked_at=MAYBE_TIME,
    domains=listed(TEXT),
    may_create=FLAG,
    linked_accounts=COUNT,
)

METADATA = takes(
    "client_name",
    client_name=NAME,
    token_endpoint_auth_method={"enum": [each.value for each in AuthMethod]},
    redirect_uris=TEXTS,
    post_logout_redirect_uris=TEXTS,
    backchannel_logout_uri=TEXT,
    backchannel_logout_session_required=FLAG,
    grant_types={"type": "array", "items": {"enum": [each.value for each in GrantType]}},
    scope=TEXT,
    jwks={"type": "object"},
    jwks_uri=TEXT,
    require_pushed_authorization_requests=FLAG,
    dpop_bound_access_tokens=FLAG,
    subject_type={"enum": [each.value for each in SubjectType]},
    id_token_signed_response_alg=TEXT,
    client_uri=TEXT,
    logo_uri=TEXT,
    policy_uri=TEXT,
    tos_uri=TEXT,
    first_party=FLAG,
    resources=TEXTS,
    serves=TEXTS,
    authorization_details_types=TEXTS,
    sector=most(LONGEST_ID),
)
CLIENT = gives(
    id=ID,
    state={"enum": ["active", "revoked"]},
    dynamic=FLAG,
    created_at=TIME,
    revoked_at=MAYBE_TIME,
    metadata={"type": "object"},
)
MADE_CLIENT = gives(client=CLIENT, client_secret=MAYBE_TEXT)

LIMIT: Schema = {"type": "integer", "minimum": 1, "maximum": LARGEST}
KEY_REQUEST = takes(
    "name",
    name=NAME,
    purposes=TEXTS,
    kind={"enum": [each.value for each in PrincipalKind]},
    rights=TEXTS,
    models=TEXTS,
    expires_in_seconds={"type": "integer", "minimum": 1, "maximum": DECADE},
    requests_per_minute=LIMIT,
    tokens_per_minute=LIMIT,
    budgets=BUDGETS,
    group=most(LONGEST_NAME),
    owner=ID,
    principal=ID,
)
KEY = gives(
    id=ID,
    name=TEXT,
    state={"enum": ["active", "expired", "revoked"]},
    principal=TEXT,
    kind=TEXT,
    owner=MAYBE_TEXT,
    purposes=listed(TEXT),
    rights=listed(TEXT),
    models=listed(TEXT),
    requests_per_minute={"type": ["integer", "null"]},
    tokens_per_minute={"type": ["integer", "null"]},
    budgets=listed(BUDGET),
    group=MAYBE_TEXT,
    created_at=TIME,
    expires_at=MAYBE_TIME,
    revoked_at=MAYBE_TIME,
    last_used_at=MAYBE_TIME,
)
MADE_KEY = gives(key=KEY, secret=TEXT)
LIMITS = takes("budgets", "group", budgets=BUDGETS, group=most(LONGEST_NAME))
NEW_GROUP = takes("name", name=NAME, budgets=BUDGETS)
NEW_BUDGETS = takes("budgets", budgets=BUDGETS)
GROUP = gives(id=ID, name=TEXT, budgets=listed(BUDGET), created_at=TIME)
