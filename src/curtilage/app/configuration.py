"""Watches the configuration file and the policies: taken over whole, or refused whole.

What was taken over last is kept as a file among the service's sockets: a process
that has to be started again reads that, and not what may have been refused.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curtilage.app.settings import Settings, reread_settings
from curtilage.consent.errors import NotApproved, PolicyError
from curtilage.consent.models import Policy
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import parse_policy
from curtilage.core.errors import CurtilageError, NotFoundError, SetupError
from curtilage.core.models import PurposeKey
from curtilage.core.settings import read_text
from curtilage.gateway.routing.models import Routing

log = logging.getLogger(__name__)


@dataclass
class Configuration:
    """The configuration that is in force. `poll` looks whether the files changed.

    `allowed` are the references of the policies that may come into force; None: all.
    """

    settings: Settings
    path: Path | None
    kept: Path | None = None  # where what is in force is written down
    text: str | None = None
    policy: Mapping[str, str] = field(default_factory=dict)
    shadow: Mapping[str, str] | None = None
    allowed: frozenset[str] | None = None
    _seen: tuple[Any, ...] = ()
    _refused: tuple[Any, ...] = ()  # what was refused last: told once, however often looked at

    def load(self) -> None:
        """Read for the first time. Raises a SetupError or PolicyError."""
        if self.kept is None:
            self._seen = self._stamp()
        first = self.kept or self.path
        self.text = read_text(first) if first else None
        self.policy = self._read_policy(self.settings)
        self.shadow = self._read_shadow(self.settings)

    def poll(self) -> str:
        """`taken` after a good change, `refused` after a bad one, `` where there is no news."""
        stamp = self._stamp()
        if stamp == self._seen:
            return ""
        self._seen = stamp
        try:
            text = read_text(self.path) if self.path else None
            settings = reread_settings(self.settings, text)
            policy, shadow = self._read_policy(settings), self._read_shadow(settings)
            self._refuse_unapproved(policy)
        except CurtilageError as error:  # its detail names the setting and why, never a value
            if stamp == self._refused:
                return ""
            self._refused = stamp
            log.error(
                "configuration refused",
                extra={
                    "event": "configuration.refused", "code": error.code, "reason": error.detail,
                },
            )  # fmt: skip
            return "refused"
        if (text, policy, shadow) == (self.text, self.policy, self.shadow):
            return ""
        self.settings, self.text, self.policy, self.shadow = settings, text, policy, shadow
        if self.kept is not None and text is not None:
            keep_text(self.kept, text)
        return "taken"

    def allow(self, references: frozenset[str]) -> None:
        """Let these policies come into force and no other; what was refused is looked at again."""
        if references != self.allowed:
            self.allowed, self._seen = references, ()

    def _refuse_unapproved(self, policy: Mapping[str, str]) -> None:
        found = parse_policy(policy["text"].encode(), policy["name"])
        if self.allowed is not None and found.reference not in self.allowed:
            raise NotApproved(
                f"The policy {found.name} is not approved as it is now, version "
                f"{found.version[:12]}; nothing was taken over."
            )

    def in_force(self) -> Policy:
        """The policy that decides now, whatever its file holds meanwhile."""
        return parse_policy(self.policy["text"].encode(), self.policy["name"])

    def default_purpose(self) -> PurposeKey:
        """The purpose of a call, and of a key, that names none."""
        return PurposeKey(self.settings.gateway.default_purpose)

    def routing(self) -> Routing:
        """Upstreams and routes as they are in force."""
        settings = self.settings
        return Routing(settings.upstreams, settings.routes, settings.gateway.conversations)

    def _read_policy(self, settings: Settings) -> dict[str, str]:
        read = _read_named(settings, "gateway.policy", settings.gateway.policy)
        policy = parse_policy(read["text"].encode(), read["name"])
        _refuse_unknown(settings.gateway.default_purpose, policy)
        return read

    def _read_shadow(self, settings: Settings) -> dict[str, str] | None:
        name = settings.gateway.shadow_policy
        return _read_named(settings, "gateway.shadow_policy", name) if name else None

    def _stamp(self) -> tuple[Any, ...]:
        """What tells a changed file: inode, size and time of change of each."""
        paths = [self.path] if self.path else []
        if self.settings.policy_dir is not None:
            paths += sorted(self.settings.policy_dir.glob("*.toml"))
        stamps = []
        for path in paths:
            try:
                found = path.stat()
                stamps.append((str(path), found.st_ino, found.st_size, found.st_mtime_ns))
            except OSError:
                stamps.append((str(path), 0, 0, 0))
        return tuple(stamps)


def keep_text(path: Path, text: str) -> None:
    """Write it for this user alone, whole or not at all. Raises a SetupError."""
    fresh = path.with_name(path.name + ".new")
    try:
        fresh.touch(mode=0o600)
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(path)
    except OSError:
        raise SetupError(
            "The configuration in force cannot be written down.",
            hint="Make room where temporary files lie.",
        ) from None


def _read_named(settings: Settings, setting: str, name: str) -> dict[str, str]:
    """The policy that a setting names, as it is written, once it was understood."""
    shelf = PolicyShelf(settings.policy_dir)
    try:
        policy = shelf.load(name)
    except NotFoundError:
        raise SetupError(
            f"The setting {setting} names no policy that there is.",
            hint="`curtilage policy show` lists the policies.",
        ) from None
    except PolicyError as error:
        raise PolicyError(
            f"The policy that the setting {setting} names was not understood: {error.detail}",
            hint=error.advice,
        ) from None
    return {"name": policy.name, "text": shelf.read(name).decode()}


def _refuse_unknown(purpose: str, policy: Policy) -> None:
    """A default that the policy refuses would refuse every call that names no purpose."""
    if policy.find_purpose(purpose) is None:
        known = ", ".join(sorted(each.key for each in policy.purposes)) or "none"
        raise SetupError(
            "The setting gateway.default_purpose names a purpose that the policy "
            f"{policy.name} does not know; expected one of: {known}."
        )
