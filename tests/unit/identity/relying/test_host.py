"""Where an app is."""

import pytest

from curtilage.core.door import Call
from curtilage.identity.relying.errors import ForeignHost
from curtilage.identity.relying.host import find_base


def at(*hosts: str) -> Call:
    return Call("GET", "/", tuple(("host", host) for host in hosts))


def test_what_was_configured_counts_whatever_a_request_says() -> None:
    assert find_base("https://a.example", at("evil.example")) == "https://a.example"


def test_a_host_is_believed_on_this_machine_alone() -> None:
    assert find_base("", at("127.0.0.1:8000")) == "http://127.0.0.1:8000"
    for hosts in ((), ("localhost", "localhost"), ("a.example",), ("localhost:0",), ("LOCALHOST",)):
        with pytest.raises(ForeignHost):
            find_base("", at(*hosts))
