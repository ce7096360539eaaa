"""What several stores write alike; the contract suite shows the stores themselves."""

from dataclasses import replace

from curtilage.core.models import PrincipalId
from curtilage.identity.oauth.models.grants import Grant
from curtilage.identity.oauth.models.requests import ClaimsAsked
from curtilage.identity.oauth.store.rows import (
    read_grant,
    read_list,
    read_optional,
    write_grant,
    write_list,
    write_optional,
)
from tests.builders import TENANT
from tests.fakes.clock import START


def test_there_and_back() -> None:
    grant = Grant(
        id="g",
        tenant=TENANT,
        client="c",
        person=PrincipalId("p"),
        session="s",
        scopes=("b", "a"),
        resources=("https://r.example",),
        auth_time=START,
        acr="aal2",
        amr=("pwd",),
        made_at=START,
        expires_at=START.replace(year=2027),
        claims=ClaimsAsked(frozenset({"name"})),
        jkt="j",
    )
    assert read_grant(TENANT, write_grant(grant)) == grant
    ended = write_optional(START)
    assert read_grant(TENANT, write_grant(grant), ended) == replace(grant, revoked_at=START)
    assert read_optional(write_optional(None)) is None
    assert read_list(write_list(["b", "ü"])) == ("b", "ü")
