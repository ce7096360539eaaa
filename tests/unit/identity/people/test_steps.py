"""Where signing in goes next."""

from curtilage.core.page import Visit
from curtilage.identity.people.steps import again_of, arrival_of, second_of
from curtilage.identity.people.views import Arrival


def test_what_comes_next_is_one_value_of_the_query() -> None:
    assert second_of("/a?b=c&d=e#f") == "/login/second?next=/a%3Fb%3Dc%26d%3De%23f"
    assert again_of("/ä b") == "/login/again?next=/%C3%A4%20b"


def test_from_where_a_visit_is() -> None:
    visit = Visit(
        None, "/login", session="s", peer="192.0.2.7", agent="curl/8", browser="b", language="fr"
    )
    assert arrival_of(visit) == Arrival("192.0.2.7", "curl/8", "s", "b", "fr")
