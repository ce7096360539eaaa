"""How far proofs reach, how long sessions live, what names and addresses there are."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from curtilage.core.models import PrincipalId
from curtilage.identity.errors import UnacceptableAddress, UnacceptableName
from curtilage.identity.people.errors import SetupLinkRefused
from curtilage.identity.people.models import (
    Assurance,
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Proof,
    ProofKind,
    Session,
    SetupLink,
)
from curtilage.identity.people.rules import (
    MOST_TRIES,
    PENDING_LIMIT,
    SESSION_IDLE,
    SESSION_LIMIT,
    assess_assurance,
    handle_text,
    is_fresh,
    is_live,
    is_open,
    is_over_for_apps,
    is_signed_in,
    leads_further,
    list_amr,
    needed_at_sign_in,
    needs_seen,
    parse_address,
    parse_name,
    sign_in_name_of,
    verify_setup_link,
)
from tests.builders import TENANT
from tests.fakes.clock import START

SECOND = timedelta(seconds=1)
PWD = Proof(ProofKind.PASSPHRASE, START)
TOTP = Proof(ProofKind.TOTP, START)
CODE = Proof(ProofKind.RECOVERY_CODE, START)
MAIL = Proof(ProofKind.MAILBOX, START)
TOUCH = Proof(ProofKind.PASSKEY, START)
SYNCED = Proof(ProofKind.PASSKEY, START, verified_user=True)
BOUND = Proof(ProofKind.PASSKEY, START, verified_user=True, bound=True)
LINKED = Proof(ProofKind.SETUP_LINK, START)


@pytest.mark.requirement(42, 43, 44)
@pytest.mark.complaint(15)
@pytest.mark.parametrize(
    ("proofs", "level"),
    [
        ((), 0),
        ((MAIL,), 0),
        ((MAIL, MAIL), 0),
        ((PWD,), 1),
        ((PWD, PWD), 1),
        ((PWD, MAIL), 1),
        ((TOTP,), 1),
        ((TOTP, CODE), 1),
        ((MAIL, TOTP), 1),
        ((MAIL, CODE), 1),
        ((LINKED,), 1),
        ((TOUCH,), 1),
        ((TOUCH, TOTP), 1),
        ((PWD, TOTP), 2),
        ((TOTP, PWD), 2),
        ((PWD, CODE), 2),
        ((PWD, TOUCH), 2),
        ((MAIL, TOTP, PWD), 2),
        ((SYNCED,), 2),
        ((SYNCED, SYNCED), 2),
        ((BOUND,), 3),
        ((MAIL, BOUND), 3),
    ],
)
def test_only_distinct_kinds_of_factors_reach_further(
    proofs: tuple[Proof, ...], level: int
) -> None:
    assert assess_assurance(proofs) == level
    assert ("mfa" in list_amr(proofs)) == (level >= 2)


@pytest.mark.requirement(43)
@pytest.mark.complaint(15)
@pytest.mark.parametrize(
    ("kinds", "proofs"),
    [
        (("passphrase",), (PWD,)),
        (("passphrase", "recovery-code"), (PWD,)),
        (("passphrase", "totp"), (PWD, TOTP)),
        (("passphrase", "totp"), (MAIL, TOTP, PWD)),
        (("passphrase", "totp", "recovery-code"), (PWD, CODE)),
        (("totp",), (MAIL, TOTP)),
        (("passkey",), (SYNCED,)),
        (("passphrase", "passkey"), (SYNCED,)),
        (("passphrase", "passkey"), (PWD, TOUCH)),
        (("passphrase", "passkey", "recovery-code"), (PWD, CODE)),
        ((), (MAIL,)),
    ],
)
def test_what_somebody_has_reaches_what_they_need_and_nothing_less_does(
    kinds: tuple[str, ...], proofs: tuple[Proof, ...]
) -> None:
    needs = needed_at_sign_in(AuthenticatorKind(kind) for kind in kinds)
    session = replace(a_session(), needs=needs, proofs=proofs)
    assert is_signed_in(session)
    if needs:
        assert not is_signed_in(replace(session, proofs=(MAIL,)))
    if needs is Assurance.TWO:
        assert not is_signed_in(replace(session, proofs=(PWD,)))
        assert not is_signed_in(replace(session, proofs=(TOTP, MAIL)))


def test_methods_are_told_in_registered_words() -> None:
    assert list_amr((PWD, TOTP)) == ("mfa", "otp", "pwd")
    assert list_amr((BOUND,)) == ("hwk", "mfa", "user")
    assert list_amr((SYNCED,)) == ("mfa", "swk", "user")
    assert list_amr((MAIL,)) == ("email",)


def test_who_still_needs_a_second_factor_has_ten_minutes() -> None:
    waiting = replace(a_session(), needs=Assurance.TWO)
    assert is_live(waiting, at=START + PENDING_LIMIT - SECOND)
    assert not is_live(waiting, at=START + PENDING_LIMIT)


@pytest.mark.requirement(42)
def test_a_session_of_the_highest_level_idles_no_longer_than_a_quarter_of_an_hour() -> None:
    strong = replace(a_session(), proofs=(BOUND,))
    assert is_live(strong, at=START + timedelta(minutes=15) - SECOND)
    assert not is_live(strong, at=START + timedelta(minutes=15))


def test_a_session_is_over_for_apps_once_nobody_uses_it_anywhere() -> None:
    idle, limit = START + SESSION_IDLE, START + SESSION_LIMIT
    assert not is_over_for_apps(a_session(), at=idle - SECOND, is_used=False)
    assert is_over_for_apps(a_session(), at=idle, is_used=False)
    assert not is_over_for_apps(a_session(), at=limit - SECOND, is_used=True)
    assert is_over_for_apps(a_session(), at=limit, is_used=True)
    pending = replace(a_session(), needs=Assurance.TWO)
    assert is_over_for_apps(pending, at=START + PENDING_LIMIT, is_used=True)


def test_a_proof_is_fresh_for_ten_minutes_from_the_last() -> None:
    later = replace(TOTP, at=START + timedelta(hours=1))
    assert not is_fresh(a_session(), at=START + timedelta(minutes=10))
    further = replace(a_session(), proofs=(PWD, later))
    assert is_fresh(further, at=START + timedelta(hours=1, minutes=9))


def test_a_ceremony_ends_with_its_time_and_after_too_many_tries() -> None:
    waiting = Ceremony(TENANT, b"d" * 32, CeremonyKind.RECOVERY, START + SECOND)
    assert is_open(waiting, at=START)
    assert not is_open(waiting, at=START + SECOND)
    assert not is_open(replace(waiting, tries=MOST_TRIES), at=START)


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("ada@orchard.example", "ada@orchard.example"),
        (" Ada.Quill+News@Orchard.EXAMPLE ", "ada.quill+news@orchard.example"),
        ("o'neil_2@sub.orchard.example", "o'neil_2@sub.orchard.example"),
    ],
)
def test_an_address_has_one_spelling(raw: str, kept: str) -> None:
    assert parse_address(raw) == kept


@pytest.mark.parametrize(
    "raw",
    [
        "", "@", "ada", "ada@", "@orchard.example", "ada@orchard", "ada@orchard..example",
        "a da@orchard.example", "ada@orchard.example\r\nbcc: x@y.example", "ada@@orchard.example",
        "<ada@orchard.example>", "ada@192.0.2.7", "ada@[192.0.2.7]", '"a b"@orchard.example',
        "ad\u0430@orchard.example", "ada@\uff4frchard.example", "m\u0131ke@orchard.example",
        ".ada@orchard.example", "ada.@orchard.example", "ada@-orchard.example",
        "x" * 65 + "@orchard.example", "ada@" + "x" * 64 + ".example", "a@" + "b." * 200 + "example",
        "ada@orchard.example" + " " * 10_000,
    ],
)  # fmt: skip
def test_what_could_be_taken_for_another_address_is_none(raw: str) -> None:
    with pytest.raises(UnacceptableAddress) as refused:
        parse_address(raw)
    assert not raw.strip() or raw not in str(refused.value)


def test_what_is_typed_is_found_in_one_spelling() -> None:
    assert handle_text("  Ada   QUILL ") == handle_text("ada quill") == "ada quill"
    assert handle_text("\uff21da") == "ada"
    assert handle_text(" ") == ""


def a_session(**given: datetime) -> Session:
    times = {"started_at": START, "seen_at": START, **given}
    return Session(TENANT, b"d" * 32, "session-1", PrincipalId("admin"), **times, proofs=(PWD,))


def test_a_session_ends_when_idle_and_in_any_case_after_its_limit() -> None:
    assert is_live(a_session(), at=START + SESSION_IDLE - SECOND)
    assert not is_live(a_session(), at=START + SESSION_IDLE)
    last = START + SESSION_LIMIT - SECOND
    assert is_live(a_session(seen_at=last), at=last)
    assert not is_live(a_session(seen_at=last), at=START + SESSION_LIMIT)


def test_a_clock_that_went_back_does_not_end_a_session() -> None:
    assert is_live(a_session(), at=START - timedelta(hours=1))


def test_a_session_is_seen_once_a_minute() -> None:
    assert not needs_seen(a_session(), at=START + 59 * SECOND)
    assert needs_seen(a_session(), at=START + 60 * SECOND)


LINK = SetupLink(TENANT, b"d" * 32, START, START + timedelta(hours=24))


@pytest.mark.parametrize(
    ("link", "digest", "at"),
    [
        (None, LINK.digest, START),
        (LINK, b"e" * 32, START),
        (LINK, LINK.digest, LINK.expires_at),
        (replace(LINK, used_at=START), LINK.digest, START),
    ],
)
def test_a_link_that_is_unknown_other_expired_or_used_is_refused_alike(
    link: SetupLink | None, digest: bytes, at: datetime
) -> None:
    with pytest.raises(SetupLinkRefused) as refused:
        verify_setup_link(link, claimed_digest=digest, at=at)
    assert str(refused.value) == SetupLinkRefused.title


def test_an_open_link_is_given() -> None:
    almost = LINK.expires_at - SECOND
    assert verify_setup_link(LINK, claimed_digest=LINK.digest, at=almost) is LINK


@pytest.mark.parametrize(
    ("raw", "shown", "compared"),
    [
        ("Ada", "Ada", "ada"),
        ("  Ada   Lovelace ", "Ada Lovelace", "ada lovelace"),
        ("ada@analytical.example", "ada@analytical.example", "ada@analytical.example"),
        ("José", "José", "josé"),
        ("ＡＤＡ", "ADA", "ada"),
        ("Straße", "Straße", "strasse"),
        ("O'Neil-Smith_2.0", "O'Neil-Smith_2.0", "o'neil-smith_2.0"),
        ("x" * 64, "x" * 64, "x" * 64),
    ],
)
def test_names_have_one_spelling_that_is_compared(raw: str, shown: str, compared: str) -> None:
    assert parse_name(raw) == shown
    assert sign_in_name_of(shown) == compared


@pytest.mark.parametrize(
    "raw", ["", "  ", "x" * 65, "x" * 10_000, "a\x00b", "a\u200bb", "<b>", "a/b", "a\u202eb"]
)
def test_names_that_cannot_be_shown_safely_are_refused(raw: str) -> None:
    with pytest.raises(UnacceptableName) as refused:
        parse_name(raw)
    assert not raw.strip() or raw not in str(refused.value)


@pytest.mark.requirement(43)
@pytest.mark.parametrize(
    ("proved", "further"),
    [
        ((ProofKind.PASSPHRASE,), {"totp", "recovery-code", "passkey"}),
        ((ProofKind.TOTP,), {"passphrase", "passkey"}),
        ((ProofKind.MAILBOX,), {"passphrase", "totp", "recovery-code", "passkey"}),
        ((ProofKind.MAILBOX, ProofKind.TOTP), {"passphrase", "passkey"}),
        ((ProofKind.PASSPHRASE, ProofKind.TOTP), set()),
    ],
)
def test_only_what_leads_further_is_asked_for(
    proved: tuple[ProofKind, ...], further: set[str]
) -> None:
    proofs = [Proof(kind, START) for kind in proved]
    found = {each.value for each in AuthenticatorKind if leads_further(proofs, each, at=START)}
    assert found == further


def test_a_provider_is_a_first_factor_and_two_where_its_word_counts() -> None:
    there = Proof(ProofKind.PROVIDER, START)
    assert assess_assurance([there]) is Assurance.ONE
    assert assess_assurance([there, Proof(ProofKind.PASSPHRASE, START)]) is Assurance.ONE
    assert assess_assurance([there, Proof(ProofKind.TOTP, START)]) is Assurance.TWO
    assert assess_assurance([replace(there, verified_user=True)]) is Assurance.TWO


def test_who_comes_from_a_provider_still_needs_the_second_factor() -> None:
    app = {AuthenticatorKind.TOTP}
    assert needed_at_sign_in(app) is Assurance.ONE
    assert needed_at_sign_in(app, by_provider=True) is Assurance.TWO
    assert needed_at_sign_in((), by_provider=True) is Assurance.NONE
