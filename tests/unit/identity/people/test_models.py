"""People, proofs and sessions as values."""

from datetime import timedelta

from curtilage.core.models import PrincipalId, PrincipalKind
from curtilage.identity.people.models import (
    Administrator,
    Assurance,
    Authenticator,
    AuthenticatorKind,
    Ceremony,
    CeremonyKind,
    Handle,
    HandleKind,
    LiveSession,
    Person,
    PersonState,
    Profile,
    Proof,
    ProofKind,
    Session,
    as_principal,
)
from tests.builders import TENANT
from tests.fakes.clock import START

GRACE = Person(TENANT, PrincipalId("p"), START, b"sealed", frozenset({"administrator"}))


def test_a_person_is_active_until_they_are_disabled() -> None:
    assert GRACE.state is PersonState.ACTIVE
    disabled = Person(TENANT, PrincipalId("p"), START, disabled_at=START)
    assert disabled.state is PersonState.DISABLED


def test_a_person_acts_with_what_the_session_reached() -> None:
    principal = as_principal(
        GRACE, rights=frozenset({"x"}), assurance=Assurance.TWO, signed_in_at=START
    )
    assert (principal.kind, principal.assurance) == (PrincipalKind.PERSON, 2)
    assert (principal.rights, principal.roles) == ({"x"}, {"administrator"})
    assert principal.authenticated_at == START
    assert Assurance.TWO.acr == "aal2"


def test_a_session_was_proved_when_its_last_proof_was_given() -> None:
    later = Proof(ProofKind.TOTP, START + timedelta(minutes=3))
    proofs = (Proof(ProofKind.PASSPHRASE, START), later)
    session = Session(TENANT, b"d", "s", GRACE.id, START, START, proofs)
    assert session.proved_at == later.at
    assert Session(TENANT, b"d", "s", GRACE.id, START, START).proved_at == START


def test_values_do_not_show_what_names_somebody_or_opens_something() -> None:
    shown = repr(
        [
            GRACE,
            Profile("Grace Hopper", "grace@harbour.example"),
            Handle(b"digest", GRACE.id, HandleKind.NAME),
            Authenticator("a", GRACE.id, AuthenticatorKind.TOTP, START, b"sealed", b"digest"),
            Session(TENANT, b"digest", "s", GRACE.id, START, START, about=b"sealed"),
            Ceremony(TENANT, b"digest", CeremonyKind.RECOVERY, START, data=b"sealed"),
            Administrator(GRACE.id, TENANT, "Grace", "grace", "$argon2id$hash", START).id,
            LiveSession(as_principal(
                GRACE, rights=frozenset(), assurance=Assurance.ONE, signed_in_at=None
            ), "Grace Hopper", "s"),
        ]
    )  # fmt: skip
    for secret in ("Hopper", "harbour", "digest", "sealed", "argon2id"):
        assert secret not in shown
