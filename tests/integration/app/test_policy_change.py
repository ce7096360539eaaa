"""A policy made stricter applies at once, one made looser to new sessions (law 5)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from curtilage.consent.combine import OVERLAP
from curtilage.consent.shadow import ShadowRow
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.wire import parse_policy
from curtilage.core.models import PrincipalId
from tests.fakes.provider import chat_reply, whole
from tests.integration.processes import eventually
from tests.integration.service import CREDENTIAL, RunningService, running_service

pytestmark = pytest.mark.slow
ADA = "ada.quill@orchard.example"
WRITTEN = """format = 1
default = "token"
[purposes.assist]
title = "Answer"
[[rules]]
data = ["user.contact.email"]
treatment = "{}"
"""


class Policies:
    """The operator's own policy, and what a caller then sees leave."""

    def __init__(self, service: RunningService, file: Path, key: str = "") -> None:
        self.service, self.file = service, file
        self.key = key or service.key(rights=frozenset({"restore"}))

    def write(self, treatment: str) -> None:
        fresh = self.file.with_suffix(".new")  # moved in whole: the service looks meanwhile
        fresh.write_text(WRITTEN.format(treatment))
        fresh.replace(self.file)
        self.service.ask(self.service._take_over())

    def leaves(self, session: str = "") -> str:
        """How an address leaves in this session; in the epoch's where it has no name."""
        headers = {"x-curtilage-session": session} if session else {}
        self.service.provider.script = whole(chat_reply("Hello."))
        with self.service.client(self.key, **headers) as client:
            self.reply = client.post("/v1/chat/completions", json=chat(f"Mail {ADA}"))
        if self.reply.status_code != httpx.codes.OK:
            return "refused"
        said = self.service.provider.received[-1].document["messages"][0]["content"]
        return {f"Mail {ADA}": "allow", "Mail [EMAIL]": "mask"}.get(said, "token")

    def held_to(self) -> list[str]:
        intent = self.service.events(self.reply.headers["x-curtilage-request-id"])[0]
        facts = intent.facts.get("held_to", [])
        assert isinstance(facts, list)
        return [str(each) for each in facts]


def chat(text: str) -> dict[str, object]:
    return {"model": "gpt-4.1-mini", "messages": [{"role": "user", "content": text}]}


@contextmanager
def opened(folder: Path, key: str = "", **flags: Any) -> Iterator[Policies]:
    file = folder / "policies" / "mine.toml"
    settings = {"policy.dir": file.parent, "gateway.policy": "mine", **flags}
    with running_service(folder, **settings) as service:
        yield Policies(service, file, key)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a service can be opened, with a policy of its own that makes tokens."""
    monkeypatch.setenv("OPENAI_API_KEY", CREDENTIAL)
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "mine.toml").write_text(WRITTEN.format("token"))
    return tmp_path


@pytest.fixture
def policies(folder: Path) -> Iterator[Policies]:
    with opened(folder) as found:
        yield found


def test_stricter_at_once_and_looser_for_new_sessions(policies: Policies) -> None:
    assert [policies.leaves(), policies.leaves("one")] == ["token", "token"]
    policies.write("allow")
    assert policies.leaves("one") == "token", "a session keeps what it began with"
    assert policies.leaves() == "token", "and so does one that has no name"
    (held,) = policies.held_to()
    time.sleep(OVERLAP.total_seconds())
    assert policies.leaves("two") == "allow", "a new one is held to the newest alone"
    assert policies.held_to() == []
    assert policies.leaves("one") == "token"
    assert policies.held_to() == [held]
    policies.write("block")
    assert [policies.leaves(each) for each in ("", "one", "two", "three")] == ["refused"] * 4
    assert policies.service.verify().holds


def test_a_service_that_starts_again_holds_its_sessions_to_what_they_began_with(
    folder: Path,
) -> None:
    with opened(folder) as before:
        assert before.leaves("one") == "token"
    before.file.write_text(WRITTEN.format("allow"))
    with opened(folder, before.key) as policies:
        assert policies.leaves("one") == "token"
        assert policies.held_to() != []
        policies.write("mask")
        assert policies.leaves("one") == "mask"


# Where a second administrator approves


REVIEWED = {"gateway.policy_approval": True}
ADA_ADMIN = PrincipalId("admin-ada")


def approve(service: RunningService, file: Path) -> None:
    """What the file holds, put forward by an administrator and approved by the operator."""
    operator = service.control.operator
    author = replace(operator, id=ADA_ADMIN)
    life, text = service.control.changes.succession.life, file.read_text()
    policy = parse_policy(text.encode(), "mine")
    version = service.ask(life.propose(author, policy, text, "A test"))
    service.ask(life.approve(operator, version))
    service.ask(service._take_over())


def test_a_changed_policy_waits_for_its_approval(folder: Path) -> None:
    with opened(folder, **REVIEWED) as policies:
        assert policies.leaves("one") == "token", "a first start has nobody who could approve"
        policies.write("mask")
        assert policies.leaves("one") == "token"
        approve(policies.service, policies.file)
        assert policies.leaves("one") == "mask"
        policies.write("token")
        assert policies.leaves("two") == "mask", "to go back is a change like any other"
        kinds = [event.kind for event in policies.service.events()]
        assert kinds.count("configuration.refused") == 2
        policies.write("mask")


def test_a_policy_that_was_changed_while_the_service_stood_waits_too(folder: Path) -> None:
    with opened(folder, **REVIEWED) as before:
        assert before.leaves() == "token"
    before.file.write_text(WRITTEN.format("allow"))
    with opened(folder, before.key, **REVIEWED) as policies:
        eventually(lambda: "configuration.refused" in [e.kind for e in policies.service.events()])
        assert policies.leaves("two") == "token"
        approve(policies.service, policies.file)
        time.sleep(OVERLAP.total_seconds())
        assert policies.leaves("three") == "allow"
        assert policies.leaves() == "token"


# What a second policy would have done


def test_a_second_policy_is_compared_on_live_calls_and_applied_to_none(folder: Path) -> None:
    with opened(folder, **{"gateway.shadow_policy": "observe"}) as policies:
        assert [policies.leaves(), policies.leaves("one")] == ["token", "token"]
        outcome = policies.service.events(policies.reply.headers["x-curtilage-request-id"])[-1]
        observing = PolicyShelf().load("observe").reference
        assert outcome.facts["shadow"] == {"policy": observing, "looser": {"EMAIL_ADDRESS": 1}}
        control = policies.service.control
        look = control.changes.succession.life.shadow
        found = eventually(
            lambda: [
                each
                for each in policies.service.ask(look(control.operator, timedelta(hours=1)))
                if each.calls == 2
            ]
        )
        assert found[0].rows == [ShadowRow("EMAIL_ADDRESS", "assist", 0, 2)]
