"""What is said of an address of a database, and which ones are refused."""

import pytest

from curtilage.core.errors import InputError
from curtilage.survey.databases.addresses import is_address, parse_address

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("text", "name", "has_password"),
    [
        ("postgresql://ada@db.example/crm", "postgresql://db.example/crm", False),
        (f"postgres://ada:{SECRET}@db.example:6432/crm", "postgresql://db.example:6432/crm", True),
        (
            f"postgresql+psycopg://db.example/crm?password={SECRET}",
            "postgresql://db.example/crm",
            True,
        ),
        ("mysql://ada@db.example/crm", "mysql://db.example/crm", False),
        (f"mariadb://ada:{SECRET}@db.example:3307/", "mariadb://db.example:3307/", True),
        ("mysql+pymysql://h/crm?ssl-mode=verify_ca&ssl-ca=a.pem", "mysql://h/crm", False),
        ("sqlite:///a%20b.db", "a b.db", False),
        ("sqlite:////srv/a.db", "/srv/a.db", False),
    ],
)
def test_addresses_are_shown_without_secrets(text: str, name: str, has_password: bool) -> None:
    assert is_address(text)
    address = parse_address(text)
    assert (address.name, address.has_password) == (name, has_password)
    assert address.kind == name.partition(":")[0].replace("mariadb", "mysql") or (
        address.kind == "sqlite"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"mssql://ada:{SECRET}@h/d",
        f"oracle://{SECRET}",
        f"postgresql://h:{SECRET}/x",
        f"mysql://h:{SECRET}/x",
        f"mysql://h/x?password={SECRET}",
        f"mysql://h/x?ssl-mode={SECRET}",
        "sqlite://",
    ],
)
def test_other_addresses_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        parse_address(text)
    assert SECRET not in refusal.value.detail + refusal.value.advice


@pytest.mark.parametrize("text", ["a.txt", "./postgresql:/x", "C:\\a", "//h/share", "-://"])
def test_paths_are_no_addresses(text: str) -> None:
    assert not is_address(text)
