"""Answers to clients: state as it came, `iss` always."""

from dataclasses import replace

import pytest

from curtilage.identity.oauth.errors import Fault, RequestRefused
from curtilage.identity.oauth.models.requests import AuthorizationRequest
from curtilage.identity.oauth.service.answers import Answers

REQUEST = AuthorizationRequest("c", "https://a.example/cb?x=1", "c" * 43, state="s &")
ISSUER = "https://id.example"


@pytest.mark.requirement(5, 15)
def test_every_answer_says_who_gives_it() -> None:
    answers = Answers(ISSUER)
    iss = "iss=https%3A%2F%2Fid.example"
    refusal = RequestRefused(Fault.ACCESS_DENIED, "No.")
    assert answers.give_code(REQUEST, "k") == (
        f"https://a.example/cb?x=1&code=k&state=s%20%26&{iss}"
    )
    assert answers.refuse_request(replace(REQUEST, state=""), refusal) == (
        f"https://a.example/cb?x=1&error=access_denied&error_description=No.&{iss}"
    )
