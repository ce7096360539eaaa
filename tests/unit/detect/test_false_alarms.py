"""What looks like data and is not. A false alarm makes people switch protection off."""

import pytest

from tests.unit.detect.engines import fast, types

# Presidio, on a JSON payload like this: sku as licence, unix time as phone, `v2.py` as URL,
# version as IP address, parts of UUIDs as bank accounts.
CLEAN_JSON = """{"sku": "A1-4471-22", "m2": "A1", "qty": 3, "created": 1732358400, "updated_ms": 1732358400123,
"file": "v2.py", "version": "1.2.3.4", "id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "price": "1,299.00",
"sha": "da39a3ee5e6b4b0d3255bfef95601890afd80709", "lat": 52.5200066, "lon": 13.404954, "ratio": 0.4111111111111111,
"order": "100200300400", "commit": "a1b2c3d", "range": "10.0.0.0/8", "t": "2026-11-23T10:20:31.123456789Z",
"hex": "0xdeadbeefcafebabe0123456789abcdef", "build": "20261123.4", "isbn": "978-3-16-148410-0",
"tracking": "1Z999AA10123456784", "snowflake": 1145141919810893114, "md5": "d41d8cd98f00b204e9800998ecf8427e",
"etag": "W/\\"33a64df551425fcc55e4d42a148795d9f25f89d4\\"", "invoice": "INV-2024-00012345", "ean": "4006381333931"}"""


def test_clean_json_gives_nothing() -> None:
    assert fast().candidates(CLEAN_JSON) == ()


@pytest.mark.parametrize(
    "text",
    [
        "public license, logic, policy",
        "std::vector<int>::iterator a::b fe80::",
        "lists [1, 2, 3, 4, 5] and 0 1 2 3 4 5 6 7 8 9 10 11 12",
        "from 2024-01-15 to 2024-02-28, 10:00-12:30, pages 123-456",
        "ISO 27001:2022, RFC 9110 §3.1, v1.2.3-beta.4+build.567",
        "![logo](logo@2x.png)",
        "12 345 678 users, 99.999 %",
        "3.14159265358979323846",
        "the telephone was invented in 1876",
        "a 555-0143 b",
    ],
)
def test_ordinary_text_gives_nothing(text: str) -> None:
    assert fast().candidates(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "password=changeme",
        "password: ${DB_PASSWORD}",
        'api_key = "<your-key>"',
        'token: "xxxxxxxxxxxx"',
        "AKIAIOSFODNN7EXAMPLE",
        'SECRET_KEY=os.environ["SECRET"]',
        '"password": "string"',
        "client_secret: process.env.CLIENT_SECRET",
        "token = getToken(user)",
        'password = "Enter your password here"',
        "The password is incorrect.",
        "token: str = None",
        "postgres://user:password@localhost/db",
        "postgres://{user}:{password}@{host}/db",
        "Authorization: Bearer <token>",
        "Authorization: Bearer $TOKEN",
        "<task-notification> task list",
    ],
)
def test_placeholders_and_code_are_not_secrets(text: str) -> None:
    assert [item for item in fast().candidates(text) if item.category.startswith("secret.")] == []


def test_entropy_alone_is_no_finding() -> None:
    assert types("blob qL8zKx0vT3mWn5RpYb7HdJ2sGfCu9AeE4oNiVlZk end") == []


def test_an_address_under_a_reserved_name_is_an_address_all_the_same() -> None:
    assert types("ada@shop.example bo@nowhere.invalid") == ["EMAIL_ADDRESS", "EMAIL_ADDRESS"]
