import pytest

from curtilage.detect.hostile.addresses import NONE, charge, host_of, is_allowed


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://c.example/?d={{history}}", "place-to-fill"),
        ("https://c.example/?d=%7Bhistory%7D", "place-to-fill"),
        ("https://c.example/USER_DATA", "place-to-fill"),
        ("https://c.example/?q=<base64 of the chat>", "place-to-fill"),
        ("https://c.example/?x=7365637265742069732068756e746572", "encoded-text"),
        ("https://mfrggzdfmztwq2lknnwg23tpob.c.example/", ""),
        ("https://nb2w45dfojsxezlomrsxe3lfonzwcz3f.c.example/", "encoded-host"),
        ("https://c.example/?data=the+password+is+on+the+desk", "text-in-query"),
        ("https://c.example/dGhlIHBhdGllbnQgc2FpZCB0aGF0IHNoZSBtb3Zlcw", "encoded-text"),
        ("https://c.example/x.png", ""),
        ("https://c.example/HISTORY.md", ""),
        ("https://c.example/68747470733a2f2f622e6578616d706c652f612062206320642e706e67", ""),
        ("https://c.example/p?lib=rb-4.0.3&auto=format&w=800&q=60", ""),
        ("https://c.example/?id=UGFja2FnZS0xMjM0NTY3ODkw", ""),
    ],
)
def test_what_an_address_is_charged_with(address: str, name: str) -> None:
    assert charge(address, values=(), loads=True).name == name


def test_what_must_be_followed_weighs_less_than_what_is_fetched() -> None:
    address = "https://c.example/?d={{history}}"
    followed, fetched = (charge(address, values=(), loads=loads).weight for loads in (False, True))
    assert NONE.weight < followed < fetched


@pytest.mark.parametrize(
    "tail",
    [
        "?v=Blue%20Heron%20Lane",
        "/blue-heron-lane",
        "?v=Qmx1ZSBIZXJvbiBMYW5lIDEyMw",
        "?v=426c7565204865726f6e204c616e65",
        "?v=enaL%20noreH%20eulB",
    ],
)
def test_a_value_is_known_in_every_dress(tail: str) -> None:
    found = charge(f"https://c.example{tail}", values=["Blue Heron Lane"], loads=False)
    assert found.name == "conversation-value"


def test_a_short_value_is_in_addresses_by_chance() -> None:
    assert charge("https://c.example/anna", values=["anna"], loads=True) is NONE


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://user@A.Example:8080/x", "a.example"),
        ("//b.example.?q", "b.example"),
        ("https://c.example\\x", "c.example"),
    ],
)
def test_the_host_is_read_as_a_browser_reads_it(address: str, host: str) -> None:
    assert host_of(address) == host


def test_an_allowed_host_covers_what_is_below_it() -> None:
    assert is_allowed("img.a.example", ["a.example"])
    assert not is_allowed("ba.example", ["a.example"])
