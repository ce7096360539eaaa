"""What a browser is, in the few words by which its owner knows it. Pure.

User agents are read for people, never for decisions: anybody can send any.
"""

import re
import unicodedata
from collections.abc import Collection

from curtilage.core.words import say

LONGEST_LABEL = 64
_BROWSERS = (  # the first that fits: later ones name earlier ones among their words
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "Firefox/"),
    ("Firefox", "FxiOS/"),
    ("Chrome", "CriOS/"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("ChromeOS", "CrOS"),
    ("macOS", "Mac OS X"),
    ("Linux", "Linux"),
)
_BROWSER_NAMES = frozenset(name for name, _ in _BROWSERS)
_SYSTEM_NAMES = frozenset(name for name, _ in _SYSTEMS)
_OUR_LABELS = {
    "Security key": say("Security key"),
    "Phone or tablet": say("Phone or tablet"),
    "Passkey": say("Passkey"),
}
_PROGRAM = re.compile(r"([A-Za-z][A-Za-z0-9._-]{0,30})/")


def describe_device(agent: str) -> str:
    """`Firefox on Linux`; the name of a program that is no browser; "" where nothing is told."""
    browser = next((name for name, mark in _BROWSERS if mark in agent), "")
    system = next((name for name, mark in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    program = _PROGRAM.match(agent)
    return browser or system or (program[1] if program else "")


def read_label(label: str) -> str:
    """A label as it was kept, in words that can be said in another language if it is ours."""
    browser, between, system = label.partition(" on ")
    if between and browser in _BROWSER_NAMES and system in _SYSTEM_NAMES:
        return say("{browser} on {system}", browser=browser, system=system)
    return _OUR_LABELS.get(label, label)


def name_passkey(transports: Collection[str], agent: str) -> str:
    """What a new passkey is called until its owner says otherwise (transports: §5.8.4)."""
    if "internal" not in transports and {"usb", "nfc", "smart-card"} & set(transports):
        return "Security key"
    if "internal" not in transports and {"hybrid", "ble"} & set(transports):
        return "Phone or tablet"
    return describe_device(agent) or "Passkey"


def tidy_label(raw: str) -> str:
    """A label as it is kept: one line of at most `LONGEST_LABEL` characters."""
    text = unicodedata.normalize("NFC", raw[: LONGEST_LABEL * 4])
    return " ".join(text.split())[:LONGEST_LABEL].strip()
