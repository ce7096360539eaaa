"""What became stricter or looser, said per purpose, kind and destination."""

from dataclasses import replace
from datetime import timedelta

import pytest

from curtilage.consent.diff import Change, Direction, compare, shorten
from curtilage.consent.models import (
    DataDemand,
    HostileRules,
    Opaque,
    Origin,
    Policy,
    Purpose,
    RestoreRules,
    Rule,
)
from curtilage.consent.shelf import PolicyShelf
from curtilage.core.models import NO_DEMAND, Demand, PurposeKey, Treatment
from curtilage.core.words import MOST_PARTS, Sentence
from curtilage.detect.hostile.models import Action as HostileAction
from curtilage.web.languages import load_languages
from tests.unit.consent.test_rules import ASSIST, CARD, EMAIL, a_policy

PHONE = "user.contact.phone_number:PHONE_NUMBER"
VOCABULARY = (EMAIL, PHONE, CARD)
STRICTER, LOOSER = Direction.STRICTER, Direction.LOOSER


def words(before: Policy, after: Policy) -> list[tuple[Direction, str]]:
    return [(each.direction, str(each)) for each in compare(before, after, VOCABULARY)]


def test_a_policy_differs_in_nothing_from_itself_and_from_its_own_words_in_another_order() -> None:
    rules = (Rule("EMAIL_ADDRESS", Treatment.MASK), Rule("user.contact", Treatment.BLOCK))
    policy = a_policy(*rules)
    assert compare(policy, policy, VOCABULARY) == []
    assert compare(policy, a_policy(*rules[::-1], title="Other"), VOCABULARY) == []


def test_a_change_that_holds_everywhere_names_no_place() -> None:
    assert words(a_policy(), a_policy(Rule("EMAIL_ADDRESS", Treatment.MASK))) == [
        (STRICTER, "EMAIL_ADDRESS: token → mask")
    ]


def test_a_change_names_its_purposes_and_destinations() -> None:
    after = a_policy(
        Rule("EMAIL_ADDRESS", Treatment.ALLOW, "code", "local"),
        Rule("PHONE_NUMBER", Treatment.MASK, "assist"),
        Rule("CREDIT_CARD", Treatment.BLOCK, destination="eu"),
    )
    assert words(a_policy(), after) == [
        (LOOSER, "EMAIL_ADDRESS (code to local): token → allow"),
        (STRICTER, "PHONE_NUMBER (assist): token → mask"),
        (STRICTER, "CREDIT_CARD (assist, code to eu): token → block"),
    ]


def test_what_holds_elsewhere_says_so() -> None:
    before = a_policy(Rule("EMAIL_ADDRESS", Treatment.MASK, destination="eu"))
    after = a_policy(Rule("EMAIL_ADDRESS", Treatment.MASK))
    assert words(before, after) == [
        (STRICTER, "EMAIL_ADDRESS (assist, code to any other destination): token → mask")
    ]


def test_kinds_that_changed_alike_are_one_line() -> None:
    assert words(a_policy(), a_policy(Rule("user.contact", Treatment.BLOCK))) == [
        (STRICTER, "user.contact: token → block")
    ]
    assert words(a_policy(), a_policy(default=Treatment.MASK)) == [
        (STRICTER, "everything that is looked for: token → mask")
    ]


def test_as_few_names_as_say_exactly_these() -> None:
    assert shorten({EMAIL, CARD}, VOCABULARY) == ["CREDIT_CARD", "EMAIL_ADDRESS"]
    track = "user.financial.card.track:CARD_TRACK"
    everything = (*VOCABULARY, track)
    assert shorten({CARD, track, EMAIL}, everything) == ["user.financial", "EMAIL_ADDRESS"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"refused_destinations": frozenset({"us"})}, "Refused destinations: none → us"),
        (
            {"allowed_opaque": frozenset({Opaque.IMAGES, Opaque.FILES})},
            {"allowed_opaque": frozenset({Opaque.FILES})},
            "Passed without a look: files, images → files",
        ),
        (
            {},
            {"restore": RestoreRules(to_services=frozenset({Origin.CALLER}))},
            "Given back to services, text of: application, caller → caller",
        ),
        ({}, {"restore": RestoreRules(to_persons=frozenset())},
         "Given back to persons, text of: caller → none"),
        ({}, {"restore": RestoreRules(never=frozenset({"user.financial"}))},
         "Never given back: none → user.financial"),
        ({}, {"restore": RestoreRules(outbound_tools=frozenset({"send_mail"}))},
         "Tools that send data on: none → send_mail"),
        ({}, {"purposes": (Purpose(ASSIST, ""),)}, "The purpose code: known → refused"),
        ({}, {"hostile": HostileRules(injection=HostileAction.BLOCK)},
         "Hostile text: injection: flag → block"),
        ({"hostile": HostileRules(replies=HostileAction.FLAG)}, {},
         "Hostile text: the most of a reply: flag → block"),
        ({"hostile": HostileRules(allowed_hosts=frozenset({"cdn.example"}))}, {},
         "Hosts that may be sent data: cdn.example → none"),
    ],
)  # fmt: skip
def test_what_is_a_set_is_stricter_one_way_and_looser_the_other(
    before: dict[str, object], after: dict[str, object], told: str
) -> None:
    one, other = a_policy(**before), a_policy(**after)
    assert words(one, other) == [(STRICTER, told)]
    (back,) = compare(other, one, VOCABULARY)
    assert back.direction is LOOSER
    if "purpose" not in told:
        assert back.before == told.rpartition(" → ")[2]


PURPOSES = {
    "anywhere, then eu": ({}, {"destinations": frozenset({"eu"})}),
    "two, then one": (
        {"destinations": frozenset({"eu", "us"})}, {"destinations": frozenset({"eu"})},
    ),
    "a person": ({}, {"needs_subject": True}),
    "consent": ({}, {"needs_consent": True}),
}  # fmt: skip


@pytest.mark.parametrize("what", PURPOSES)
def test_a_purpose_may_become_narrower_and_wider(what: str) -> None:
    one, other = (a_policy(purposes=(Purpose(ASSIST, "", **given),)) for given in PURPOSES[what])
    assert [each.direction for each in compare(one, other, VOCABULARY)] == [STRICTER]
    assert [each.direction for each in compare(other, one, VOCABULARY)] == [LOOSER]


def test_a_change_to_another_destination_is_looser() -> None:
    one, other = (
        a_policy(purposes=(Purpose(ASSIST, "", frozenset({place})),)) for place in ("eu", "us")
    )
    assert [each.direction for each in compare(one, other, VOCABULARY)] == [LOOSER]


def test_a_new_purpose_is_looser_and_its_treatments_are_not_compared() -> None:
    after = a_policy(purposes=(*a_policy().purposes, Purpose(PurposeKey("sell"), "Sell")))
    assert words(a_policy(), after) == [(LOOSER, "The purpose sell: not known, refused → known")]


def test_looser_things_come_first() -> None:
    mixed = a_policy(Rule("EMAIL_ADDRESS", Treatment.BLOCK), Rule("PHONE_NUMBER", Treatment.ALLOW))
    assert [each.direction for each in compare(a_policy(), mixed, VOCABULARY)] == [LOOSER, STRICTER]


def test_the_shipped_policies_stand_in_the_order_that_they_are_named_in() -> None:
    strict, balanced, observe = (
        PolicyShelf().load(name) for name in ("strict", "balanced", "observe")
    )
    loosened = compare(strict, balanced, VOCABULARY) + compare(balanced, observe, VOCABULARY)
    treatments = [each for each in loosened if each.before in set(Treatment)]
    assert treatments
    assert {each.direction for each in treatments} == {LOOSER}


def test_a_change_tells_a_purpose_once() -> None:
    policy = a_policy()
    renamed = replace(policy, purposes=(Purpose(ASSIST, "Other words"), *policy.purposes[1:]))
    assert compare(policy, renamed, VOCABULARY) == []
    assert isinstance(Change(LOOSER, "x", "a", "b"), Change)


def test_what_is_asked_of_a_sign_in_is_told_and_which_way_it_went() -> None:
    assist = PurposeKey("assist")

    def of(demand: Demand, *demands: DataDemand) -> Policy:
        purposes = (Purpose(assist, "A", demand=demand),)
        return Policy("mine", purposes, (), Treatment.TOKEN, demands=demands)

    none, two = of(NO_DEMAND), of(Demand(2), DataDemand("user", Demand(0, timedelta(minutes=1))))
    told = compare(none, two, ())
    assert [str(change.direction) for change in told] == ["stricter", "stricter"]
    assert any("level 2" in str(change) for change in told)
    assert any("60 s ago" in str(change) for change in told)
    assert {change.direction for change in compare(two, none, ())} == {Direction.LOOSER}


def said(language: str, change: Change) -> tuple[str, str, str, str]:
    tell = load_languages().tell
    what, place, before, after = (
        tell(language, each) for each in (change.what, change.place, change.before, change.after)
    )
    return what, place, before, after


def test_changes_are_told_in_the_language_of_the_reader() -> None:
    before = a_policy(Rule("EMAIL_ADDRESS", Treatment.MASK, destination="eu"))
    (elsewhere,) = compare(before, a_policy(Rule("EMAIL_ADDRESS", Treatment.MASK)), VOCABULARY)
    assert said("de", elsewhere) == (
        "EMAIL_ADDRESS", "assist, code nach jedem anderen Ziel", "Token", "maskiert",
    )  # fmt: skip
    (everything,) = compare(a_policy(), a_policy(default=Treatment.BLOCK), VOCABULARY)
    assert said("fr", everything) == (
        "tout ce qui est recherché", "partout", "jeton", "bloqué",
    )  # fmt: skip
    narrow = a_policy(purposes=(Purpose(ASSIST, "", frozenset({"eu"})),))
    (where,) = compare(a_policy(purposes=(Purpose(ASSIST, ""),)), narrow, VOCABULARY)
    assert said("es", where) == ("Adónde puede ir assist", "", "cualquier lugar", "eu")


def test_all_that_is_ours_in_a_change_can_be_told_in_another_language() -> None:
    """Names of purposes, destinations and kinds stay what they are."""
    known = Purpose(ASSIST, "", frozenset({"eu"}), needs_subject=True, needs_consent=True)
    asked = DataDemand("user", Demand(2, timedelta(minutes=1)), PurposeKey("assist"), "eu")
    loose = a_policy()
    strict = a_policy(
        Rule("EMAIL_ADDRESS", Treatment.MASK, destination="eu"),
        purposes=(replace(known, demand=Demand(1)),),
        default=Treatment.BLOCK,
        demands=(asked, asked._replace(purpose="*", destination="*")),
        refused_destinations=frozenset({"us"}),
        hostile=HostileRules(
            HostileAction.BLOCK, HostileAction.STRIP, HostileAction.ASK, HostileAction.FLAG,
            HostileAction.ALLOW, HostileAction.ALLOW,
        ),
    )  # fmt: skip
    kinds = {"EMAIL_ADDRESS", "CREDIT_CARD, PHONE_NUMBER"}
    names = {"eu", "us", "assist, code", "assist", "", *kinds}
    found = [*compare(loose, strict, VOCABULARY), *compare(strict, loose, VOCABULARY)]
    assert len(found) > 20
    for change in found:
        told = (change.what, change.place, change.before, change.after)
        ours = [each for each in told if each not in names]
        assert all(isinstance(each, Sentence) for each in ours), change


def test_more_groups_of_places_than_a_sentence_has_places_for_are_all_told() -> None:
    many = [Purpose(PurposeKey(f"p{number}"), "") for number in range(MOST_PARTS + 4)]
    rules = [
        Rule("EMAIL_ADDRESS", Treatment.MASK, each.key, f"d{number}")
        for number, each in enumerate(many)
    ]
    before, after = a_policy(purposes=tuple(many)), a_policy(*rules, purposes=tuple(many))
    (change,) = compare(before, after, VOCABULARY)
    assert change.place.count(" to ") == len(many)
