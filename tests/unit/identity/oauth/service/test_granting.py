"""A grant says how its person signed in, and has an end."""

from curtilage.identity.oauth.service.granting import new_grant
from curtilage.identity.oauth.settings import GRANT_LIFE
from tests.oauth_house import OAuthHouse


def test_a_grant_is_of_the_real_sign_in(house: OAuthHouse) -> None:
    by = house.people.sign_in("known", house.clock.now(), assurance=2)
    house.clock.advance(60)
    made = new_grant(
        house.oauth.ground, by, client="c", scopes=("openid",), resources=(), session=by.session
    )
    assert (made.auth_time, made.acr, made.amr) == (by.at, "aal2", ("pwd", "otp"))
    assert made.made_at == house.clock.now()
    assert made.expires_at - made.made_at == GRANT_LIFE
    assert not made.outlives_session
