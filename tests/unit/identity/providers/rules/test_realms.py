import pytest

from curtilage.identity.providers.rules.realms import find_realm
from tests.provider_house import a_provider

HARBOUR = a_provider("harbour", domains=frozenset({"harbour.example", "port.example"}))
VALLEY = a_provider("valley", domains=frozenset({"valley.example"}))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ada@harbour.example", HARBOUR),
        (" Ada@PORT.example ", HARBOUR),
        ("ben@valley.example", VALLEY),
        ("ben@sub.valley.example", None),
        ("ben@notvalley.example", None),
        ("valley.example", None),
        ("@valley.example", None),
        ("ada", None),
        ("", None),
    ],
)
def test_an_address_leads_to_the_provider_of_its_domain(typed: str, expected: object) -> None:
    assert find_realm([HARBOUR, VALLEY], typed) is expected
