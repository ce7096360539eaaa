"""Who, what, how: the synchronous heart of the data plane."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from curtilage.consent.models import Origin as PolicyOrigin
from curtilage.consent.models import Policy, RestoreRules, Rule
from curtilage.core.errors import CurtilageError
from curtilage.core.models import (
    Finding,
    PrincipalKind,
    PurposeKey,
    TenantId,
    Treatment,
)
from curtilage.detect.errors import TooDense
from curtilage.gateway.admitting import admit
from curtilage.gateway.engine import Engine
from curtilage.gateway.errors import (
    BodyTooLarge,
    ContentBlocked,
    ModelNotHeld,
    PolicyRefused,
    UnknownModel,
)
from curtilage.gateway.findings import SHORT
from curtilage.gateway.records import Account
from curtilage.gateway.request import Outbound
from curtilage.gateway.session import open_session
from curtilage.gateway.settings import GatewaySettings, RouteSettings
from curtilage.gateway.snapshot import Snapshot
from curtilage.gateway.wire.error_bodies import error_headers, openai_error
from curtilage.gateway.wire.errors import UnscannableContent
from curtilage.gateway.wire.note import NOTE, NOTE_NUMBER
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.restore import restore_text
from tests.builders import TENANT, a_scope
from tests.fakes.clock import START
from tests.fakes.dataplane import (
    CATEGORIES,
    KEY,
    a_loaded_scope,
    a_policy,
    a_route_table,
    a_snapshot,
    an_api_key,
    an_engine,
    find_planted,
)
from tests.fakes.entropy import FixedEntropy

ADA, CARD, SECRET = "‹EMAIL_ADDRESS:ada›", "‹CREDIT_CARD:4111›", "‹SEC_GITHUB:ghp›"
PAGE = "‹URL:orchard›"
CHAT = PROTOCOLS["openai.chat"]


def headers_of(**headers: str) -> list[tuple[bytes, bytes]]:
    """The key, and headers of ours by their short names."""
    raw = [(b"authorization", b"Bearer " + KEY.text.encode())]
    return raw + [
        (f"x-curtilage-{name}".encode(), value.encode()) for name, value in headers.items()
    ]


def protect(
    document: dict[str, Any], snapshot: Snapshot | None = None, *, engine: Engine | None = None,
    kind: str = "openai.chat", account: Account | None = None, **headers: str,
) -> Outbound:  # fmt: skip
    engine, snapshot, protocol = engine or an_engine(), snapshot or a_snapshot(), PROTOCOLS[kind]
    admitted = admit(snapshot, headers_of(**headers), START)
    session = open_session(a_loaded_scope(admitted.scope), FixedEntropy())
    raw, account = json.dumps(document).encode(), account or Account()
    return engine.take_in(snapshot, admitted, protocol, raw, session, account=account)[1]


def chat(*said: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": s} for s in said], **more}


# What


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (chat("x", model="none"), UnknownModel),
        (chat("x" * 400), BodyTooLarge),
        (chat("x", messages=[{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "data:,"}}]}]), UnscannableContent),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_served_is_refused(
    document: dict[str, Any], error: type[CurtilageError]
) -> None:
    with pytest.raises(error):
        protect(document, a_snapshot(settings=GatewaySettings(max_body_bytes=400)))


def test_what_is_too_dense_to_be_examined_is_refused_in_the_protocols_shape() -> None:
    def scan(_text: str) -> tuple[Finding, ...]:
        raise TooDense

    with pytest.raises(TooDense) as refused:
        protect(chat("x"), engine=an_engine(scan))
    status, body = openai_error(refused.value, "req-1")
    assert (status, json.loads(body)["error"]["code"]) == (400, "detect.too-dense")
    assert (b"x-should-retry", b"false") in error_headers(refused.value, "req-1")


def test_a_key_may_be_held_to_some_models() -> None:
    snapshot = a_snapshot(an_api_key(models=frozenset({"gpt-4o"})))
    assert protect(chat("x"), snapshot)
    with pytest.raises(ModelNotHeld):
        protect(chat("x", model="gpt-4o-mini"), snapshot)


def test_a_route_may_give_the_model_another_name() -> None:
    routes = a_route_table(RouteSettings("house", "openai", rename="gpt-4o"))
    sent = json.loads(protect(chat("x", model="house"), a_snapshot(routes=routes)).body)
    assert sent["model"] == "gpt-4o"


def test_a_models_name_that_holds_something_does_not_leave() -> None:
    routes = a_route_table(RouteSettings("*", "openai"))
    engine = an_engine()
    for _ in range(2):
        with pytest.raises(ContentBlocked) as refused:
            protect(chat("x", model=ADA), a_snapshot(routes=routes), engine=engine)
        assert "ada" not in refused.value.detail


# How


def test_each_value_leaves_as_its_token_and_is_held_for_the_way_back() -> None:
    account = Account()
    outbound = protect(chat(f"{ADA} and {CARD} and {ADA}"), account=account)
    assert b"ada" not in outbound.body and b"4111" not in outbound.body
    assert account.found == account.count_protected() == {"EMAIL_ADDRESS": 2, "CREDIT_CARD": 1}
    assert len(outbound.held) == 2
    assert said(outbound) == f"{ADA} and {CARD} and {ADA}"
    assert "ada" not in repr(outbound)


def test_the_same_request_leaves_as_the_same_bytes_from_any_worker() -> None:
    document = chat(f"{ADA} {'word ' * 40}", user="ada")
    assert protect(document).body == protect(document, engine=an_engine()).body
    assert protect(document, session="a").body != protect(document, session="b").body


def test_an_identity_becomes_a_keyed_hash_of_the_scope() -> None:
    one, again, other = (
        json.loads(protect(chat("x", user="ada", safety_identifier="ben"), session=name).body)
        for name in ("a", "a", "b")
    )
    assert one["user"] == again["user"] != other["user"]
    assert one["user"] != one["safety_identifier"]


def test_a_label_is_context_for_what_stands_under_it() -> None:
    """The scan sees `iban: …`; what it finds in the label itself is no finding of the value."""
    seen: list[str] = []

    def scan(text: str) -> Any:
        seen.append(text)
        return find_planted(text)

    outbound = protect(chat("x", metadata={"iban": ADA}), engine=an_engine(scan))
    assert f"iban: {ADA}" in seen
    sent = json.loads(outbound.body)["metadata"]
    assert sent["iban"].startswith("QX1-EMAIL-")
    account = Account()
    labelled = protect(chat("x", metadata={ADA: "plain"}), account=account)
    ((name, value),) = json.loads(labelled.body)["metadata"].items()
    assert name.startswith("QX1-EMAIL-") and value == "plain"
    assert account.found == {"EMAIL_ADDRESS": 1}


def test_a_purpose_that_the_policy_does_not_know_is_refused() -> None:
    snapshot = a_snapshot(an_api_key(purposes=frozenset({PurposeKey("gossip")})))
    with pytest.raises(PolicyRefused):
        protect(chat("x"), snapshot)


def test_what_the_policy_blocks_does_not_leave_and_is_not_repeated() -> None:
    policy = a_policy("strict")
    blocking = replace(
        policy,
        rules=tuple(replace(rule, treatment=Treatment.BLOCK) for rule in policy.rules),
    )
    account = Account()
    with pytest.raises(ContentBlocked) as refused:
        protect(chat(f"my {SECRET}"), a_snapshot(policy=blocking), account=account)
    assert "SEC_GITHUB" in refused.value.detail and "ghp" not in refused.value.detail
    assert account.found == {"SEC_GITHUB": 1}
    assert account.decision is not None
    assert set(account.decision.treatments.values()) == {Treatment.BLOCK}


STEPS = {
    "not readable": (b"{", {}),
    "no route": (b'{"model":"none","messages":[],"stream":true}', {"stream": True}),
    "a model of others": (
        json.dumps(chat(ADA, model="gpt-4o-mini")).encode(),
        {"stream": False, "model": "gpt-*", "upstream": "openai", "destination": "external"},
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_what_is_refused_is_told_as_far_as_it_was_read(step: str) -> None:
    raw, known = STEPS[step]
    snapshot, account = a_snapshot(an_api_key(models=frozenset({"gpt-4o", "none"}))), Account()
    admitted = admit(snapshot, headers_of(), START)
    session = open_session(a_loaded_scope(admitted.scope), FixedEntropy())
    with pytest.raises(CurtilageError):
        an_engine().take_in(snapshot, admitted, CHAT, raw, session, account=account)
    assert account.facts() == known


def test_a_refusal_by_the_policy_is_told_with_its_reason_and_what_was_found() -> None:
    snapshot = a_snapshot(an_api_key(purposes=frozenset({PurposeKey("gossip")})))
    account = Account()
    with pytest.raises(PolicyRefused):
        protect(chat(ADA), snapshot, account=account)
    assert account.decision is not None and account.decision.reason == "purpose.unknown"
    assert account.facts() == {
        "model": "gpt-4o", "upstream": "openai", "destination": "external", "stream": False,
        "slots": 1, "found": {"EMAIL_ADDRESS": 1},
    }  # fmt: skip


def test_a_name_that_may_not_leave_is_told_by_its_place_and_its_route() -> None:
    account = Account()
    anything = a_snapshot(routes=a_route_table(RouteSettings("*", "openai")))
    with pytest.raises(ContentBlocked):
        protect(chat("x", model=ADA), anything, account=account)
    assert (account.model, account.bare, account.found) == ("*", ("model",), {"EMAIL_ADDRESS": 1})


FORGED = "QX1-EMAIL-4w4vxy657fuc1mte-02k3r3vwpvjzsmtk"
BODIES = {
    "openai.chat": f"""{{ "model" : "gpt-4o",
        "user": "{ADA}", "safety_identifier":"{ADA}", "temperature": 1.50, "seed": 1E2,
        "stream": true, "stream_options": {{"include_usage": true}},
        "messages": [{{"role":"user","content":"\\u0041 {ADA} {SECRET} {FORGED}"}}],
        "metadata": {{"{ADA}": "{CARD}"}} }} \n""",
    "openai.embeddings": f"""{{"input":["{ADA}",
        "{FORGED}"], "user":"{ADA}","model":"text-embedding-3-small"}}""",
    "anthropic.messages": f"""{{ "model":"claude-sonnet-4-5", "max_tokens":  5,
        "metadata": {{"user_id":"{ADA}"}}, "messages": [{{"role":"user","content": "{CARD} {FORGED}"}},
        {{"role":"assistant","content":[{{"type":"thinking","thinking":"{SECRET}","signature":"a"}}]}}]}}""",
    "anthropic.count_tokens": f"""{{ "model":"claude-sonnet-4-5",
        "messages": [{{"role":"user","content": "{CARD} {FORGED}"}}]}}""",
}


def observe(
    kind: str, raw: bytes, *, policy: Any = None, account: Account | None = None, **given: Any
) -> Outbound:
    snapshot, engine = a_snapshot(policy=policy or a_policy("observe"), **given), an_engine()
    admitted = admit(snapshot, headers_of(), START)
    inbound = engine.read(snapshot, admitted, PROTOCOLS[kind], raw, account)
    session = open_session(a_loaded_scope(admitted.scope), FixedEntropy())
    return engine.protect(snapshot, admitted, PROTOCOLS[kind], inbound, session)


@pytest.mark.parametrize("kind", BODIES)
def test_a_policy_that_observes_lets_each_byte_leave_as_it_came(kind: str) -> None:
    raw = BODIES[kind].encode()
    outbound = observe(kind, raw)
    assert outbound.body == raw
    assert len(outbound.held) == 0
    if kind != "anthropic.messages":  # where signed text may not be altered
        assert observe(kind, raw, policy=a_policy()).body != raw


def test_a_policy_that_observes_tells_what_it_saw_and_that_it_let_it_go() -> None:
    account, signed = Account(), Account()
    observe("openai.chat", BODIES["openai.chat"].encode(), account=account)
    assert account.found == {"EMAIL_ADDRESS": 4, "CREDIT_CARD": 1, "SEC_GITHUB": 1}
    assert account.count_protected() == {}
    assert account.decision is not None and account.decision.reason == "permitted.observed"
    assert set(account.decision.treatments.values()) == {Treatment.ALLOW}
    observe("anthropic.messages", BODIES["anthropic.messages"].encode(), account=signed)
    assert signed.found == {"EMAIL_ADDRESS": 1, "CREDIT_CARD": 1, "SEC_GITHUB": 1}


def test_a_name_that_holds_something_leaves_where_all_is_observed_and_is_not_recorded() -> None:
    routes = a_route_table(RouteSettings("*", "openai"))
    raw = json.dumps(chat("x", model=ADA), ensure_ascii=False).encode()
    account, clean = Account(), Account()
    assert observe("openai.chat", raw, routes=routes, account=account).body == raw
    assert (account.model, account.found) == ("*", {"EMAIL_ADDRESS": 1})
    plain = json.dumps(chat("x", model="house"), ensure_ascii=False).encode()
    observe("openai.chat", plain, routes=routes, account=clean)
    assert clean.model == "house"


def test_what_routing_asks_for_is_all_that_changes_where_all_is_observed() -> None:
    routes = a_route_table(RouteSettings("house", "openai", rename="gpt-4o"))
    document = chat(ADA, model="house", user=ADA, stream=True)
    sent = json.loads(observe("openai.chat", json.dumps(document).encode(), routes=routes).body)
    added = {"model": "gpt-4o", "stream_options": {"include_usage": True}}
    assert sent == {**document, **added}


def test_a_policy_that_observes_may_still_refuse_a_destination() -> None:
    policy = a_policy("observe", refused_destinations=frozenset({"external"}))
    with pytest.raises(PolicyRefused):
        observe("openai.chat", BODIES["openai.chat"].encode(), policy=policy)


def test_what_no_policy_knows_is_blocked_by_one_that_observes_too() -> None:
    strange = Engine(
        scan=find_planted, rules="1", categories={**CATEGORIES, "EMAIL_ADDRESS": "novel.category"},
        cache_key=b"c" * 32,
    )  # fmt: skip
    with pytest.raises(ContentBlocked):
        protect(chat(ADA), a_snapshot(policy=a_policy("observe")), engine=strange)


def test_the_policy_is_asked_before_a_name_is_blocked() -> None:
    routes = a_route_table(RouteSettings("*", "openai"))
    policy = a_policy(refused_destinations=frozenset({"external"}))
    with pytest.raises(PolicyRefused):
        protect(chat("x", model=ADA), a_snapshot(policy=policy, routes=routes))


def test_what_was_found_is_kept_for_one_tenant_under_one_policy() -> None:
    """Each engine has the rules that it was built with, and a cache of its own."""
    scanned: list[str] = []

    def scan(text: str) -> tuple[Finding, ...]:
        scanned.append(text)
        return find_planted(text)

    engine, long = an_engine(scan), f"{ADA} " + "word " * SHORT
    stricter = a_policy(default=Treatment.MASK)
    for given, times in (
        ({}, 1), ({}, 1), ({"policy": stricter}, 2), ({"tenant": TenantId("tenant-quarry")}, 3),
        ({}, 3),
    ):  # fmt: skip
        key = an_api_key(tenant=given.get("tenant", TENANT))
        protect(chat(long), a_snapshot(key, **given), engine=engine)
        assert scanned.count(long) == times


def test_another_policy_is_another_decision_at_once() -> None:
    engine = an_engine()
    assert b"ada" not in protect(chat(ADA), engine=engine).body
    observing = a_snapshot(policy=a_policy("observe"))
    assert "ada" in protect(chat(ADA), observing, engine=engine).body.decode()
    assert b"ada" not in protect(chat(ADA), engine=engine).body


def test_a_header_that_travels_on_may_hold_nothing() -> None:
    engine, snapshot = an_engine(), a_snapshot()
    raw = [
        (b"x-curtilage-key", KEY.text.encode()),
        (b"openai-project", "‹SEC_GITHUB:x›".encode()),
    ]
    admitted = admit(snapshot, raw, START)
    travelling = replace(admitted.headers, forwarded=(("openai-project", SECRET),))
    admitted = replace(admitted, headers=travelling)
    inbound = engine.read(snapshot, admitted, CHAT, json.dumps(chat("x")).encode())
    with pytest.raises(ContentBlocked):
        engine.protect(
            snapshot,
            admitted,
            CHAT,
            inbound,
            open_session(a_loaded_scope(a_scope()), FixedEntropy()),
        )


# What may come back


def said(outbound: Outbound) -> str:
    """What left, as this caller would see it again."""
    messages = json.loads(outbound.body)["messages"]
    left = " ".join(message["content"] for message in messages)
    return restore_text(left, outbound.held).text


def may_restore(outbound: Outbound, value: str) -> bool:
    return value in said(outbound)


def both(system: str, user: str) -> dict[str, Any]:
    document = chat(user)
    document["messages"].insert(0, {"role": "system", "content": system})
    return document


@pytest.mark.parametrize(
    ("kind", "application"), [(PrincipalKind.SERVICE, True), (PrincipalKind.PERSON, False)]
)
def test_a_person_gets_their_own_words_and_a_service_all(
    kind: PrincipalKind, application: bool
) -> None:
    outbound = protect(both(CARD, ADA), a_snapshot(an_api_key(kind=kind)))
    assert may_restore(outbound, ADA)
    assert may_restore(outbound, CARD) is application


def test_without_the_right_to_restore_nothing_comes_back() -> None:
    outbound = protect(both(CARD, ADA), a_snapshot(an_api_key(rights=frozenset())))
    assert not may_restore(outbound, ADA) and not may_restore(outbound, CARD)


@pytest.mark.parametrize(
    "right", ["restore:EMAIL_ADDRESS", "restore:user.contact", "restore:user.contact.email"]
)
def test_a_right_that_names_data_restores_no_other(right: str) -> None:
    outbound = protect(chat(f"{ADA} {CARD}"), a_snapshot(an_api_key(rights=frozenset({right}))))
    assert may_restore(outbound, ADA) and not may_restore(outbound, CARD)


def test_the_policy_holds_for_a_right_that_names_data_too() -> None:
    never = a_policy(restore=RestoreRules(never=frozenset({"user.contact"})))
    key = an_api_key(rights=frozenset({"restore:user.contact", "restore:user.financial"}))
    outbound = protect(chat(f"{ADA} {CARD}"), a_snapshot(key, policy=never))
    assert may_restore(outbound, CARD) and not may_restore(outbound, ADA)


def test_two_keys_under_one_policy_do_not_get_each_others_rights() -> None:
    engine = an_engine()
    for target, seen in (("user.contact", True), ("user.financial", False), ("user.contact", True)):
        key = an_api_key(rights=frozenset({f"restore:{target}"}))
        outbound = protect(chat(f"{ADA} {CARD}"), a_snapshot(key), engine=engine)
        assert (may_restore(outbound, ADA), may_restore(outbound, CARD)) == (seen, not seen)


def treat(**ways: Treatment) -> Policy:
    rules = tuple(Rule(target, treatment) for target, treatment in ways.items())
    return replace(a_policy(), rules=rules)


def test_a_policy_may_ask_for_surrogates_and_what_has_none_is_a_token() -> None:
    policy = treat(EMAIL_ADDRESS=Treatment.SURROGATE, CREDIT_CARD=Treatment.SURROGATE)
    outbound = protect(chat(f"{ADA} or {CARD}"), a_snapshot(policy=policy))
    content = json.loads(outbound.body)["messages"][0]["content"]
    assert re.fullmatch(r"qx3\w{16}@mail\.example or QX1-CARD-\S+", content)
    assert said(outbound) == f"{ADA} or {CARD}"


def find_doubtful(text: str) -> tuple[Finding, ...]:
    """As `find_planted`, but each address of a page may be a card number as well."""
    return tuple(
        found._replace(rivals=(found._replace(type="CREDIT_CARD", category="user.financial.card"),))
        if found.type == "URL"
        else found
        for found in find_planted(text)
    )


def test_of_what_a_value_may_be_the_strictest_word_of_the_policy_counts_and_is_counted() -> None:
    engine, account = an_engine(find_doubtful), Account()
    snapshot = a_snapshot(policy=treat(URL=Treatment.ALLOW, CREDIT_CARD=Treatment.MASK))
    outbound = protect(chat(f"{PAGE} of {ADA}"), snapshot, engine=engine, account=account)
    assert b"orchard" not in outbound.body and b"[CARD]" in outbound.body
    assert account.found == account.count_protected() == {"CREDIT_CARD": 1, "EMAIL_ADDRESS": 1}
    open_to_both = a_snapshot(policy=treat(URL=Treatment.ALLOW, CREDIT_CARD=Treatment.ALLOW))
    account = Account()
    assert PAGE in said(protect(chat(PAGE), open_to_both, engine=engine, account=account))
    assert account.found == {"URL": 1}
    blocking = a_snapshot(policy=treat(URL=Treatment.ALLOW, CREDIT_CARD=Treatment.BLOCK))
    with pytest.raises(ContentBlocked, match="CREDIT_CARD"):
        protect(chat(PAGE), blocking, engine=engine)


def test_what_left_encrypted_comes_back_in_a_later_request_of_the_scope_only() -> None:
    snapshot = a_snapshot(policy=treat(EMAIL_ADDRESS=Treatment.ENCRYPT))
    first = protect(chat(f"Write to {ADA}"), snapshot, session="one")
    left = json.loads(first.body)["messages"][0]["content"]
    assert left.startswith("Write to QX2-EMAIL-")
    later = protect(chat(f"Again: {left}"), snapshot, session="one")
    assert json.loads(later.body)["messages"][0]["content"] == f"Again: {left}"
    assert may_restore(later, ADA)
    elsewhere = protect(chat(f"Again: {left}"), snapshot, session="another")
    assert not may_restore(elsewhere, ADA)
    nothing = a_snapshot(an_api_key(rights=frozenset()), policy=snapshot.policy)
    assert not may_restore(protect(chat(left), nothing, session="one"), ADA)


def test_a_policy_may_keep_everything_or_some_types_from_coming_back() -> None:
    nothing = a_policy(restore=RestoreRules(to_persons=frozenset(), to_services=frozenset()))
    assert not may_restore(protect(chat(ADA), a_snapshot(policy=nothing)), ADA)
    some = a_policy(
        restore=RestoreRules(
            to_persons=frozenset(),
            to_services=frozenset({PolicyOrigin.CALLER}),
            never=frozenset({"user.financial"}),
        )
    )
    outbound = protect(chat(f"{ADA} {CARD}"), a_snapshot(policy=some))
    assert may_restore(outbound, ADA) and not may_restore(outbound, CARD)


def test_a_policy_may_keep_what_the_caller_wrote_and_give_back_the_applications() -> None:
    injected = RestoreRules(to_services=frozenset({PolicyOrigin.APPLICATION}))
    outbound = protect(both(CARD, ADA), a_snapshot(policy=a_policy(restore=injected)))
    assert may_restore(outbound, CARD) and not may_restore(outbound, ADA)


# The note to the model

NOTING = GatewaySettings(retries=0)


def test_the_note_goes_along_with_or_without_a_token_and_is_recorded() -> None:
    for text in (ADA, "nothing personal"):
        account = Account()
        outbound = protect(chat(text), a_snapshot(settings=NOTING), account=account)
        first, second = json.loads(outbound.body)["messages"]
        assert first == {"role": "system", "content": NOTE}
        assert second["role"] == "user"
        assert account.facts()["note"] == NOTE_NUMBER
        assert account.slots == 1  # it is ours, and no text of the caller


@pytest.mark.parametrize("kind", ["anthropic.messages", "anthropic.count_tokens"])
def test_a_count_counts_the_note_that_the_call_would_carry(kind: str) -> None:
    document = {**chat("x", model="claude-sonnet"), "max_tokens": 5, "system": "Be kind."}
    outbound = protect(document, a_snapshot(settings=NOTING), kind=kind)
    assert json.loads(outbound.body)["system"] == f"{NOTE}\n\nBe kind."


def test_no_note_where_it_is_turned_off_where_all_is_observed_and_where_nothing_is_asked() -> None:
    off = protect(chat("x"), a_snapshot())
    observed = protect(chat("x"), a_snapshot(settings=NOTING, policy=a_policy("observe")))
    for outbound in (off, observed):
        assert len(json.loads(outbound.body)["messages"]) == 1
    embedding = {"model": "text-embedding-3-small", "input": "x"}
    body = protect(embedding, a_snapshot(settings=NOTING), kind="openai.embeddings").body
    assert json.loads(body) == embedding
