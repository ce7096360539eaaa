"""What each call answers: plain values as JSON. Nothing here can open anything.

An address is masked, as on the pages; of keys and apps there is no secret, code or hash.
"""

from datetime import datetime
from typing import Any

from curtilage.core.clock import encode_instant
from curtilage.identity.oauth.models.clients import Client
from curtilage.identity.oauth.models.requests import Consent
from curtilage.identity.oauth.wire.client_metadata import encode_client_metadata
from curtilage.identity.people.rules import mask
from curtilage.identity.people.views import ListedInvitation, ListedPerson, ListedSession
from curtilage.identity.providers.views import OverseenProvider

_FACTS = frozenset({"client_id", "client_id_issued_at", "response_types"})


def encode_person(person: ListedPerson) -> dict[str, Any]:
    """Somebody. The name is what they are called here; of the address only so much is shown
    as tells people apart."""
    return {
        "id": person.id,
        "name": person.name,
        "address": mask(person.address),
        "state": "disabled" if person.disabled_at else "active",
        "roles": sorted(person.roles),
        "signs_in_with": sorted(each.value for each in person.ways),
        "created_at": encode_instant(person.created_at),
        "disabled_at": _instant(person.disabled_at),
    }


def encode_invitation(each: ListedInvitation) -> dict[str, Any]:
    """Somebody who may come, without the link: that was shown once."""
    return {
        "id": each.id,
        "address": mask(each.address),
        "roles": sorted(each.roles),
        "state": each.state.value,
        "invited_by": {
            "kind": each.by_kind.value,
            "id": each.by,
            "name": each.inviter or None,
        },
        "created_at": encode_instant(each.made_at),
        "expires_at": encode_instant(each.expires_at),
    }


def encode_session(session: ListedSession) -> dict[str, Any]:
    """Where somebody is signed in."""
    return {
        "id": session.id,
        "device": session.device,
        "assurance": session.assurance.value,
        "started_at": encode_instant(session.started_at),
        "seen_at": encode_instant(session.seen_at),
    }


def encode_client(client: Client) -> dict[str, Any]:
    """An app. `metadata` is what can be sent back to change it."""
    told = encode_client_metadata(client)
    return {
        "id": client.id,
        "state": "revoked" if client.revoked_at else "active",
        "dynamic": client.is_dynamic,
        "created_at": encode_instant(client.created_at),
        "revoked_at": _instant(client.revoked_at),
        "metadata": {
            **{name: value for name, value in told.items() if name not in _FACTS},
            "first_party": client.is_first_party,
            "resources": list(client.resources),
            "serves": list(client.serves),
            **({"sector": client.sector} if client.sector else {}),
        },
    }


def encode_app(consent: Consent, name: str | None) -> dict[str, Any]:
    """An app that somebody allowed something; `name` is None for one that is gone."""
    return {
        "id": consent.client,
        "name": name,
        "scopes": sorted(consent.scopes),
        "given_at": encode_instant(consent.given_at),
        "changed_at": encode_instant(consent.changed_at),
    }


def encode_provider(provider: OverseenProvider) -> dict[str, Any]:
    """A provider that people sign in through, without what proves us to it."""
    return {
        "name": provider.name,
        "label": provider.label,
        "issuer": provider.issuer,
        "state": provider.state,
        "checked_at": _instant(provider.checked_at),
        "domains": list(provider.domains),
        "may_create": provider.may_create,
        "linked_accounts": provider.links,
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else encode_instant(at)
