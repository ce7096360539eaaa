"""What a browser is, in a few words."""

import pytest

from curtilage.identity.people.devices import (
    LONGEST_LABEL,
    describe_device,
    name_passkey,
    tidy_label,
)

KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {KIT} Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {KIT} Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 16; X) {KIT} Chrome/140 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19 Safari/605", "Safari on macOS"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("curl/8.9", "curl"),
        ("<script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_device_is_told_in_a_few_words(agent: str, device: str) -> None:
    assert describe_device(agent) == device


@pytest.mark.parametrize(
    ("transports", "agent", "name"),
    [
        (("internal", "hybrid"), "Mozilla/5.0 (iPhone) Safari/605", "Safari on iPhone"),
        (("internal",), "", "Passkey"),
        ((), "", "Passkey"),
        (("usb", "nfc"), "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0", "Security key"),
        (("hybrid",), "Mozilla/5.0 (Windows NT 10.0) Firefox/143.0", "Phone or tablet"),
    ],
)
def test_a_passkey_is_called_by_where_it_is(
    transports: tuple[str, ...], agent: str, name: str
) -> None:
    assert name_passkey(transports, agent) == name


def test_a_label_is_one_short_line() -> None:
    assert tidy_label(" My\n blue \t key ") == "My blue key"
    assert tidy_label("x" * 10_000) == "x" * LONGEST_LABEL
    assert tidy_label(" \n") == ""
