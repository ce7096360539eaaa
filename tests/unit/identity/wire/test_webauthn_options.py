"""What browsers are asked, and who else may ask them."""

import json
from datetime import timedelta

import pytest

from curtilage.identity.models import Passkey
from curtilage.identity.wire.errors import UnacceptableOrigin
from curtilage.identity.wire.webauthn_options import (
    CEREMONY_LIFE,
    MOST_RELATED,
    Hint,
    PasskeyPolicy,
    UserVerification,
    accepted_signal,
    creation_options,
    mint_challenge,
    mint_user_handle,
    related_origins,
    request_options,
    unknown_signal,
    verify_origin,
)
from tests.fakes import FixedEntropy
from tests.fakes.clock import START

PASSKEY = Passkey(
    id="passkey-1",
    credential_id=b"\xff\xfe\xfd",
    public_key=b"key",
    sign_count=0,
    rp_id="harbour.example",
    backup_eligible=True,
    backed_up=True,
    transports=("internal", "hybrid"),
    aaguid="00000000-0000-0000-0000-000000000000",
    label="Phone",
    created_at=START,
)
NAMED = {"type": "public-key", "id": "__79", "transports": ["internal", "hybrid"]}


@pytest.mark.requirement(49)
def test_a_passkey_is_asked_for_that_can_be_found_without_a_name() -> None:
    options = creation_options(
        challenge=b"c" * 32,
        rp_id="harbour.example",
        rp_name="Harbour",
        user_handle=b"h" * 64,
        user_name="ada",
        display_name="Ada",
        exclude=[PASSKEY],
        hints=[Hint.HYBRID],
    )
    assert options == json.loads(json.dumps(options))
    assert options["rp"] == {"id": "harbour.example", "name": "Harbour"}
    assert options["user"] == {"id": "aGho" * 21 + "aA", "name": "ada", "displayName": "Ada"}
    assert options["challenge"] == "Y2Nj" * 10 + "Y2M"
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert [each["alg"] for each in options["pubKeyCredParams"]] == [-7, -8, -257]
    assert options["excludeCredentials"] == [NAMED]
    assert (options["attestation"], options["hints"]) == ("none", ["hybrid"])
    assert options["timeout"] == 300_000


def test_makers_are_asked_to_name_themselves_only_where_somebody_trusts_them() -> None:
    options = creation_options(
        challenge=b"c" * 16,
        rp_id="harbour.example",
        rp_name="Harbour",
        user_handle=b"h",
        user_name="ada",
        display_name="Ada",
        policy=PasskeyPolicy(
            roots={"packed": (b"pem",)}, user_verification=UserVerification.PREFERRED
        ),
    )
    assert options["attestation"] == "direct"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert options["excludeCredentials"] == []


def test_a_passkey_is_asked_for_by_id_or_left_to_the_person() -> None:
    asked = request_options(challenge=b"c" * 32, rp_id="harbour.example", allowed=[PASSKEY])
    assert asked["allowCredentials"] == [NAMED]
    assert (asked["rpId"], asked["userVerification"]) == ("harbour.example", "required")
    assert request_options(challenge=b"c" * 32, rp_id="x.example")["allowCredentials"] == []


@pytest.mark.requirement(49)
def test_challenges_and_user_handles_are_long_and_new() -> None:
    entropy = FixedEntropy()
    assert len(mint_challenge(entropy)) == 32
    assert mint_challenge(entropy) != mint_challenge(entropy)
    assert len(mint_user_handle(entropy)) == 64
    assert timedelta(minutes=5) >= CEREMONY_LIFE
    with pytest.raises(ValueError, match="16"):
        request_options(challenge=b"c" * 15, rp_id="harbour.example")


@pytest.mark.requirement(50)
def test_devices_are_told_what_is_left() -> None:
    assert unknown_signal(rp_id="harbour.example", credential_id=b"\xff\xfe\xfd") == {
        "rpId": "harbour.example",
        "credentialId": "__79",
    }
    accepted = accepted_signal(rp_id="harbour.example", user_handle=b"h", passkeys=[PASSKEY])
    assert accepted == {
        "rpId": "harbour.example",
        "userId": "aA",
        "allAcceptedCredentialIds": ["__79"],
    }


@pytest.mark.requirement(50)
@pytest.mark.complaint(22)
def test_related_origins_are_named_once_and_not_many() -> None:
    origins = ["https://harbour.example", "https://harbour.example.org:8443"]
    assert related_origins([*origins, origins[0]]) == {"origins": origins}
    with pytest.raises(UnacceptableOrigin):
        related_origins([f"https://{number}.example" for number in range(MOST_RELATED + 1)])
    with pytest.raises(UnacceptableOrigin):
        related_origins([*origins, "https://evil.example/path"])


@pytest.mark.parametrize(
    "origin",
    [
        "https://harbour.example",
        "https://a.b-c.xn--bcher-kva.example:8443",
        "https://192.0.2.7",
        "http://localhost",
        "http://localhost:8787",
    ],
)
def test_an_origin_as_browsers_send_it(origin: str) -> None:
    assert verify_origin(origin) == origin


@pytest.mark.parametrize(
    "origin",
    [
        "", "harbour.example", "http://harbour.example", "https://Harbour.example", "https://harbour.example/",
        "https://harbour.example:443", "http://localhost:80", "http://localhost.evil.example", "https://bücher.example",
        "https://hаrbour.example", "https://a@harbour.example", "https://harbour.example?x", "https://harbour..example",
        "https://-x.example", "https://x.example\n", "https://*.example", "null", "https://harbour.example:0",
        "https://harbour.example:999999", "https://" + "a" * 254, "android:apk-key-hash:x",
    ],
)  # fmt: skip
def test_another_spelling_is_no_origin(origin: str) -> None:
    with pytest.raises(UnacceptableOrigin) as refused:
        verify_origin(origin)
    assert not origin or origin not in str(refused.value)


@pytest.mark.parametrize("algorithms", [(), (-35,), (-7, -65535), (-7, 0)])
def test_a_policy_offers_what_can_be_verified(algorithms: tuple[int, ...]) -> None:
    assert PasskeyPolicy(algorithms=(-7, -8, -36, -257))
    with pytest.raises(ValueError, match="verified"):
        PasskeyPolicy(algorithms=algorithms)
