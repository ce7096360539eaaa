"""In how many ways a name leads to a value, and what does not."""

import re

import pytest

from curtilage.detect.matching import compile_exact
from curtilage.detect.named_values import HEX, named, spelled
from curtilage.detect.secrecy import is_generated

FORM = named("acme|acme cloud", f"[{HEX}]{{16}}", check=is_generated)
VALUE = "9f8a7b6c5d4e3f2a"


@pytest.mark.parametrize(
    "text",
    [
        f"ACME_API_KEY={VALUE}",
        f'"acme_key": "{VALUE}"',
        f"acmeApiKey: '{VALUE}'",
        f"'ACME_TOKEN' => '{VALUE}'",
        f"--acme-key {VALUE}",
        f"the acme key is {VALUE}",
        f"Acme Cloud: {VALUE}",
        f'setenv("ACME_KEY", "{VALUE}")',
        f"<acmeKey>{VALUE}</acmeKey>",
        f"- name: ACME_KEY\n  value: {VALUE}",
        f"acmekey={VALUE}",
    ],
)
def test_a_name_leads_to_its_value(text: str) -> None:
    found = compile_exact(FORM).search(text)
    assert found is not None
    assert found["value"] == VALUE
    assert re.search(FORM.trigger, text), "the trigger covers what the pattern matches"


@pytest.mark.parametrize(
    "text",
    [
        f"acmes={VALUE}",
        f"pacme={VALUE}",
        f"acme={VALUE}9f",
        f"acme/{VALUE}",
        f"acme\n\n{VALUE}",
        f"an acme of what somebody can make of it: {VALUE}",
    ],
)
def test_what_is_not_led_to_is_not_found(text: str) -> None:
    assert compile_exact(FORM).search(text) is None


def test_names_are_spelled_in_any_case_and_run_together() -> None:
    pattern = re.compile(spelled("api key|d'ordine"))
    for name in ("API_KEY", "api-key", "ApiKey", "api.key", "D'Ordine"):
        assert pattern.fullmatch(name)
    assert not pattern.fullmatch("api/key")
