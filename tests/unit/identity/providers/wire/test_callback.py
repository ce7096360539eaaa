from dataclasses import replace

import pytest

from curtilage.identity.providers.errors import ProviderReason, ProviderRefused
from curtilage.identity.providers.models import Metadata
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.wire.callback import Callback, parse_callback, verify_callback
from tests.provider_house import a_provider

pytestmark = pytest.mark.requirement(30)
ISSUER = "https://harbour.example"
SILENT = Metadata(ISSUER, "a", "t", "k")
NAMING = replace(SILENT, names_issuer=True)
PROVIDER = a_provider()


def refusal(callback: Callback, metadata: Metadata = SILENT) -> ProviderReason:
    with pytest.raises(ProviderRefused) as refused:
        verify_callback(callback, PROVIDER, metadata)
    return refused.value.reason


def test_a_code_of_the_provider_is_taken() -> None:
    assert verify_callback(Callback("s", "c"), PROVIDER, SILENT).code == "c"
    assert verify_callback(Callback("s", "c", ISSUER), PROVIDER, NAMING).code == "c"
    assert verify_callback(Callback("s", "c", ISSUER), PROVIDER, SILENT).code == "c"


def test_an_answer_of_another_provider_is_refused() -> None:
    assert refusal(Callback("s", "c", "https://valley.example")) == ProviderReason.ISSUER
    assert refusal(Callback("s", "c", ""), NAMING) == ProviderReason.ISSUER
    assert refusal(Callback("s", "c"), NAMING) == ProviderReason.ISSUER
    assert refusal(Callback("s", error="access_denied"), NAMING) == ProviderReason.ISSUER


def test_errors_are_told_apart_only_where_somebody_said_no() -> None:
    assert refusal(Callback("s", error="access_denied")) == ProviderReason.DENIED
    assert refusal(Callback("s", "c", error="server_error")) == ProviderReason.ANSWER
    assert refusal(Callback("s")) == ProviderReason.ANSWER


def test_tenants_that_were_let_in_may_name_themselves() -> None:
    template = "https://login.microsoftonline.com/{tenantid}/v2.0"
    provider = a_provider(preset=PRESETS["microsoft"], tenants=frozenset({"t-1"}))
    metadata = replace(SILENT, issuer=template)
    ours = Callback("s", "c", "https://login.microsoftonline.com/t-1/v2.0")
    assert verify_callback(ours, provider, metadata).code == "c"
    with pytest.raises(ProviderRefused):
        verify_callback(replace(ours, iss=template), provider, metadata)


@pytest.mark.parametrize(
    "given", [{"code": "a\nb"}, {"state": "x" * 5000}, {"iss": "\x00"}, {"error": "\u202e"}]
)
def test_what_is_no_parameter_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ProviderRefused):
        parse_callback(given)


def test_what_means_nothing_is_passed_over() -> None:
    found = parse_callback({"state": "s", "code": "c", "session_state": "x", "scope": "openid"})
    assert found == Callback("s", "c")
    assert parse_callback({"iss": ""}).iss == ""
