"""Clients that can be kept, and those that cannot."""

from dataclasses import replace
from typing import Any

import pytest

from curtilage.identity.oauth.errors import UnacceptableClient
from curtilage.identity.oauth.models.clients import AuthMethod, Client, GrantType, SubjectType
from curtilage.identity.oauth.rules.registration import (
    leads_here_only,
    sector_of,
    verify_client,
)
from tests.builders import TENANT
from tests.fakes.clock import START

CALLBACK = "https://app.orchard.example/cb"
CLIENT = Client("c", TENANT, "Notes", START, redirect_uris=(CALLBACK,))


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "a\nb"},
        {"name": "x" * 101},
        {"redirect_uris": ()},
        {"redirect_uris": ("http://app.orchard.example/cb",)},
        {"redirect_uris": tuple(f"{CALLBACK}/{number}" for number in range(21))},
        {"post_logout_uris": ("nowhere",)},
        {"backchannel_logout_uri": "http://app.orchard.example/out"},
        {"texts": {"logo_uri": "javascript:alert(1)"}},
        {"grant_types": frozenset()},
        {"grant_types": frozenset({GrantType.CLIENT})},
        {"method": AuthMethod.KEY},
        {"method": AuthMethod.KEY, "jwks_uri": "http://app.orchard.example/jwks"},
        {"jwks": {"keys": []}, "jwks_uri": "https://app.orchard.example/jwks"},
        {"scopes": frozenset({"a b"})},
        {"scopes": frozenset({'a"b'})},
        {"resources": ("nowhere",)},
        {"serves": ("https://x#y",)},
        {"id_token_alg": "none"},
        {"id_token_alg": "HS256"},
        {
            "subject_type": SubjectType.PAIRWISE,
            "redirect_uris": (CALLBACK, "https://other.example/cb"),
        },
    ],
    ids=str,
)
def test_what_cannot_be_kept(given: dict[str, Any]) -> None:
    assert verify_client(CLIENT) is CLIENT
    with pytest.raises(UnacceptableClient):
        verify_client(replace(CLIENT, **given))


def test_a_client_of_its_own_needs_no_address() -> None:
    machine = replace(
        CLIENT,
        redirect_uris=(),
        method=AuthMethod.BASIC,
        grant_types=frozenset({GrantType.CLIENT}),
    )
    assert verify_client(machine) is machine


def test_pairwise_names_are_bound_to_a_host_or_a_sector() -> None:
    pairwise = replace(CLIENT, subject_type=SubjectType.PAIRWISE)
    assert verify_client(pairwise)
    assert sector_of(pairwise) == "app.orchard.example"
    assert sector_of(replace(pairwise, sector="orchard.example")) == "orchard.example"
    assert sector_of(replace(pairwise, redirect_uris=())) == "c"


def test_an_app_on_the_persons_own_machine_is_known() -> None:
    assert leads_here_only(replace(CLIENT, redirect_uris=("http://127.0.0.1/cb",)))
    assert not leads_here_only(CLIENT)
    assert not leads_here_only(replace(CLIENT, redirect_uris=()))
