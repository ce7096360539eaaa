"""Passwords in assignments, sentences, addresses and headers, and what looks like one."""

import base64

import pytest

from curtilage.detect import credentials


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("hunter2-Zebra", True),
        ("tR0ub4dor&3", True),
        ("required", False),
        ("os.environ", False),
        ("getToken(user)", False),
        ("settings.password", False),
        ("CamelCaseWords", False),
        ("PKCSPrivateKeyTypes", False),
        ("kQzPwXrTbNmL", True),
        ("{token}", False),
        ("imdsv2_session_token", False),
        ("https://shop.example/Login1", False),
        ("/etc/ssl/Key1.pem", False),
        ("token)", False),
        ("NextMarker || Contents[-1].Key", False),
        ("%s_upgrades1", False),
        ("Password must contain 8 characters!", False),
        ("one of the words that you remember well", False),
    ],
)
def test_passwords_are_told_from_code_and_prose(value: str, expected: bool) -> None:
    assert credentials.is_password(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("summer24", True),
        ("Zebra7-grau", True),
        ("hunter!", True),
        ("73829104", True),
        ("7382", False),
        ("required", False),
        ("case-sensitive", False),
        ("base64-encoded", False),
        ("24-character", False),
        ("UTF-8", False),
    ],
)
def test_a_sentence_may_tell_a_weak_password_but_no_word(value: str, expected: bool) -> None:
    assert credentials.is_spoken(value) is expected


def test_a_key_in_a_sentence_is_no_technical_term() -> None:
    assert credentials.is_told_key("k3Jd8sKq92LmXz71")
    assert not credentials.is_told_key("base64-encoded")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("W1fi-9931.", "W1fi-9931"),
        ("W1fi-9931", "W1fi-9931"),
        ("W1fi-9931&ssl=true", "W1fi-9931"),
        ("W1fi&9931", "W1fi&9931"),
    ],
)
def test_a_value_ends_before_the_stop_and_the_next_field(value: str, expected: str) -> None:
    assert value[: credentials.without_stops(value)] == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Zwerg42!", "Zwerg42!"),
        ("Zwerg42!.", "Zwerg42!"),
        ("Zwerg42!!", "Zwerg42!"),
        ("Zwerg42.", "Zwerg42"),
    ],
)
def test_one_exclamation_mark_belongs_to_a_password(value: str, expected: str) -> None:
    assert value[: credentials.without_stops_but_mark(value)] == expected


def test_a_mark_does_not_make_a_word_a_password() -> None:
    check = credentials.but_for_mark(credentials.is_password)
    assert check("Gartenzwerg42!")
    assert not check("Banana!")
    assert credentials.is_password("Banana!")


def test_a_path_is_no_password() -> None:
    assert not credentials.is_password("gdb.base/infcall-structs-c++.exp")
    assert credentials.is_password("aB3/xK9+tQ2.Zz81kd")


def test_basic_credentials_decode_to_a_name_and_a_password() -> None:
    assert credentials.is_basic(base64.b64encode(b"ada:s3cr3t-Zebra").decode())
    assert not credentials.is_basic(base64.b64encode(b"no colon at all").decode())
    assert not credentials.is_basic(base64.b64encode(b"ada:changeme").decode())
    assert not credentials.is_basic(base64.b64encode(b"ada:\xff\xfe\xfd").decode())
    assert not credentials.is_basic("authentication")
    assert not credentials.is_basic("a")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ada:s3cr3t-Zebra", True),
        ("ada:password", False),
        ("ada:Ada", False),
        ("ada:", False),
        ("ada:$PASSWORD", False),
    ],
)
def test_a_login_needs_a_password_of_its_own(value: str, expected: bool) -> None:
    assert credentials.is_login(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("postgres://ada:s3cr3t-Zq@db.example", True),
        ("postgres://ada:password@db.example", False),
        ("postgres://ada:${PW}@db.example", False),
        ("postgres://ada:@db.example", False),
    ],
)
def test_addresses_count_when_their_password_is_one(value: str, expected: bool) -> None:
    assert credentials.is_userinfo(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sid=q8Zk2LmV7rT4wXb9Pnc3", True),
        ("theme=dark; sid=q8Zk2LmV7rT4wXb9Pnc3; path=/", True),
        ("lang=en-GB; theme=dark", False),
        ("we use it to keep you signed in", False),
    ],
)
def test_a_cookie_is_a_session_when_a_value_is_random(value: str, expected: bool) -> None:
    assert credentials.is_cookie(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("9f8a7b6c5d4e3f2a1b0c", True),
        ("k3Jd8sKq92LmXz71PwQe45TyUiOp67As", True),
        ("abababababababababab", False),
        ("customer_order_reference", False),
    ],
)
def test_a_flag_is_raised_by_entropy(value: str, expected: bool) -> None:
    assert credentials.is_flag(value) is expected


def test_a_hash_of_an_example_is_none() -> None:
    assert credentials.is_hash("$7$CU..../....k3Jd8sKq92LmXz71$q8Zk2LmV7rT4")
    assert not credentials.is_hash("$2b$12$xxxxxxxxxxxxxxxxxxxxxxxxxxxxx8Zk2LmV7rT4")
    assert not credentials.is_hash("$1$aaaaaaaa$aaaaaaaaaaaaaaaaaaaaaa")
