"""What the control process says becomes the snapshot of a worker."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from curtilage.app.foundation import vocabulary
from curtilage.app.settings import TAKEN_OVER, read_settings
from curtilage.app.snapshots import (
    SnapshotBuilder,
    encode_corrections,
    encode_key,
    encode_past,
    parse_key,
    parse_past,
    renew_tokens,
)
from curtilage.app.standing_data import encode_caller_budgets, encode_standing
from curtilage.consent.corrections import Correction, Corrections, Verdict
from curtilage.consent.shelf import PolicyShelf
from curtilage.consent.versions import PastPolicy
from curtilage.core.errors import SetupError
from curtilage.core.models import PrincipalId, PrincipalKind, PurposeKey
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.identity.budgets import Budget, Measure, Whose, Window
from curtilage.identity.caller_budgets import CallerBudgets
from curtilage.identity.models import ApiKey, KeyGroup
from curtilage.identity.oauth.models.standing import Standing
from tests.builders import ASSIST, SERVICE, TENANT
from tests.fakes.clock import START

BUDGETS = CallerBudgets({(Whose.APP, ""): (Budget(Measure.REQUESTS, Window.DAY, 9),)})
STANDING = Standing("https://id.example", "https://id.example", b'{"keys": []}')
MONEY = Budget(Measure.MONEY, Window.MONTH, 20_000_000)
CALLS = Budget(Measure.REQUESTS, Window.TOTAL, 3)


def a_key(**given: Any) -> ApiKey:
    defaults: dict[str, Any] = {
        "id": "key-1", "tenant": TENANT, "principal": SERVICE, "name": "Helpdesk",
        "digest": bytes(range(32)), "created_at": START, "purposes": frozenset({ASSIST}),
    }  # fmt: skip
    return ApiKey(**(defaults | given))


@pytest.mark.parametrize(
    "key",
    [
        a_key(),
        a_key(kind=PrincipalKind.AGENT, purposes=frozenset({ASSIST, PurposeKey("code")})),
        a_key(rights=frozenset({"restore"}), models=frozenset({"gpt-*", "mirror"})),
        a_key(expires_at=START + timedelta(days=1), revoked_at=START + timedelta(microseconds=1)),
        a_key(requests_per_minute=5, tokens_per_minute=0),
        a_key(budgets=(MONEY,), group=KeyGroup("group-1", TENANT, "team", START, (CALLS,))),
    ],
)
def test_a_key_comes_over_as_it_was(key: ApiKey) -> None:
    assert parse_key(orjson.loads(orjson.dumps(encode_key(key)))) == key


def raw(configuration: str | None = None) -> dict[str, Any]:
    text = PolicyShelf(None).read("balanced").decode()
    return {
        "generation": "run.7", "tenant": TENANT, "keys": [encode_key(a_key())],
        "policy": {"name": "balanced", "text": text}, "past": [], "shadow": None,
        "corrections": encode_corrections(Corrections(bytes(32), ())), "configuration": configuration, "canaries": "",
        "tokens": encode_standing(STANDING), "caller_budgets": encode_caller_budgets(BUDGETS),
    }  # fmt: skip


def test_a_snapshot_holds_keys_policy_routes_and_credentials() -> None:
    environment = {"OPENAI_API_KEY": "invented", "ANTHROPIC_API_KEY": ""}
    snapshot = SnapshotBuilder(read_settings(None, {}, {}), environment).build(raw())
    assert (snapshot.generation, snapshot.tenant) == ("run.7", TENANT)
    assert snapshot.keys.get(bytes(range(32))) == a_key()
    assert snapshot.policy.name == "balanced"
    assert snapshot.credentials == {"openai": "invented"}
    assert "invented" not in repr(snapshot)


def test_the_text_of_the_file_is_what_counts() -> None:
    builder = SnapshotBuilder(read_settings(None, {}, {}), {"LAKE": "invented"})
    text = (
        '[gateway]\nretries = 4\n[upstreams.lake]\nprotocol = "openai"\n'
        'base_url = "https://lake.example/v1"\napi_key_env = "LAKE"\n'
    )
    snapshot = builder.build(raw(text))
    assert snapshot.settings.retries == 4
    assert snapshot.credentials == {"lake": "invented"}


def test_earlier_policies_come_over_with_until_when_they_were_in_force() -> None:
    text = PolicyShelf(None).read("strict").decode()
    past = PastPolicy("strict", text, START)
    builder = SnapshotBuilder(read_settings(None, {}, {}), {}, vocabulary())
    told = orjson.loads(orjson.dumps({**raw(), "past": [encode_past(past)]}))
    snapshot = builder.build(told)
    assert parse_past(told["past"][0]) == past
    assert snapshot.policy.name == "balanced"
    strict = PolicyShelf(None).load("strict")
    assert snapshot.held_to(START).policy.held_to == (strict.reference,)
    assert snapshot.held_to(START + timedelta(hours=1)) is snapshot
    again = builder.build({**told, "generation": "run.8"})
    assert again.policy is snapshot.policy, "a new key reads no policy again"


def test_a_second_policy_comes_over_for_comparison_alone() -> None:
    shadow = {"name": "strict", "text": PolicyShelf(None).read("strict").decode()}
    builder = SnapshotBuilder(read_settings(None, {}, {}), {})
    snapshot = builder.build({**raw(), "shadow": shadow})
    assert snapshot.shadow == PolicyShelf(None).load("strict")
    assert snapshot.policy.name == "balanced"
    assert builder.build(raw()).shadow is None


def test_the_key_of_canaries_comes_over_once_there_is_one() -> None:
    builder = SnapshotBuilder(read_settings(None, {}, {}), {})
    assert builder.build(raw()).canaries is None
    snapshot = builder.build({**raw(), "canaries": "ab" * 32})
    assert snapshot.canaries == CanaryKey(b"\xab" * 32)
    assert "abab" not in repr(snapshot)


def test_corrections_come_over_without_who_said_them_and_why() -> None:
    said = Correction(
        "c-1", Verdict.MISSED, "user.contact.email:EMAIL_ADDRESS", b"d" * 16, 1, 3,
        "A reason", PrincipalId("ada"), START, START + timedelta(days=1),
    )  # fmt: skip
    told = encode_corrections(Corrections(b"k" * 32, [said], frozenset({"c-1"})))
    assert "reason" not in str(told) and "ada" not in str(told)
    snapshot = SnapshotBuilder(read_settings(None, {}, {}), {}).build(
        orjson.loads(orjson.dumps({**raw(), "corrections": told}))
    )
    assert snapshot.corrections is not None
    assert snapshot.corrections.over == {"c-1"}
    (entry,) = snapshot.corrections.entries
    assert entry == replace(said, reason="", author=PrincipalId(""))
    assert snapshot.held_to(START).dictionary is not None
    assert snapshot.held_to(START + timedelta(days=2)) is snapshot, "what is over"


def test_without_a_past_nothing_is_put_together() -> None:
    snapshot = SnapshotBuilder(read_settings(None, {}, {}), {}, vocabulary()).build(raw())
    assert snapshot.lineage is None
    assert snapshot.held_to(None) is snapshot


@pytest.mark.parametrize("name", sorted(TAKEN_OVER - {"gateway.policy"}))
def test_whatever_is_taken_over_reaches_the_next_snapshot(name: str) -> None:
    builder, field = SnapshotBuilder(read_settings(None, {}, {}), {}), name.partition(".")[2]
    before = getattr(builder.build(raw()).settings, field)
    other = f"{before}-2" if isinstance(before, str) else before + 1
    if name == "gateway.conversations":  # the name of an upstream
        other = "mirror"
    if isinstance(before, bool):
        other = not before
    after = builder.build(
        raw(f"{name} = {str(other).lower() if isinstance(other, bool) else repr(other)}\n")
    )
    assert getattr(after.settings, field) == other


def test_a_bad_text_is_refused() -> None:
    with pytest.raises(SetupError):
        SnapshotBuilder(read_settings(None, {}, {}), {}).build(raw("[gateway]\nretries = 99\n"))


def test_whoever_signs_out_changes_no_budgets() -> None:
    builder = SnapshotBuilder(read_settings(None, {}, {}), {})
    snapshot = builder.build(raw())
    assert snapshot.tokens is not None and snapshot.tokens.budgets == BUDGETS
    ended = replace(STANDING, grants=frozenset({"grant-1"}))
    renewed = renew_tokens(snapshot, {"tokens": encode_standing(ended)}).tokens
    assert renewed is not None
    assert (renewed.grants, renewed.budgets) == ({"grant-1"}, BUDGETS)
