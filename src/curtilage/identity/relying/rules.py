"""Who may pass, where people may be sent, and what is a page. Pure."""

import re
from collections.abc import Sequence
from datetime import datetime

from curtilage.identity.oauth.rules.interaction import LEVELS
from curtilage.identity.relying.models import Access, Need, Standing

LONGEST_ONWARD = 1024
HOME = "/"
# A path, then what RFC 3986 lets stand in a URL: no backslash, no space, no control.
_LOCAL = re.compile(r"/(?![/\\])[!#-;=?-\[\]_a-z~%]*")
_LOOPBACK = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]{0,4})?")
_BASE = re.compile(r"(https?)://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?((?:/[\w.~-]+)*)")
_ACR = re.compile(r"[A-Za-z0-9_.:/-]{1,128}")
LONGEST_AGE = 10_000_000  # seconds; some four months


def decide_access(need: Need, standing: Standing | None, *, at: datetime) -> Access:
    """What becomes of who comes. What signing in again would not mend is said last."""
    if standing is None:
        return Access.SIGN_IN
    if not reaches(standing.acr, need.acr) or not is_fresh(standing, need.max_age, at=at):
        return Access.STEP_UP
    if not need.scopes <= standing.scopes:
        return Access.SCOPE
    if need.purpose and need.purpose not in standing.purposes:
        return Access.PURPOSE
    return Access.PERMIT


def reaches(acr: str, wanted: str) -> bool:
    """Whether one level is as good as another. Names without an order are only themselves."""
    if not wanted or acr == wanted:
        return True
    return wanted in LEVELS and LEVELS.get(acr, 0) >= LEVELS[wanted]


def is_fresh(standing: Standing, max_age: int | None, *, at: datetime) -> bool:
    """Whether the proof is young enough; one whose time nobody told is not."""
    if max_age is None:
        return True
    since = standing.authenticated_at
    return since is not None and (at - since).total_seconds() <= max_age


def choose_onward(raw: str) -> str:
    """Where to go after signing in: the path, if it is one of this app; else home.

    `//host`, and what browsers mend into it, is no path of ours."""
    if len(raw) > LONGEST_ONWARD or _LOCAL.fullmatch(raw) is None:
        return HOME
    return raw


def choose_acr(raw: str) -> str:
    """The level that a link asks for; "" for what is no name of one."""
    return raw if _ACR.fullmatch(raw) else ""


def choose_age(raw: str) -> int | None:
    """The age in seconds that a link asks for; None for what is no number of them."""
    return int(raw) if re.fullmatch(r"[0-9]{1,8}", raw) and int(raw) <= LONGEST_AGE else None


def is_loopback_host(host: str) -> bool:
    """Whether a Host header names this machine."""
    return _LOOPBACK.fullmatch(host) is not None


def is_base(url: str) -> bool:
    """Whether an app can be reached there: https, or http on this machine."""
    shape = _BASE.fullmatch(url)
    if shape is None:
        return False
    return shape[1] == "https" or is_loopback_host(shape[2] + (shape[3] or ""))


def path_of(base: str) -> str:
    """The path of a base address, "" at the root."""
    shape = _BASE.fullmatch(base)
    return shape[4] if shape else ""


def wants_page(method: str, *, accept: Sequence[str], mode: str) -> bool:
    """Whether a person waits for a page: then they are sent to sign in, else told 401.

    `mode` is `Sec-Fetch-Mode`: a script that fetches accepts pages too, often."""
    if mode and mode != "navigate":
        return False
    return method in {"GET", "HEAD", "POST"} and any(
        part.partition(";")[0].strip().lower() in {"text/html", "application/xhtml+xml"}
        for value in accept
        for part in value.split(",")
    )
