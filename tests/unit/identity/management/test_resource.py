"""What tokens for the management API name."""

from curtilage.identity.management.resource import audience_of, build_management_resource
from curtilage.identity.models import MANAGEMENT_RIGHTS


def test_the_resource_is_behind_the_public_address_and_open_to_no_app_that_asks() -> None:
    assert audience_of("https://id.example/") == "https://id.example/api"
    resource = build_management_resource("https://id.example")
    assert resource.uri == "https://id.example/api"
    assert not resource.is_open
    assert resource.scopes == MANAGEMENT_RIGHTS
