"""What software that registers itself can have."""

from typing import Any

import pytest

from curtilage.identity.oauth.service.registration import limit_wish
from tests.oauth_house import a_wish


@pytest.mark.requirement(26)
@pytest.mark.parametrize(
    ("given", "left"),
    [
        ({"is_first_party": True}, {"is_first_party": False}),
        ({"resources": ("https://files.example",)}, {"resources": ()}),
        ({"serves": ("https://files.example",)}, {"serves": ()}),
        ({"scopes": frozenset({"openid", "files:read"})}, {"scopes": {"openid"}}),
        ({"scopes": frozenset({"files:read"})}, {"scopes": {"openid"}}),
    ],
)
def test_nothing_that_costs_others(given: dict[str, Any], left: dict[str, Any]) -> None:
    limited = limit_wish(a_wish(**given))
    assert {name: getattr(limited, name) for name in left} == left
