"""The claims parameter: what it may be, and that all else is refused."""

import pytest

from curtilage.identity.oauth.errors import RequestRefused
from curtilage.identity.oauth.models.requests import NO_CLAIMS
from curtilage.identity.oauth.wire.claims_request import parse_claims


@pytest.mark.requirement(31)
def test_claims_are_read_by_place() -> None:
    asked = parse_claims(
        '{"userinfo":{"name":null,"email":{"essential":true}},'
        '"id_token":{"sub":{"value":"person-ada"},'
        '"acr":{"essential":true,"values":["aal2","aal3"]}}}'
    )
    assert asked.userinfo == {"name", "email"}
    assert asked.id_token == {"sub", "acr"}
    assert asked.acr == ("aal2", "aal3")
    assert asked.subject == "person-ada"
    assert parse_claims("") == parse_claims("{}") == NO_CLAIMS


def test_a_level_that_is_only_wished_for_is_not_essential() -> None:
    for acr in ('{"values":["aal2"]}', "null", '{"essential":false,"value":"aal2"}'):
        assert parse_claims(f'{{"id_token":{{"acr":{acr}}}}}').acr == ()
    assert parse_claims('{"id_token":{"acr":{"essential":true,"value":"aal2"}}}').acr == ("aal2",)


@pytest.mark.parametrize(
    "raw",
    [
        "[]",
        "null",
        "{",
        '{"id_token":[]}',
        '{"id_token":"x"}',
        '{"id_token":{},"id_token":{}}',
        '{"id_token":{"sub":{"value":7}}}',
        '{"id_token":{"acr":{"essential":true,"values":"aal2"}}}',
        '{"id_token":{"acr":{"essential":true,"values":[7]}}}',
        '{"userinfo":{' + ",".join(f'"c{number}":null' for number in range(51)) + "}}",
        '{"userinfo":{"' + "x" * 65 + '":null}}',
        "[" * 100_000,
    ],
    ids=lambda raw: raw[:40],
)
def test_what_is_not_as_it_should_be_is_refused(raw: str) -> None:
    with pytest.raises(RequestRefused):
        parse_claims(raw)
