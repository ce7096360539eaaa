"""Sign-in through the ways of known providers, each against one that keeps to them.

The quirks are those of their documents: of Google, Entra, Apple, Okta, Auth0 and Keycloak.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from curtilage.app.migrations import SCRIPTS
from curtilage.core.clock import SystemClock
from curtilage.core.db.engine import open_database
from curtilage.core.db.migrate import migrate
from curtilage.identity.providers.models import ClientProof, Provider
from curtilage.identity.providers.rules.presets import PRESETS
from curtilage.identity.wire.jwk import KeySet, PublicKey
from tests.builders import TENANT
from tests.fakes import FixedClock
from tests.fakes.openid import CLIENT_ID, FakeOpenID
from tests.provider_house import ADDRESS, ProviderHouse, a_provider, a_provider_house
from tests.signed_tokens import EC_KEY, RSA_KEY

pytestmark = pytest.mark.requirement(30)
TENANT_ID = "11111111-2222-3333-4444-555555555555"
ENTRA = "https://login.microsoftonline.com"


def a_preset(name: str, **given: Any) -> Provider:
    preset = PRESETS[name]
    given.setdefault("issuer", preset.issuer)
    wanted: dict[str, Any] = {"trusts_email": True, "may_create": True}
    return a_provider(name, preset=preset, **(wanted | given))


def named(kid: str) -> KeySet:
    """Our key, by the name that a provider gave it."""
    public = EC_KEY.public
    return KeySet(
        (PublicKey(kid, public.thumbprint, public.algorithms, public.members, public.jose),)
    )


def a_clock() -> FixedClock:
    return FixedClock(SystemClock().now().replace(microsecond=0))


@asynccontextmanager
async def a_house(
    folder: Path, provider: Provider, there: FakeOpenID
) -> AsyncIterator[ProviderHouse]:
    database = open_database("sqlite", folder)
    await migrate(database, SCRIPTS)
    house = a_provider_house(database, folder, [provider], there, clock=there.clock)
    await house.add("Grace")
    try:
        yield house
    finally:
        house.close()
        await database.close()


async def arrive(house: ProviderHouse, at: str, there: FakeOpenID, **claims: Any) -> str:
    """Somebody comes through the provider; gives who is signed in."""
    browser = house.browser()
    given = there.authorize(await browser.leave(at), **claims)
    if house.providers.desk.ground.providers[at].preset.is_posted:
        turned = await house.browser().http.post(f"/login/with/{at}/callback", data=given)
        await browser.http.get(turned.headers["location"])
    else:
        await browser.come_back(at, given)
    return await browser.person()


async def address_of(house: ProviderHouse, address: str) -> bool:
    return await house.people.register.find(TENANT, address) is not None


async def test_google(data_dir: Path) -> None:
    """RS256, `azp`, `hd`, no `iss` in its answer, no `auth_time`."""
    there = FakeOpenID(
        "https://accounts.google.com",
        a_clock(),
        key=RSA_KEY,
        algorithms=["RS256"],
        names_issuer=False,
        tells_when=False,
        userinfo={"sub": "unused"},
        metadata={
            "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        },
        bend=lambda claims: claims | {"azp": CLIENT_ID},
    )
    async with a_house(data_dir, a_preset("google"), there) as house:
        whole = {"email_verified": True, "name": "Ada Quill"}
        assert await arrive(house, "google", there, sub="1", email="ada@gmail.com", **whole)
        assert await address_of(house, "ada@gmail.com")
        await arrive(house, "google", there, sub="2", email=ADDRESS, hd="orchard.example", **whole)
        assert await address_of(house, ADDRESS)
        elsewhere = "ben@harbour.example"  # a Google account with a mailbox of others
        assert await arrive(house, "google", there, sub="3", email=elsewhere, **whole)
        assert not await address_of(house, elsewhere)
        assert "GET /userinfo" not in there.asked


def entra(clock: FixedClock) -> FakeOpenID:
    """A template for an issuer, `tid`, `iat` five minutes back, no `email_verified`."""
    return FakeOpenID(
        f"{ENTRA}/organizations/v2.0",
        clock,
        key=RSA_KEY,
        algorithms=["RS256"],
        told_issuer=f"{ENTRA}/{{tenantid}}/v2.0",
        names_issuer=False,
        dated_back=300,
        bend=lambda claims: (
            {"iss": f"{ENTRA}/{claims['tid']}/v2.0"}
            | {name: value for name, value in claims.items() if name != "iss"}
            | {"ver": "2.0"}
        ),
    )


@pytest.mark.complaint(23)
async def test_microsoft_with_several_tenants(data_dir: Path) -> None:
    there = entra(a_clock())
    provider = a_preset("microsoft", tenants=frozenset({TENANT_ID}))
    async with a_house(data_dir, provider, there) as house:
        ada = await house.add("Ada", address=ADDRESS)
        claims = {"tid": TENANT_ID, "name": "Somebody Else", "email": ADDRESS}
        # Any administrator of a tenant may write any address ("nOAuth"): it connects nothing.
        assert await arrive(house, "microsoft", there, sub="1", **claims) == "Somebody Else"
        assert await house.links_of(ada) == []
        owned = claims | {"xms_edov": True}
        assert await arrive(house, "microsoft", there, sub="2", **owned) == "Ada"
        assert [each.issuer for each in await house.links_of(ada)] == [f"{ENTRA}/{TENANT_ID}/v2.0"]
        stranger = claims | {"tid": "99999999-2222-3333-4444-555555555555"}
        assert await arrive(house, "microsoft", there, sub="2", **stranger) == ""
        assert await arrive(house, "microsoft", there, sub="2", **(claims | {"tid": None})) == ""


async def test_microsoft_with_one_tenant(data_dir: Path) -> None:
    issuer = f"{ENTRA}/{TENANT_ID}/v2.0"
    there = FakeOpenID(
        issuer, a_clock(), key=RSA_KEY, algorithms=["RS256"], names_issuer=False, dated_back=300
    )
    there.client_keys, there.assertion_audience = named("k-7"), f"{issuer}/token"
    proof = ClientProof(key=EC_KEY, key_id="k-7")
    async with a_house(data_dir, a_preset("microsoft", issuer=issuer, proof=proof), there) as house:
        assert await arrive(house, "microsoft", there, name="Ada", tid=TENANT_ID) == "Ada"


async def test_apple(data_dir: Path) -> None:
    """A secret that is a token, an answer that is a form, truth that is text, a relay address."""
    there = FakeOpenID(
        "https://appleid.apple.com",
        a_clock(),
        key=RSA_KEY,
        algorithms=["RS256"],
        names_issuer=False,
        secret_is_token=True,
        client_keys=named("APPLEKEY"),
        assertion_issuer="TEAM",
        assertion_audience="https://appleid.apple.com",
        metadata={
            "authorization_endpoint": "https://appleid.apple.com/auth/authorize",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "response_modes_supported": ["query", "fragment", "form_post"],
        },
        bend=lambda claims: claims | {"nonce_supported": True},
    )
    proof = ClientProof(key=EC_KEY, key_id="APPLEKEY", team="TEAM")
    relay = "x7y8z9@privaterelay.appleid.com"
    async with a_house(data_dir, a_preset("apple", proof=proof), there) as house:
        claims = {"email": relay, "email_verified": "true", "is_private_email": "true"}
        assert await arrive(house, "apple", there, sub="001.a", **claims) == "x7y8z9"
        assert await address_of(house, relay)
        later = await arrive(house, "apple", there, sub="001.a")  # Apple says it only once
        assert later == "x7y8z9"
        lied = {"email": ADDRESS, "email_verified": "false"}
        assert await arrive(house, "apple", there, sub="001.b", **lied) == "Somebody"
        assert not await address_of(house, ADDRESS)


@pytest.mark.parametrize(
    ("name", "issuer", "tells"),
    [
        ("okta", "https://orchard.okta.example/oauth2/default", ["ES256", "RS256"]),
        ("auth0", "https://orchard.eu.auth0.example/", ["HS256", "RS256"]),
        ("keycloak", "https://id.orchard.example/realms/staff", ["PS384", "RS256", "HS256"]),
    ],
)
async def test_servers_of_ones_own(
    data_dir: Path, name: str, issuer: str, tells: list[str]
) -> None:
    """Issuers with paths and with a slash at the end; what is told of people lies in userinfo."""
    there = FakeOpenID(
        issuer,
        a_clock(),
        key=RSA_KEY,
        algorithms=tells,
        names_issuer=name == "keycloak",
        userinfo={
            "sub": "sub-ada",
            "email": ADDRESS,
            "email_verified": True,
            "name": "Ada Quill",
        },
    )
    async with a_house(data_dir, a_preset(name, issuer=issuer), there) as house:
        assert await arrive(house, name, there) == "Ada Quill"
        assert await address_of(house, ADDRESS)
        assert "GET " + issuer.partition(".example")[2].rstrip("/") + "/userinfo" in there.asked


async def test_two_factors_there_are_two_here_where_that_is_trusted(data_dir: Path) -> None:
    there = FakeOpenID("https://id.orchard.example", a_clock())
    for trusts, waits in ((True, ""), (False, "/login/second?next=/account")):
        provider = a_preset("oidc", issuer=there.issuer, trusts_mfa=trusts)
        folder = data_dir / str(trusts)
        folder.mkdir()
        async with a_house(folder, provider, there) as house:
            await house.add("Ada", address=ADDRESS, totp=True)
            browser = house.browser()
            given = there.authorize(
                await browser.leave("oidc"), email=ADDRESS, email_verified=True, amr=["pwd", "mfa"]
            )
            answer = await browser.come_back("oidc", given)
            assert answer.headers["location"] == (waits or "/account")
            assert await browser.person() == ("" if waits else "Ada")
