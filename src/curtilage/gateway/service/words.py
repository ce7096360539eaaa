"""What the reason codes of a call's records mean, in sentences for people."""

from collections.abc import Mapping, Sequence

from curtilage.consent.rules import REASONS
from curtilage.core import errors as core_errors
from curtilage.core.errors import CurtilageError
from curtilage.core.models import Effect, Treatment
from curtilage.core.words import Sentence, join_list, join_sentences, say
from curtilage.detect import errors as detect_errors
from curtilage.gateway import errors as gateway_errors
from curtilage.gateway.errors import ContentBlocked
from curtilage.gateway.records import HIT
from curtilage.gateway.rows import ExchangeRow
from curtilage.gateway.wire import errors as wire_errors
from curtilage.ledger import errors as ledger_errors
from curtilage.shield import errors as shield_errors
from curtilage.vault import errors as vault_errors

ENDINGS: Mapping[str, str] = {
    "caller-left": say("The caller closed the connection before the end."),
    "caller-stalled": say("The caller took nothing of the reply for gateway.idle_timeout."),
    "call-timeout": say("The call was not over after gateway.total_timeout."),
    "worker-stopped": say("The worker was told to stop before the end."),
    "worker-died": say("The worker died during the call."),
    "provider-error": say("The provider answered with an error, which was passed on."),
}
OUTCOMES: Mapping[str, str] = {
    "pending": say("Under way."),
    "completed": say("Answered."),
    "refused": say("Refused; nothing left."),
    "failed": say("Ended in an error."),
    "aborted": say("Cut short before the end."),
    "unknown": say("Nobody knows how it ended."),
}
CACHED = say("Answered from the cache; nothing left.")
HOSTILE: Mapping[str, str] = {
    "flag": say("It was let through and recorded, as the policy says."),
    "strip": say("What is to be cut out was cut out before anything left."),
    "ask": say("It leaves once somebody has seen it and said so."),
    "block": say("The policy blocks it; nothing left."),
}
HOSTILE_REPLY: Mapping[str, str] = {
    "flag": say("The reply was passed on and this recorded, as the policy says."),
    "strip": say("What would carry data away was cut out of the reply."),
    "block": say("The policy blocks it; of the reply nothing behind it was passed on."),
}
BARE: Mapping[str, str] = {
    "model": say(
        "The model's name looks like personal data or a secret, and can only leave as it is."
    ),
    "header": say(
        "A header that travels on holds personal data or a secret, and can only leave as it is."
    ),
}

# What a call can be refused with, whoever raises it.
TITLES: Mapping[str, str] = {
    kind.code: kind.title
    for module in (
        core_errors,
        detect_errors,
        gateway_errors,
        wire_errors,
        ledger_errors,
        shield_errors,
        vault_errors,
    )
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, CurtilageError)
}


def find_code(row: ExchangeRow) -> str:
    """The code of what decided about a call: the policy's, or the refusal's."""
    decision = row.decision
    code = str(decision.get("reason", ""))
    if decision.get("effect") == Effect.PERMIT and row.outcome == "refused":
        return str(row.ending.get("reason", code))
    return code or str(row.ending.get("reason", ""))


def tell_reason(row: ExchangeRow, titles: Mapping[str, str]) -> str:
    """What decided about a call, in a sentence."""
    code = find_code(row)
    if not code:
        return say("There was no text in it, so nothing had to be decided.")
    if code != ContentBlocked.code:
        return explain_code(code)
    bare = [BARE[place] for place in row.facts.get("bare", ()) if place in BARE]
    if bare:
        return join_sentences(*bare)
    blocked = [titles.get(kind, kind) for kind in find_blocked(row)]
    return tell_blocked(blocked)


def tell_blocked(kinds: Sequence[str]) -> str:
    """What of the things that were found stopped the call."""
    return say("The policy blocks what was found: {kinds}.", kinds=join_list(kinds))


def tell_ending(row: ExchangeRow) -> str:
    """What became of a call, in a sentence or two."""
    said = OUTCOMES.get(row.outcome, OUTCOMES["unknown"])
    if row.outcome == "completed" and row.facts.get("cache") == HIT:
        said = CACHED
    code = str(row.ending.get("reason", ""))
    why = explain_code(code) if code and row.outcome != "refused" else ""
    return join_sentences(said, why)


def find_blocked(row: ExchangeRow) -> list[str]:
    """The types that stopped the call."""
    treatments = row.decision.get("treatments", {})
    return sorted(
        name.rpartition(":")[2] for name, how in treatments.items() if how == Treatment.BLOCK
    )


def explain_code(code: str) -> str:
    """A sentence for a reason code; the code itself where this version does not know it."""
    known = REASONS.get(code) or ENDINGS.get(code)
    if known:
        return known
    return Sentence("{what}.", given={"what": TITLES[code]}) if code in TITLES else code
