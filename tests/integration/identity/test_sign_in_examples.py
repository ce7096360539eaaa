"""Apps of a few lines sign people in by a whole running service, as their readers do it."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.integration.identity.apps import Person, add_second_factor, running_example
from tests.integration.identity.test_whole_service import enrol
from tests.integration.service import RunningService, running_service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]
Meet = Callable[..., Person]
JSON = {"accept": "application/json"}


@contextmanager
def a_service(folder: Path) -> Iterator[RunningService]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", "x")
        patch.setenv("ANTHROPIC_API_KEY", "x")
        with running_service(folder, **{"identity.inside": ["127.0.0.0/8"]}) as running:
            enrol(running)
            yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with a_service(tmp_path_factory.mktemp("sign-in")) as running:
        yield running


@pytest.fixture(scope="module", params=["starlette", "django", "fastapi"])
def app(request: pytest.FixtureRequest, service: RunningService) -> Iterator[str]:
    if request.param == "django":
        pytest.importorskip("django")
    with running_example(request.param, service) as base:
        yield base


@pytest.fixture
def meet(service: RunningService) -> Iterator[Meet]:
    """People with a browser each, which is closed afterwards."""
    with ExitStack() as stack:

        def one(seed: bytes = b"") -> Person:
            person = Person(service, seed)
            stack.callback(person.client.close)
            return person

        yield one


def name_at(app: str) -> str:
    """The cookie of a session: issuer and apps share this machine's, told apart by ports."""
    return f"curtilage-app-{app.rpartition(':')[2]}"


def secret_of(person: Person, app: str) -> str:
    return dict(person.client.cookies)[name_at(app)]


@pytest.mark.requirement(29, 30, 31)
def test_a_person_signs_in_and_is_known(app: str, meet: Meet) -> None:
    told = httpx.get(f"{app}/", headers=JSON, verify=False)
    assert told.status_code == 401
    assert told.headers["content-type"] == "application/problem+json"
    assert told.headers["www-authenticate"].startswith("Bearer")
    ada = meet()
    assert ada.open(f"{app}/").text == "Hello ada"
    assert ada.client.get(f"{app}/", headers=JSON).text == "Hello ada"
    assert ada.client.get(f"{app}/call").text == "A token of 3 parts"
    refused = ada.client.get(f"{app}/research")
    assert (refused.status_code, refused.json()["code"]) == (403, "relying.purpose-missing")
    assert httpx.get(f"{app}/", headers=JSON, verify=False).status_code == 401


@pytest.mark.requirement(23)
def test_what_needs_two_factors_leads_to_them(app: str, meet: Meet) -> None:
    ada = meet()
    ada.open(f"{app}/")
    before = secret_of(ada, app)
    told = ada.client.get(f"{app}/vault", headers=JSON)
    assert told.status_code == 401
    assert 'error="insufficient_user_authentication"' in told.headers["www-authenticate"]
    assert 'acr_values="aal2"' in told.headers["www-authenticate"]
    led = ada.client.get(f"{app}/vault")
    assert led.headers["location"] == "/auth/login?next=%2Fvault&acr=aal2"
    onward = ada.client.get(led.url.join(led.headers["location"]))
    assert "acr_values=aal2" in onward.headers["location"]
    assert secret_of(ada, app) == before


@pytest.mark.requirement(33)
@pytest.mark.complaint(18)
def test_signing_out_at_the_issuer_ends_the_session_of_the_app(app: str, meet: Meet) -> None:
    ada, other = meet(), meet()
    for person in (ada, other):
        assert person.open(f"{app}/").text == "Hello ada"
    ada.sign_out()
    give_up = time.monotonic() + 30
    while ada.client.get(f"{app}/", headers=JSON).status_code != 401:
        assert time.monotonic() < give_up, "the app was not told"
        time.sleep(0.2)
    assert other.client.get(f"{app}/", headers=JSON).text == "Hello ada"


@pytest.mark.requirement(11, 32)
def test_signing_out_of_the_app_signs_out_of_the_issuer(
    app: str, service: RunningService, meet: Meet
) -> None:
    ada = meet()
    ada.open(f"{app}/")
    asked = ada.client.get(f"{app}/auth/logout")
    assert "<button>Sign out</button>" in asked.text
    evil = {"origin": "https://attacker.example"}
    assert ada.client.post(f"{app}/auth/logout", headers=evil).status_code == 400
    assert ada.client.get(f"{app}/", headers=JSON).status_code == 200
    left = ada.client.post(f"{app}/auth/logout", headers={"origin": app})
    assert left.headers["location"].startswith(f"{service.settings.public_url}/oauth2/logout?")
    page = left
    while page.is_redirect and not page.headers["location"].startswith(app):
        page = ada.client.get(page.url.join(page.headers["location"]))
    assert page.headers["location"] == f"{app}/"
    assert ada.client.get(f"{app}/", headers=JSON).status_code == 401
    begun = ada.client.get(f"{app}/auth/login")
    page = ada.client.get(begun.headers["location"])
    while page.is_redirect:
        page = ada.client.get(page.url.join(page.headers["location"]))
    assert page.url.path == "/login"  # there, too, somebody has to sign in anew


@pytest.mark.requirement(23, 29)
def test_a_second_factor_opens_what_needs_it(tmp_path: Path) -> None:
    """A service of its own: who has a second factor is asked for it from then on."""
    with a_service(tmp_path) as service, running_example("starlette", service) as app:
        ada = Person(service)
        assert ada.open(f"{app}/").text == "Hello ada"
        ada.seed = asyncio.run(add_second_factor(service))
        before = secret_of(ada, app)
        assert ada.open(f"{app}/vault").text == "Surely ada"
        after = secret_of(ada, app)
        assert after != before  # a stronger session is another one
        stale = httpx.get(
            f"{app}/", headers={**JSON, "cookie": f"{name_at(app)}={before}"}, verify=False
        )
        assert stale.status_code == 401
        ada.client.close()
