"""Registration has its endpoints where it is on; `test_oidf_dynamic.py` walks them."""

from pathlib import Path

from curtilage.core.db.engine import open_database
from curtilage.identity.oauth.registration_api import RegistrationEndpoints
from tests.fakes import FixedClock
from tests.oauth_house import an_oauth_house


async def test_endpoints_are_there_where_registration_is_on(
    filled_dir: Path, clock: FixedClock
) -> None:
    database = open_database("sqlite", filled_dir)
    issuer = "https://id.orchard.example/tenant"
    for setting, count in (("token", 4), ("off", 0)):
        house = an_oauth_house(database, clock=clock, issuer=issuer, registration=setting)
        doors = house.oauth.endpoints.registration
        assert isinstance(doors, RegistrationEndpoints)
        paths = [each.path for each in house.oauth.as_slice().endpoints]
        assert len([path for path in paths if "/register" in path]) == count
        assert [each.method for each in doors.endpoints()] == ["POST", "GET", "PUT", "DELETE"]
        assert all(each.path.startswith("/tenant/oauth2/register") for each in doors.endpoints())
    await database.close()
