"""Where the server's metadata are, for every kind of issuer: the same bytes."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from curtilage.core.db.engine import open_database
from tests.fakes import FixedClock
from tests.oauth_house import an_oauth_house

ORIGIN = "https://id.orchard.example"


@pytest.mark.requirement(6, 27)
@pytest.mark.complaint(4, 5)
@pytest.mark.parametrize("path", ["", "/", "/tenant", "/tenant/", "/a/b"])
async def test_all_well_known_places_say_the_same_bytes(
    data_dir: Path, with_keys: Path, clock: FixedClock, path: str
) -> None:
    database = open_database("sqlite", data_dir)
    issuer = ORIGIN + path
    house = an_oauth_house(database, clock=clock, issuer=issuer)
    browser, at = house.browser(), path.rstrip("/")
    places = [
        f"/.well-known/oauth-authorization-server{at}",  # RFC 8414 §3.1
        f"/.well-known/openid-configuration{at}",  # RFC 8414 §5
        f"{at}/.well-known/openid-configuration",  # OpenID Connect Discovery §4
        f"{at}/.well-known/oauth-authorization-server",
    ]
    answers = [await browser.http.get(place) for place in places]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    served = answers[0].json()
    assert served["issuer"] == issuer
    assert answers[0].headers["access-control-allow-origin"] == "*"
    assert answers[0].headers["cache-control"].startswith("public")
    await database.close()


@pytest.mark.requirement(27)
async def test_every_endpoint_that_is_named_is_there(
    data_dir: Path, with_keys: Path, clock: FixedClock
) -> None:
    database = open_database("sqlite", data_dir)
    house = an_oauth_house(database, clock=clock, issuer=f"{ORIGIN}/t", registration="token")
    slice_ = house.oauth.as_slice()
    known = {each.path for each in (*slice_.endpoints, *slice_.routes)}
    served = (await house.browser().http.get("/t/.well-known/openid-configuration")).json()
    named = [value for name, value in served.items() if name.endswith(("_endpoint", "jwks_uri"))]
    assert {urlsplit(address).path for address in named} <= known
    assert len(named) == 10
    await database.close()
