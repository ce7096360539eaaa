"""The management API as a resource that tokens can be for (RFC 8707)."""

from curtilage.core.words import say
from curtilage.identity.models import MANAGEMENT_RIGHTS
from curtilage.identity.oauth.models.clients import Resource

PATH = "/api"  # behind the public address


def audience_of(base: str) -> str:
    """What tokens for the management API name."""
    return base.rstrip("/") + PATH


def build_management_resource(base: str) -> Resource:
    """Not open: an app asks for it once somebody who holds the rights wrote them on the app."""
    return Resource(audience_of(base), say("Management of this service"), MANAGEMENT_RIGHTS)
