"""Surrogates: in the form of the value, in nobody's space, and told from all else."""

import re
from ipaddress import ip_address, ip_network

import pytest

from curtilage.core.models import Treatment
from curtilage.shield import surrogates
from curtilage.shield.held import Held, Origin, Sink
from curtilage.shield.restore import Form, StreamRestorer, restore_text
from tests.builders import a_finding
from tests.unit.shield.worlds import ADA, World, a_mint

STAND_INS = {"EMAIL_ADDRESS": Treatment.SURROGATE, "IP_ADDRESS": Treatment.SURROGATE}
HOST = "10.20.30.40"


class Hosts(World):
    """A world whose addresses of hosts leave as surrogates, and e-mail addresses too."""

    def send(self, text: str, *values: str, clash: str = "pass") -> str:
        findings = [
            a_finding(start=hit.start(), end=hit.end(), type=type_of(value))
            for value in values
            for hit in re.finditer(re.escape(value), text)
        ]
        return self.protect(text, findings, STAND_INS, clash=clash)  # type: ignore[arg-type]


def type_of(value: str) -> str:
    return "EMAIL_ADDRESS" if "@" in value else "IP_ADDRESS"


def surrogate(type: str, value: str) -> str | None:
    return a_mint().surrogate(type, value)


def test_an_address_becomes_one_that_is_reserved() -> None:
    email = surrogate("EMAIL_ADDRESS", ADA)
    assert email is not None
    assert re.fullmatch(r"qx3[0-9a-z]{16}@mail\.example", email)
    assert email == surrogate("EMAIL_ADDRESS", ADA) != surrogate("EMAIL_ADDRESS", "bob@x.example")
    assert email != a_mint(b"other").surrogate("EMAIL_ADDRESS", ADA)


@pytest.mark.parametrize(
    ("value", "networks"),
    [
        (HOST, ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")),
        ("fd00::1:2", ("2001:db8::/32",)),
    ],
)
def test_a_host_gets_an_address_of_documentation(value: str, networks: tuple[str, ...]) -> None:
    stand_in = surrogate("IP_ADDRESS", value)
    assert stand_in is not None
    assert any(ip_address(stand_in) in ip_network(network) for network in networks)
    assert str(ip_address(stand_in)) == stand_in
    assert surrogates.is_reserved(stand_in)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("+1 650 253 0000", r"\+1-[2-9]\d\d-555-01\d\d"),
        ("(212) 736-5000", r"\+1-[2-9]\d\d-555-01\d\d"),
        ("+44 20 7946 0958", r"\+44-7700-900\d{3}"),
        ("0044 20 7946 0958", r"\+44-7700-900\d{3}"),
    ],
)
def test_a_telephone_number_becomes_one_of_fiction(value: str, expected: str) -> None:
    assert re.fullmatch(expected, surrogate("PHONE_NUMBER", value) or "")


@pytest.mark.parametrize(
    ("type", "value"),
    [("PERSON", "Ada Lovelace"), ("PHONE_NUMBER", "+49 30 901820"), ("IBAN_CODE", "DE89")],
)
def test_what_has_no_reserved_space_becomes_a_token(type: str, value: str) -> None:
    assert surrogate(type, value) is None
    world = World()
    findings = [a_finding(start=0, end=len(value), type=type)]
    left = world.protect(value, findings, {type: Treatment.SURROGATE})
    assert left.startswith("QX1-")
    assert restore_text(left, world.held).text == value


def test_every_surrogate_is_of_its_family_and_no_longer_than_the_limit() -> None:
    for number in range(300):
        for type, value in (
            ("EMAIL_ADDRESS", ADA),
            ("IP_ADDRESS", HOST),
            ("IP_ADDRESS", "fd00::1"),
            ("PHONE_NUMBER", "+1 650 253 0000"),
            ("PHONE_NUMBER", "+44 20 7946 0958"),
        ):
            digest = bytes([number % 256]) * surrogates.DIGEST
            made = surrogates.make_surrogate(type, value, digest)
            assert made and surrogates.is_reserved(made) and len(made) <= surrogates.LIMIT


def test_two_values_never_share_one_and_the_second_becomes_a_token() -> None:
    """300 addresses for any number of hosts: what has none left is told from the others."""
    world = Hosts()
    hosts = [f"10.20.{number // 100}.{100 + number % 100}" for number in range(400)]
    left = [world.send(host, host) for host in hosts]
    assert len(set(left)) == len(hosts)
    tokens = [form for form in left if form.startswith("QX1-")]
    assert len(hosts) - 300 <= len(tokens) < len(hosts)
    assert [restore_text(form, world.held).text for form in left] == hosts


def test_what_is_nobodys_already_stands_for_itself() -> None:
    world = Hosts()
    text = "ping 192.0.2.123, then mail qx3abcdefgh12345678@mail.example"
    assert world.send(text, "192.0.2.123") == text
    assert restore_text(text, world.held).text == text
    assert not restore_text(text, world.held).restored


def test_a_literal_that_came_first_keeps_its_address_and_the_value_gets_a_token() -> None:
    stand_in = surrogate("IP_ADDRESS", HOST)
    world = Hosts()
    left = world.send(f"{stand_in} is documentation, {HOST} is mine", HOST)
    assert left.startswith(f"{stand_in} is documentation, QX1-IP-")
    assert restore_text(left, world.held).text == f"{stand_in} is documentation, {HOST} is mine"
    assert world.send(HOST, HOST).startswith("QX1-")  # and so in every later text


def test_a_literal_that_comes_later_is_escaped_and_nothing_is_chosen_anew() -> None:
    stand_in = surrogate("IP_ADDRESS", HOST)
    world = Hosts()
    assert world.send(f"{HOST} is mine", HOST) == f"{stand_in} is mine"
    second = world.send(f"{stand_in} or {HOST}?", HOST)
    assert re.fullmatch(rf"QX1-LITERAL-\S+ or {re.escape(str(stand_in))}\?", second)
    assert restore_text(second, world.held).text == f"{stand_in} or {HOST}?"


def test_a_caller_who_gets_nothing_back_resends_surrogates_unchanged() -> None:
    world = Hosts()
    world.held = Held(caller=False, application=False)
    left = world.send(f"{HOST} is mine", HOST)
    assert world.send(left, left.split()[0]) == left


def test_our_own_large_surrogates_pass_in_a_history() -> None:
    world = Hosts()
    left = world.send(f"Mail {ADA}.", ADA)
    assert world.send(f"I wrote [it](mailto:{left[5:-1]})", left[5:-1]).endswith(f"{left[5:-1]})")


@pytest.mark.parametrize("around", ["x{}", "{}x", "{}.1", "{}@x", "7.{}", "{}:80", "+{}", "-{}"])
def test_a_part_of_something_longer_is_no_surrogate(around: str) -> None:
    world = Hosts()
    stand_in = world.send(HOST, HOST)
    glued = around.format(stand_in)
    assert restore_text(glued, world.held).text == glued
    text = around.format(HOST)
    left = Hosts().send(text, HOST)
    assert "QX1-IP-" in left


@pytest.mark.parametrize(
    "around", ["{}", "({})", '"{}"', "a {}.", "{}, b", "{}: b", "\\n{}", "{}/24"]
)
def test_what_stands_alone_comes_back(around: str) -> None:
    world = Hosts()
    left = world.send(around.format(HOST), HOST)
    assert "QX1" not in left
    assert restore_text(left, world.held).text == around.format(HOST)


def test_a_stream_holds_back_what_a_surrogate_may_begin_and_no_more() -> None:
    world = Hosts()
    stand_in = world.send(HOST, HOST)
    restorer = StreamRestorer(world.held, sink=Sink.TEXT, form=Form.TEXT)
    assert restorer.feed("Ask ") == "Ask "
    assert restorer.feed(stand_in[:5]) == ""
    assert restorer.feed("x ") == stand_in[:5] + "x "
    assert restorer.feed(stand_in) == ""
    assert restorer.feed(".") == ""
    assert restorer.feed(" Or ") == f"{HOST}. Or "
    assert restorer.feed(stand_in) + restorer.close() == HOST
    assert restorer.restored == {"IP_ADDRESS": 2}


def test_no_value_enters_a_link() -> None:
    world = Hosts()
    stand_in = world.send(HOST, HOST)
    back = restore_text(f"[x](http://{stand_in}/)", world.held)
    assert (back.text, back.withheld) == (f"[x](http://{stand_in}/)", 1)


def test_a_wider_map_keeps_surrogates_apart_too() -> None:
    wide = Held()
    first, second = Hosts(), Hosts()
    first.held, second.held = Held(within=wide), Held(within=wide)
    stand_in = first.send(HOST, HOST)
    left = second.send(f"literally {stand_in}", stand_in, clash="escape")
    assert left.startswith("literally QX1-LITERAL-")
    assert restore_text(left, wide).text == f"literally {stand_in}"
    assert wide.first(1).has_surrogates


def test_origins_hold_for_surrogates() -> None:
    world = World()
    world.held = Held(application=False)
    left = world.protect(
        HOST, [a_finding(start=0, end=len(HOST), type="IP_ADDRESS")], STAND_INS,
        origin=Origin.APPLICATION,
    )  # fmt: skip
    assert restore_text(left, world.held).text == left
