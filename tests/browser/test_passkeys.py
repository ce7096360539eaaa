"""Chromium's own authenticator: our options are taken, and what it answers is read and holds."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from curtilage.identity.models import Passkey
from curtilage.identity.wire.errors import PasskeyReason, PasskeyRefused, UnacceptablePasskey
from curtilage.identity.wire.webauthn import VerifiedPasskey, verify_assertion, verify_registration
from curtilage.identity.wire.webauthn_options import (
    Hint,
    PasskeyPolicy,
    UserVerification,
    accepted_signal,
    creation_options,
    request_options,
)
from curtilage.identity.wire.webauthn_response import parse_assertion, parse_registration
from tests.fakes.clock import START

pytestmark = [pytest.mark.requirement(49)]

ORIGIN, RP_ID = "https://login.harbour.example", "harbour.example"
CHALLENGE, HANDLE = b"challenge of one ceremony", b"h" * 64
EASY = PasskeyPolicy(user_verification=UserVerification.PREFERRED)
CREATE = """async options => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return JSON.stringify(await navigator.credentials.create({publicKey}));
}"""
GET = """async options => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return JSON.stringify(await navigator.credentials.get({publicKey}));
}"""


@dataclass
class Device:
    """A page of ours, and the authenticator behind it."""

    page: Page
    session: CDPSession
    id: str

    def create(self, policy: PasskeyPolicy = EASY, exclude: tuple[Passkey, ...] = ()) -> bytes:
        options = creation_options(
            challenge=CHALLENGE, rp_id=RP_ID, rp_name="Harbour", user_handle=HANDLE,
            user_name="ada", display_name="Ada", policy=policy, exclude=exclude,
            hints=[Hint.CLIENT_DEVICE],
        )  # fmt: skip
        answer: str = self.page.evaluate(CREATE, options)
        return answer.encode()

    def get(self, policy: PasskeyPolicy = EASY, allowed: tuple[Passkey, ...] = ()) -> bytes:
        options = request_options(challenge=CHALLENGE, rp_id=RP_ID, policy=policy, allowed=allowed)
        answer: str = self.page.evaluate(GET, options)
        return answer.encode()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of ours; nothing is asked of any network."""
    context.route("**/*", lambda route: route.fulfill(content_type="text/html", body="<p>page"))
    made = context.new_page()
    made.goto(f"{ORIGIN}/")
    return made


def a_device(page: Page, **options: Any) -> Device:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    given = {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
        "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True, "defaultBackupEligibility": True,
        "defaultBackupState": True, **options,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": given})
    return Device(page, session, made["authenticatorId"])


def register(answer: bytes, policy: PasskeyPolicy = EASY) -> VerifiedPasskey:
    return verify_registration(
        parse_registration(answer),
        expected_challenge=CHALLENGE,
        expected_origins=(ORIGIN,),
        rp_id=RP_ID,
        policy=policy,
    )


def kept(new: VerifiedPasskey) -> Passkey:
    return Passkey(
        "passkey-1", new.credential_id, new.public_key, new.sign_count, RP_ID,
        new.backup_eligible, new.backed_up, new.transports, new.aaguid, "Phone", START,
    )  # fmt: skip


def show(answer: bytes, passkey: Passkey, policy: PasskeyPolicy = EASY) -> int:
    verified = verify_assertion(
        parse_assertion(answer),
        expected_challenge=CHALLENGE,
        expected_origins=(ORIGIN,),
        passkey=passkey,
        expected_user_handle=HANDLE,
        policy=policy,
    )
    assert not verified.counter_went_back
    return verified.sign_count


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
def test_a_passkey_of_a_browser_is_made_and_found_without_a_name(
    page: Page, algorithm: int
) -> None:
    device = a_device(page)
    only = PasskeyPolicy(algorithms=(algorithm,))
    new = register(device.create(only), only)
    assert (new.attestation_format, new.user_verified) == ("none", True)
    assert (new.backup_eligible, new.backed_up) == (True, True)
    assert "internal" in new.transports
    passkey = kept(new)
    count = show(device.get(only), passkey, only)
    assert show(device.get(only), replace(passkey, sign_count=count), only) > 0


def test_a_key_that_is_there_is_not_made_again(page: Page) -> None:
    device = a_device(page)
    passkey = kept(register(device.create()))
    with pytest.raises(Exception, match="InvalidStateError"):
        device.create(exclude=(passkey,))


def test_who_was_not_verified_is_told_and_refused_where_it_is_asked(page: Page) -> None:
    device = a_device(page, hasUserVerification=False, isUserVerified=False)
    made = device.create()
    new = register(made)
    assert not new.user_verified
    with pytest.raises(UnacceptablePasskey) as unfit:
        register(made, PasskeyPolicy())
    assert unfit.value.reason is PasskeyReason.UNVERIFIED
    passkey = kept(new)
    shown = device.get(allowed=(passkey,))
    assert show(shown, passkey)
    with pytest.raises(PasskeyRefused) as refused:
        show(shown, passkey, PasskeyPolicy())
    assert refused.value.reason is PasskeyReason.UNVERIFIED


def test_a_passkey_that_stopped_to_be_eligible_for_backup_is_refused(page: Page) -> None:
    device = a_device(page)
    passkey = kept(register(device.create()))
    assert show(device.get(allowed=(passkey,)), passkey)
    with pytest.raises(PasskeyRefused) as refused:
        show(device.get(), replace(passkey, backup_eligible=False))
    assert refused.value.reason is PasskeyReason.BACKUP_ELIGIBILITY


@pytest.mark.requirement(50)
def test_a_key_that_is_no_longer_accepted_is_forgotten_by_the_device(page: Page) -> None:
    device = a_device(page)
    register(device.create())
    none_left = accepted_signal(rp_id=RP_ID, user_handle=HANDLE, passkeys=())
    page.evaluate("signal => PublicKeyCredential.signalAllAcceptedCredentials(signal)", none_left)
    left = device.session.send("WebAuthn.getCredentials", {"authenticatorId": device.id})
    assert left["credentials"] == []
