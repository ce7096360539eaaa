from curtilage.identity.providers.models import Intent
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.providers.wire.request import Secrets, callback_path, encode_request
from tests.oauth_house import CHALLENGE, VERIFIER
from tests.provider_house import a_provider

SECRETS = Secrets("s" * 43, "n" * 43, VERIFIER)
BACK = "https://curtilage.example/login/with/harbour/callback"


def test_a_request_is_bound_to_what_only_we_know() -> None:
    found = encode_request(a_provider(), SECRETS, redirect_uri=BACK, intent=Intent.SIGN_IN)
    assert found == {
        "response_type": "code",
        "client_id": "client-basket",
        "redirect_uri": BACK,
        "scope": "openid profile email",
        "state": "s" * 43,
        "nonce": "n" * 43,
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }


def test_who_is_to_sign_in_again_is_asked_for_that() -> None:
    found = encode_request(a_provider(), SECRETS, redirect_uri=BACK, intent=Intent.AGAIN)
    assert (found["prompt"], found["max_age"]) == ("login", "0")


def test_presets_ask_in_their_way() -> None:
    apple = a_provider(preset=PRESETS["apple"])
    found = encode_request(apple, SECRETS, redirect_uri=BACK, intent=Intent.SIGN_IN, hint="a@b.cd")
    assert found["response_mode"] == "form_post"
    assert found["scope"] == "openid name email"
    assert found["login_hint"] == "a@b.cd"
    entra = a_provider(preset=PRESETS["microsoft"])
    found = encode_request(entra, SECRETS, redirect_uri=BACK, intent=Intent.CONNECT)
    assert found["prompt"] == "select_account"


def test_each_provider_has_its_own_way_back() -> None:
    assert callback_path("harbour") != callback_path("valley")
