from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OKPKey, RSAKey

from curtilage.core.errors import SetupError
from curtilage.core.settings import Source
from curtilage.identity.providers.build import make_providers
from curtilage.identity.providers.configuration import read_providers
from curtilage.identity.providers.settings import ProviderSettings
from tests.signed_tokens import EC_KEY, ED_KEY, RSA_KEY

GOOD = {"issuer": "https://harbour.example", "client_id": "c", "client_secret_env": "HARBOUR"}
GOOGLE = {"preset": "google", "client_id": "c", "client_secret_env": "GOOGLE"}
ENTRA = {"preset": "microsoft", "client_id": "c", "client_secret_env": "ENTRA"}
SECRETS = {"HARBOUR": "s-1", "GOOGLE": "s-2", "ENTRA": "s-3"}


def read(**providers: dict[str, Any]) -> dict[str, ProviderSettings]:
    sources = {
        f"identity.providers.{name}.{key}": Source(value, "file.toml")
        for name, given in providers.items()
        for key, value in given.items()
    }
    return read_providers(sources)


def test_providers_stand_under_their_names() -> None:
    found = read(harbour=GOOD, google=GOOGLE)
    assert list(found) == ["google", "harbour"]
    made = make_providers(found, SECRETS, is_open=False)
    assert (made["google"].issuer, made["google"].label) == (
        "https://accounts.google.com",
        "Google",
    )
    assert (made["harbour"].label, made["harbour"].proof.secret) == ("Harbour", "s-1")
    assert "s-1" not in repr(made)
    assert not made["harbour"].may_create
    assert not made["harbour"].trusts_email
    assert read_providers({}) == {}


def test_who_may_come_follows_who_may_sign_up_unless_told() -> None:
    found = read(harbour=GOOD, google={**GOOGLE, "may_create": False})
    made = make_providers(found, SECRETS, is_open=True)
    assert made["harbour"].may_create
    assert not made["google"].may_create


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({**GOOD, "preset": "github"}, "without OpenID Connect"),
        ({**GOOD, "preset": "gopher"}, "preset must be one of"),
        ({**GOOD, "color": "red"}, "color is not known"),
        ({**GOOD, "client_id": ""}, "client_id"),
        ({**GOOD, "issuer": ""}, "issuer"),
        ({**GOOD, "issuer": "harbour.example"}, "issuer"),
        ({**GOOD, "issuer": "https://harbour.example?x=y"}, "issuer"),
        ({**GOOD, "issuer": "https://ada@harbour.example"}, "issuer"),
        ({**GOOD, "issuer": "https://[::1"}, "issuer"),
        ({"issuer": "https://harbour.example", "client_id": "c"}, "one of the two"),
        ({**GOOD, "client_key": "absent.pem"}, "one of the two"),
        ({**GOOGLE, "client_secret_env": "", "client_key": "absent.pem"}, "names no file"),
        ({**GOOD, "preset": "apple"}, "go together for apple"),
        ({**GOOD, "team": "T"}, "is for the preset apple"),
        (ENTRA, "must name the tenants"),
        ({**ENTRA, "issuer": "https://login.microsoftonline.com/common/v2.0"}, "name the tenants"),
        ({**GOOD, "tenants": ["t-1"]}, "several tenants"),
        ({**GOOD, "domains": ["Harbour.Example"]}, "domains"),
        ({**GOOD, "domains": ["example"]}, "domains"),
        ({**GOOD, "scopes": ["email"]}, "must hold openid"),
    ],
)
def test_what_cannot_be_used_is_refused_at_the_start(given: dict[str, Any], said: str) -> None:
    with pytest.raises(SetupError, match=said):
        read(harbour=given)


def test_a_name_stands_in_addresses_and_a_domain_belongs_to_one() -> None:
    with pytest.raises(SetupError, match="small letters"):
        read(**{"Har bour": GOOD})
    with pytest.raises(SetupError, match="domain of another"):
        read(
            google={**GOOGLE, "domains": ["orchard.example"]},
            harbour={**GOOD, "domains": ["orchard.example"]},
        )


def test_one_tenant_is_an_issuer_like_any_other() -> None:
    one = {**ENTRA, "issuer": "https://login.microsoftonline.com/t-1/v2.0"}
    assert read(entra=one)["entra"].tenants == ()
    many = read(entra={**ENTRA, "tenants": ["t-1", "t-2"]})
    assert make_providers(many, SECRETS, is_open=False)["entra"].tenants == {"t-1", "t-2"}


def test_a_secret_that_is_not_there_is_refused() -> None:
    with pytest.raises(SetupError, match="HARBOUR"):
        make_providers(read(harbour=GOOD), {}, is_open=False)


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY, ED_KEY], ids=["EC", "RSA", "Ed25519"])
def test_a_key_in_a_file_signs_instead(key: Any, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    jose: ECKey | RSAKey | OKPKey = key.jose
    file.write_bytes(jose.as_pem(private=True))
    given = {**GOOD, "client_secret_env": "", "client_key": str(file)}
    made = make_providers(read(harbour=given), {}, is_open=False)["harbour"]
    assert made.proof.key is not None
    assert made.proof.key.kid == key.kid


@pytest.mark.parametrize(
    "raw", [b"", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----"]
)
def test_what_is_no_key_is_refused(raw: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(raw)
    given = {**GOOD, "client_secret_env": "", "client_key": str(file)}
    with pytest.raises(SetupError, match="client_key"):
        make_providers(read(harbour=given), {}, is_open=False)
