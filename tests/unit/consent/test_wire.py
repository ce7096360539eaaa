"""Policy files: what is understood, and how the rest is refused."""

from datetime import timedelta

import pytest

from curtilage.consent.errors import PolicyError
from curtilage.consent.models import DataDemand, Opaque, Origin, Rule
from curtilage.consent.wire import LONGEST, encode_policy, parse_policy
from curtilage.core.models import Demand, Treatment

WHOLE = """
format = 1
title = "Ours"
default = "mask"
refused_destinations = ["elsewhere"]

[purposes.assist]
title = "Help"
destinations = ["eu", "local"]
needs_subject = true

[purposes.code]

[[rules]]
data = ["secret", "EMAIL_ADDRESS"]
purposes = ["assist", "code"]
treatment = "block"
because = "It is a mistake."

[[rules]]
data = ["user.contact"]
destinations = ["local"]
treatment = "allow"

[opaque]
images = "allow"
audio = "refuse"

[restore]
to_persons = []
never = ["user.financial"]
outbound_tools = ["send_email", "mcp.post"]

[hostile]
injection = "block"
replies = "flag"
allowed_hosts = ["charts.example", "intranet"]
"""

LEAST = 'format = 1\ndefault = "token"\n[purposes.assist]\n'


def test_a_whole_policy_is_read() -> None:
    policy = parse_policy(WHOLE.encode(), "ours")
    assert policy.name == "ours"
    assert policy.title == "Ours"
    assert policy.default is Treatment.MASK
    assert policy.refused_destinations == {"elsewhere"}
    assist = policy.find_purpose("assist")
    assert assist is not None
    assert assist.destinations == {"eu", "local"}
    assert assist.needs_subject
    assert not assist.needs_consent
    assert len(policy.rules) == 5
    assert Rule("EMAIL_ADDRESS", Treatment.BLOCK, "code", "*", "It is a mistake.") in policy.rules
    assert policy.rules[-1] == Rule("user.contact", Treatment.ALLOW, "*", "local")
    assert policy.rules[-1].number == 2
    assert policy.allowed_opaque == {Opaque.IMAGES}
    assert policy.restore.to_persons == frozenset()
    assert policy.restore.to_services == set(Origin)
    assert policy.restore.never == {"user.financial"}
    assert policy.restore.outbound_tools == {"send_email", "mcp.post"}
    assert (policy.hostile.injection, policy.hostile.replies) == ("block", "flag")
    assert policy.hostile.allowed_hosts == {"charts.example", "intranet"}


def test_the_least_policy_protects_everything() -> None:
    policy = parse_policy(LEAST.encode(), "least")
    assert policy.rules == ()
    assert policy.allowed_opaque == frozenset()
    assert policy.restore.to_persons == {Origin.CALLER}


@pytest.mark.parametrize("text", [WHOLE, LEAST])
def test_a_policy_comes_back_from_its_own_encoding(text: str) -> None:
    policy = parse_policy(text.encode(), "ours")
    again = parse_policy(encode_policy(policy), "ours")
    assert again == policy
    assert again.version == policy.version


def test_texts_with_every_odd_character_come_back() -> None:
    odd = "".join(chr(code) for code in range(0x20)) + '"\\\x7f\x85\u2028é𝄞'
    policy = parse_policy(LEAST.encode(), "least")
    titled = type(policy)(
        name="least", purposes=policy.purposes, rules=(), default=policy.default, title=odd
    )
    assert parse_policy(encode_policy(titled), "least").title == odd


PLANTED = "zq-planted-value"


@pytest.mark.parametrize("treatment", [way for way in Treatment if way is not Treatment.ALLOW])
def test_every_treatment_can_be_asked_for(treatment: Treatment) -> None:
    policy = parse_policy(LEAST.replace('"token"', f'"{treatment}"').encode(), "ours")
    assert policy.default is treatment


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "format"),
        ("format = 2", "format"),
        ('format = "1"', "format"),
        ("format = true", "format"),
        ("format = 1", "default"),
        (f'format = 1\ndefault = "{PLANTED}"', "default"),
        ('format = 1\ndefault = "token"', "purposes"),
        (f'format = 1\ndefault = "token"\npurposes = "{PLANTED}"', "purposes"),
        (f"{PLANTED} = 1\n{LEAST}", "the policy"),
        (f'observe = "{PLANTED}"\n{LEAST}', "observe"),
        (f'title = ["{PLANTED}"]\n{LEAST}', "title"),
        (f'refused_destinations = ["{PLANTED} x"]\n{LEAST}', "refused_destinations"),
        (f"refused_destinations = [1]\n{LEAST}", "refused_destinations"),
        (f'{LEAST}"{PLANTED}" = 1', "purpose 1"),
        (f"{LEAST}needs_subject = 1", "purpose 1"),
        (f'{LEAST}destinations = "{PLANTED}"', "purpose 1"),
        (f'{LEAST}[purposes."{PLANTED} x"]', "Purpose 2"),
        ('format = 1\ndefault = "token"\n[purposes]\nx = 1', "Purpose 1"),
        (f'rules = ["{PLANTED}"]\n{LEAST}', "Rule 1"),
        (f'{LEAST}[[rules]]\ndata = ["secret"]', "treatment"),
        (f'{LEAST}[[rules]]\ntreatment = "block"', "data"),
        (f'{LEAST}[[rules]]\ndata = []\ntreatment = "block"', "rule 1"),
        (f'{LEAST}[[rules]]\ndata = ["{PLANTED}"]\ntreatment = "block"', "rule 1, number 1"),
        (f'{LEAST}[[rules]]\ndata = ["alien.x"]\ntreatment = "block"', "rule 1, number 1"),
        (f'{LEAST}[[rules]]\ndata = ["secret"]\ntreatment = "{PLANTED}"', "treatment in rule 1"),
        (f'{LEAST}[[rules]]\ndata = ["secret"]\ntreatment = "block"\n{PLANTED} = 1', "rule 1"),
        (f'{LEAST}[[rules]]\ndata = ["secret"]\ntreatment = "block"\npurposes = ["x"]', "Rule 1"),
        (f'{LEAST}[[rules]]\ndata = ["secret"]\ntreatment = "block"\nbecause = 1', "because"),
        (f'{LEAST}[opaque]\nimages = "{PLANTED}"', "images"),
        (f"{LEAST}[opaque]\nimages = true", "images"),
        (f'{LEAST}[opaque]\n{PLANTED} = "allow"', "opaque"),
        (f'{LEAST}[restore]\nto_persons = ["{PLANTED}"]', "to_persons"),
        (f'{LEAST}[restore]\nnever = ["{PLANTED}"]', "never"),
        (f'{LEAST}[restore]\noutbound_tools = ["{PLANTED} x"]', "outbound_tools"),
        (f'{LEAST}[restore]\noutbound_tools = [""]', "outbound_tools"),
        (f'{LEAST}[restore]\noutbound_tools = "{PLANTED}"', "outbound_tools"),
        (f"{LEAST}[restore]\n{PLANTED} = 1", "restore"),
        (f'{LEAST}[hostile]\nx = "{PLANTED}"', "hostile"),
        (f'{LEAST}[hostile]\ninjection = "{PLANTED}"', "injection in hostile"),
        (f'{LEAST}[hostile]\nreplies = "{PLANTED}"', "replies in hostile"),
        (f'{LEAST}[hostile]\nallowed_hosts = ["https://{PLANTED}"]', "allowed_hosts"),
        (f'{LEAST}[hostile]\nallowed_hosts = ["good.example", 7]', "allowed_hosts"),
        (f"{LEAST}\n= {PLANTED}", "TOML"),
        (f'default = "token"\ndefault = "{PLANTED}"', "TOML"),
    ],
)
def test_what_is_not_understood_is_refused_by_its_place_without_its_value(
    text: str, place: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_policy(text.encode(), "mine")
    assert place in refused.value.detail
    assert PLANTED not in refused.value.detail


def test_bytes_that_are_no_text_and_files_without_end_are_refused() -> None:
    with pytest.raises(PolicyError, match="UTF-8"):
        parse_policy(b"title = '\xff'", "mine")
    with pytest.raises(PolicyError, match="too long"):
        parse_policy(b"#" * (LONGEST + 1), "mine")


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 3000, "{a = " * 3000])
def test_numbers_and_nesting_without_end_are_refused(value: str) -> None:
    with pytest.raises(PolicyError, match="not valid TOML"):
        parse_policy(f"title = {value}".encode(), "mine")


def test_rules_that_spread_without_end_are_refused() -> None:
    many = ", ".join(f'"user.x{number}"' for number in range(101))
    places = ", ".join(f'"d{number}"' for number in range(100))
    rule = f'[[rules]]\ndata = [{many}]\ndestinations = [{places}]\ntreatment = "mask"\n'
    with pytest.raises(PolicyError, match="spread"):
        parse_policy((LEAST + rule).encode(), "mine")
    rule = f'[[rules]]\ndata = [{many}]\ntreatment = "mask"\n'
    with pytest.raises(PolicyError, match="spread"):
        parse_policy((LEAST + rule * 100).encode(), "mine")


@pytest.mark.parametrize("name", ["", "Mine", "../x", "x" * 65, "a b"])
def test_a_name_that_could_be_a_path_is_refused(name: str) -> None:
    with pytest.raises(PolicyError, match="named"):
        parse_policy(LEAST.encode(), name)


def test_with_a_vocabulary_a_rule_that_can_never_match_is_refused() -> None:
    vocabulary = ["user.contact.email:EMAIL_ADDRESS", "secret.key:SEC_AWS_ID"]
    parse_policy(
        f'{LEAST}[[rules]]\ndata = ["user.contact"]\ntreatment = "mask"'.encode(),
        "m",
        vocabulary=vocabulary,
    )
    misspelt = f'{LEAST}[[rules]]\ndata = ["user.contcat"]\ntreatment = "block"'
    with pytest.raises(PolicyError, match="Rule 1") as refused:
        parse_policy(misspelt.encode(), "mine", vocabulary=vocabulary)
    assert "contcat" not in refused.value.detail
    with pytest.raises(PolicyError, match="never"):
        parse_policy(f'{LEAST}[restore]\nnever = ["URL"]'.encode(), "m", vocabulary=vocabulary)


DEMANDING = """
format = 1
default = "token"

[purposes.ward]
title = "Look after patients"
assurance = 2
max_age = "15m"

[[rules]]
data = ["user.contact"]
treatment = "mask"
assurance = 1

[[demands]]
data = ["EMAIL_ADDRESS"]
purposes = ["ward"]
max_age = "12h"
because = "Letters are written by who sits there."
"""


@pytest.mark.requirement(23)
def test_how_surely_somebody_signed_in_is_asked_by_purposes_and_data() -> None:
    policy = parse_policy(DEMANDING.encode(), "mine")
    (ward,) = policy.purposes
    assert ward.demand == Demand(2, timedelta(minutes=15))
    assert policy.demands == (
        DataDemand("user.contact", Demand(1)),
        DataDemand("EMAIL_ADDRESS", Demand(0, timedelta(hours=12)), "ward"),
    )
    again = parse_policy(encode_policy(policy), "mine")
    assert (again, again.version) == (policy, policy.version)
    plain = parse_policy(DEMANDING.replace("assurance = 1", "").encode(), "mine")
    assert plain.version != policy.version


@pytest.mark.parametrize(
    ("was", "wrong"),
    [
        ("assurance = 2", "assurance = 4"),
        ("assurance = 2", "assurance = -1"),
        ("assurance = 2", 'assurance = "2"'),
        ('"15m"', '"15 minutes"'),
        ('"15m"', '"0m"'),
        ('"15m"', "900"),
        ('max_age = "12h"\n', ""),
        ('purposes = ["ward"]', 'purposes = ["word"]'),
        ('purposes = ["ward"]', "purposes = []"),
        ("[[demands]]", "[demands]"),
    ],
)
def test_a_demand_that_says_nothing_or_nonsense_is_refused(was: str, wrong: str) -> None:
    with pytest.raises(PolicyError):
        parse_policy(DEMANDING.replace(was, wrong, 1).encode(), "mine")


def test_a_demand_on_what_nobody_looks_for_is_a_misspelt_one() -> None:
    idle = DEMANDING.replace("EMAIL_ADDRESS", "EMAIL_ADRESS")
    with pytest.raises(PolicyError, match="not looked for"):
        parse_policy(idle.encode(), "mine", vocabulary=["user.contact.email:EMAIL_ADDRESS"])
