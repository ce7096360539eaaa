"""Every step of Web Authentication Level 3 §7.1 and §7.2: it holds, or it refuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from curtilage.identity.models import Passkey
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused, UnacceptablePasskey
from curtilage.identity.wire.webauthn import (
    VerifiedAssertion,
    VerifiedPasskey,
    verify_assertion,
    verify_registration,
)
from curtilage.identity.wire.webauthn_options import USUAL, PasskeyPolicy, UserVerification
from curtilage.identity.wire.webauthn_response import parse_assertion, parse_registration
from tests.fakes.clock import START
from tests.software_authenticator import (
    BE,
    BS,
    CHALLENGE,
    EDDSA,
    ES256,
    HANDLE,
    ORIGIN,
    RP_ID,
    RS256,
    UP,
    UV,
    SoftwareAuthenticator,
    make_key,
)

pytestmark = [pytest.mark.requirement(49)]

OTHER = "https://harbour-login.example"
FRAMED = PasskeyPolicy(may_be_framed=True, top_origins=frozenset({"https://shop.example"}))
EASY = PasskeyPolicy(user_verification=UserVerification.PREFERRED)
ONE_DEVICE = UP | UV


def register(
    made: dict[str, Any], policy: PasskeyPolicy = USUAL, **changed: Any
) -> VerifiedPasskey:
    expected: dict[str, Any] = {
        "expected_challenge": CHALLENGE,
        "expected_origins": (ORIGIN,),
        "rp_id": RP_ID,
        "policy": policy,
    }
    return verify_registration(parse_registration(json.dumps(made).encode()), **expected | changed)


def kept(authenticator: SoftwareAuthenticator) -> Passkey:
    """The record of a key as it was registered."""
    easy = PasskeyPolicy(user_verification=UserVerification.DISCOURAGED)
    new = register(authenticator.create(flags=authenticator.flags | UP | UV), easy)
    return Passkey(
        id="passkey-1",
        credential_id=new.credential_id,
        public_key=new.public_key,
        sign_count=new.sign_count,
        rp_id=RP_ID,
        backup_eligible=new.backup_eligible,
        backed_up=new.backed_up,
        transports=new.transports,
        aaguid=new.aaguid,
        label="Phone",
        created_at=START,
    )


def show(
    shown: dict[str, Any],
    passkey: Passkey,
    policy: PasskeyPolicy = USUAL,
    **changed: Any,
) -> VerifiedAssertion:
    expected: dict[str, Any] = {
        "expected_challenge": CHALLENGE,
        "expected_origins": (ORIGIN,),
        "passkey": passkey,
        "expected_user_handle": HANDLE,
        "policy": policy,
    }
    return verify_assertion(parse_assertion(json.dumps(shown).encode()), **expected | changed)


@dataclass(frozen=True)
class Wrong:
    """One thing said wrongly: to a policy that minds, and one under which it is right, if any."""

    reason: PasskeyReason
    client: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    rp_id: str = RP_ID
    policy: PasskeyPolicy = USUAL
    pleases: PasskeyPolicy | None = None


BOTH = {
    "a type that only begins right": Wrong(
        PasskeyReason.TYPE, client={"type_": "webauthn.create2"}
    ),
    "another challenge": Wrong(PasskeyReason.CHALLENGE, client={"challenge": "b3RoZXI"}),
    "a challenge cut short": Wrong(PasskeyReason.CHALLENGE, client={"challenge": "Y2hhbGxlbmdl"}),
    "another origin": Wrong(PasskeyReason.ORIGIN, client={"origin": OTHER}),
    "an origin below ours": Wrong(
        PasskeyReason.ORIGIN, client={"origin": "https://evil.harbour.example"}
    ),
    "our origin without TLS": Wrong(
        PasskeyReason.ORIGIN, client={"origin": "http://harbour.example"}
    ),
    "our origin on another port": Wrong(PasskeyReason.ORIGIN, client={"origin": f"{ORIGIN}:8443"}),
    "our origin in capitals": Wrong(
        PasskeyReason.ORIGIN, client={"origin": "https://HARBOUR.example"}
    ),
    "our origin and a slash": Wrong(PasskeyReason.ORIGIN, client={"origin": f"{ORIGIN}/"}),
    "in a frame": Wrong(PasskeyReason.CROSS_ORIGIN, client={"crossOrigin": True}, pleases=FRAMED),
    "in a frame of a stranger": Wrong(
        PasskeyReason.TOP_ORIGIN,
        client={"crossOrigin": True, "topOrigin": OTHER},
        policy=FRAMED,
        pleases=replace(FRAMED, top_origins=frozenset({OTHER})),
    ),
    "a top origin without a frame": Wrong(
        PasskeyReason.TOP_ORIGIN, client={"topOrigin": "https://shop.example"}, policy=FRAMED
    ),
    "another RP id": Wrong(PasskeyReason.RP_ID, rp_id="example"),
    "nobody there": Wrong(PasskeyReason.ABSENT, data={"flags": UV | BE | BS}),
    "nobody verified": Wrong(PasskeyReason.UNVERIFIED, data={"flags": UP | BE | BS}, pleases=EASY),
    "backed up and not eligible": Wrong(PasskeyReason.BACKUP_STATE, data={"flags": UP | UV | BS}),
}


@pytest.mark.parametrize("wrong", BOTH.values(), ids=BOTH)
def test_a_new_passkey_is_refused_for_one_wrong_word(wrong: Wrong) -> None:
    authenticator = SoftwareAuthenticator()
    assert register(authenticator.create()).credential_id == b"credential-0001"
    authenticator.rp_id = wrong.rp_id
    made = authenticator.create(client=wrong.client, **wrong.data)
    with pytest.raises(UnacceptablePasskey) as refused:
        register(made, wrong.policy)
    assert refused.value.reason is wrong.reason
    if wrong.pleases is not None:
        assert register(made, wrong.pleases).credential_id == b"credential-0001"


@pytest.mark.parametrize("wrong", BOTH.values(), ids=BOTH)
def test_a_shown_passkey_is_refused_for_one_wrong_word(wrong: Wrong) -> None:
    authenticator = SoftwareAuthenticator()
    passkey = kept(authenticator)
    assert show(authenticator.get(), passkey).user_verified
    authenticator.rp_id = wrong.rp_id
    shown = authenticator.get(client=wrong.client, **wrong.data)
    with pytest.raises(PasskeyRefused) as refused:
        show(shown, passkey, wrong.policy)
    assert refused.value.reason is wrong.reason
    if wrong.pleases is not None:
        assert show(shown, passkey, wrong.pleases).backed_up


def test_one_ceremony_does_not_pass_for_the_other() -> None:
    authenticator = SoftwareAuthenticator()
    passkey = kept(authenticator)
    with pytest.raises(PasskeyRefused) as refused:
        show(authenticator.get(client={"type_": "webauthn.create"}), passkey)
    assert refused.value.reason is PasskeyReason.TYPE
    with pytest.raises(UnacceptablePasskey):
        register(authenticator.create(client={"type_": "webauthn.get"}))


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_a_passkey_of_every_algorithm_is_made(algorithm: int) -> None:
    authenticator = SoftwareAuthenticator(algorithm, aaguid=bytes(range(16)), counter=7)
    new = register(authenticator.create())
    assert new.aaguid == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert (new.sign_count, new.attestation_format) == (7, "none")
    assert (new.backup_eligible, new.backed_up, new.user_verified) == (True, True, True)
    assert new.transports == ("hybrid", "internal")


@pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])
def test_what_the_key_says_comes_out(algorithm: int) -> None:
    authenticator = SoftwareAuthenticator(algorithm, counter=7)
    passkey = kept(authenticator)
    authenticator.counter = 8
    shown = show(authenticator.get(flags=UP | BE), passkey, EASY)
    assert shown == VerifiedAssertion(
        sign_count=8, user_verified=False, backed_up=False, counter_went_back=False
    )


def test_a_signature_of_another_key_is_refused() -> None:
    ours, theirs = SoftwareAuthenticator(), SoftwareAuthenticator()
    passkey = kept(ours)
    assert show(ours.get(), passkey)
    with pytest.raises(PasskeyRefused) as refused:
        show(theirs.get(), passkey)
    assert refused.value.reason is PasskeyReason.SIGNATURE


@pytest.mark.complaint(22)
def test_a_passkey_is_judged_by_the_rp_id_that_it_was_made_for() -> None:
    authenticator = SoftwareAuthenticator(rp_id="old-name.example")
    passkey = replace(kept(SoftwareAuthenticator()), rp_id="old-name.example")
    new = register(authenticator.create(), rp_id="old-name.example")
    passkey = replace(passkey, public_key=new.public_key)
    assert show(authenticator.get(), passkey)
    with pytest.raises(PasskeyRefused) as refused:
        show(authenticator.get(), replace(passkey, rp_id=RP_ID))
    assert refused.value.reason is PasskeyReason.RP_ID


@pytest.mark.requirement(50)
def test_several_origins_may_be_ours() -> None:
    authenticator = SoftwareAuthenticator()
    made = authenticator.create(client={"origin": "https://harbour.example.org"})
    with pytest.raises(UnacceptablePasskey):
        register(made)
    origins = (ORIGIN, "https://harbour.example.org")
    assert register(made, expected_origins=origins)


def test_backup_states_that_can_be() -> None:
    authenticator = SoftwareAuthenticator()
    for flags, expected in ((0, (False, False)), (BE, (True, False)), (BE | BS, (True, True))):
        new = register(authenticator.create(flags=UP | UV | flags))
        assert (new.backup_eligible, new.backed_up) == expected


def test_presence_may_be_missing_where_a_key_is_made_in_passing() -> None:
    made = SoftwareAuthenticator().create(flags=UV)
    assert register(made, PasskeyPolicy(requires_presence=False))
    with pytest.raises(UnacceptablePasskey):
        register(made)


def test_an_algorithm_that_was_not_offered_is_refused() -> None:
    made = SoftwareAuthenticator(EDDSA).create()
    assert register(made)
    with pytest.raises(UnacceptablePasskey) as refused:
        register(made, PasskeyPolicy(algorithms=(ES256,)))
    assert refused.value.reason is PasskeyReason.ALGORITHM


def test_an_answer_without_a_key_or_with_another_ones_id_is_refused() -> None:
    authenticator = SoftwareAuthenticator()
    without = authenticator.create(attested=False)
    other = authenticator.create(said={"id": "b3RoZXI", "rawId": "b3RoZXI"})
    for made in (without, other):
        with pytest.raises(UnacceptablePasskey) as refused:
            register(made)
        assert refused.value.reason is PasskeyReason.CREDENTIAL


def test_self_attestation_proves_the_key_where_it_is_accepted() -> None:
    authenticator = SoftwareAuthenticator()
    made = authenticator.create(attestation="packed")
    assert register(made).attestation_format == "packed"
    with pytest.raises(UnacceptablePasskey) as refused:
        register(made, PasskeyPolicy(accepts_self_attestation=False))
    assert refused.value.reason is PasskeyReason.ATTESTATION


def test_a_key_that_proves_nothing_is_refused_where_makers_must_be_named() -> None:
    authenticator = SoftwareAuthenticator()
    strict = PasskeyPolicy(accepts_none=False, roots={"packed": (b"pem",)})
    for statement in ({}, {"sig": b"x"}):
        made = authenticator.create(statement=statement)
        with pytest.raises(UnacceptablePasskey) as refused:
            register(made, USUAL if statement else strict)
        assert refused.value.reason is PasskeyReason.ATTESTATION
    assert register(authenticator.create())


def test_self_attestation_by_another_key_is_refused() -> None:
    authenticator = SoftwareAuthenticator()
    assert register(authenticator.create(attestation="packed"))
    authenticator._key = make_key(ES256)
    with pytest.raises(UnacceptablePasskey) as refused:
        register(authenticator.create(attestation="packed"))
    assert refused.value.reason is PasskeyReason.ATTESTATION


@pytest.mark.parametrize("name", ["fido-u2f", "tpm", "android-safetynet", "made-up", "None", ""])
def test_a_format_that_nobody_asked_for_is_refused(name: str) -> None:
    with pytest.raises(UnacceptablePasskey) as refused:
        register(SoftwareAuthenticator().create(attestation=name))
    assert refused.value.reason is PasskeyReason.ATTESTATION


def test_a_format_with_roots_is_refused_where_its_statement_is_nonsense() -> None:
    policy = PasskeyPolicy(roots={"fido-u2f": (b"no certificate",)})
    with pytest.raises(UnacceptablePasskey) as refused:
        register(SoftwareAuthenticator().create(attestation="fido-u2f"), policy)
    assert refused.value.reason is PasskeyReason.ATTESTATION


def test_a_key_stays_eligible_for_backup_or_not() -> None:
    authenticator = SoftwareAuthenticator()
    passkey = kept(authenticator)
    assert show(authenticator.get(flags=UP | UV | BE), passkey).backed_up is False
    for flags, record in (
        (UP | UV, passkey),
        (UP | UV | BE, replace(passkey, backup_eligible=False)),
    ):
        with pytest.raises(PasskeyRefused) as refused:
            show(authenticator.get(flags=flags), record)
        assert refused.value.reason is PasskeyReason.BACKUP_ELIGIBILITY


@pytest.mark.complaint(21)
@pytest.mark.parametrize(("kept_count", "count"), [(9, 8), (9, 9), (9, 0), (2**32 - 1, 1)])
def test_a_counter_that_goes_back_is_told_of_a_synced_key_and_refused_of_another(
    kept_count: int, count: int
) -> None:
    authenticator = SoftwareAuthenticator()
    passkey = replace(kept(authenticator), sign_count=kept_count)
    authenticator.counter = count
    assert show(authenticator.get(), passkey).counter_went_back
    one_device = replace(passkey, backup_eligible=False, backed_up=False)
    shown = authenticator.get(flags=ONE_DEVICE)
    with pytest.raises(PasskeyRefused) as refused:
        show(shown, one_device)
    assert refused.value.reason is PasskeyReason.COUNTER
    lenient = PasskeyPolicy(refuses_older_counters=False)
    assert show(shown, one_device, lenient).counter_went_back


@pytest.mark.parametrize(("kept_count", "count"), [(0, 0), (0, 1), (8, 9), (1, 2**32 - 1)])
def test_a_counter_that_counts_or_stays_at_nothing_is_no_sign(kept_count: int, count: int) -> None:
    authenticator = SoftwareAuthenticator(flags=ONE_DEVICE)
    passkey = replace(kept(authenticator), sign_count=kept_count)
    authenticator.counter = count
    shown = show(authenticator.get(), passkey)
    assert (shown.sign_count, shown.counter_went_back) == (count, False)


def test_the_response_must_be_of_a_key_that_was_asked_for() -> None:
    authenticator = SoftwareAuthenticator()
    passkey = kept(authenticator)
    assert show(authenticator.get(), passkey, allowed=(b"another", passkey.credential_id))
    with pytest.raises(PasskeyRefused) as refused:
        show(authenticator.get(), passkey, allowed=(b"another",))
    assert refused.value.reason is PasskeyReason.NOT_ALLOWED
    with pytest.raises(PasskeyRefused) as refused:
        show(authenticator.get(), replace(passkey, credential_id=b"another"))
    assert refused.value.reason is PasskeyReason.CREDENTIAL


def test_the_response_must_be_of_the_keys_owner() -> None:
    authenticator = SoftwareAuthenticator()
    passkey = kept(authenticator)
    asked = (passkey.credential_id,)
    assert show(authenticator.get(handle=None), passkey, allowed=asked)
    for handle, allowed in ((None, ()), (b"x" * 64, ()), (b"x" * 64, asked)):
        with pytest.raises(PasskeyRefused) as refused:
            show(authenticator.get(handle=handle), passkey, allowed=allowed)
        assert refused.value.reason is PasskeyReason.OWNER


def test_a_key_that_is_made_anew_in_an_assertion_is_refused() -> None:
    authenticator = SoftwareAuthenticator()
    with pytest.raises(PasskeyRefused) as refused:
        show(authenticator.get(attested=True), kept(authenticator))
    assert refused.value.reason is PasskeyReason.CREDENTIAL


def test_extension_outputs_that_were_not_asked_for_change_nothing() -> None:
    authenticator = SoftwareAuthenticator()
    assert register(authenticator.create(extensions={"credProtect": 2}))
    assert show(authenticator.get(extensions={"hmac-secret": b"x" * 64}), kept(authenticator))


@pytest.mark.requirement(41)
def test_every_refusal_reads_the_same() -> None:
    texts = {str(PasskeyRefused(reason)) for reason in PasskeyReason}
    assert texts == {"The passkey does not open anything here"}
    assert len({str(UnacceptablePasskey(reason)) for reason in PasskeyReason}) == 1


def test_what_was_verified_does_not_show_the_key() -> None:
    new = register(SoftwareAuthenticator().create())
    assert repr(new.public_key) not in repr(new)
