"""What the pages of joining and of the first start share."""

from curtilage.core.page import Visit
from curtilage.identity.people.first_pages import FirstForm, is_made, made_of
from curtilage.identity.people.views import JoinOffer


def test_a_form_with_problems_says_so_in_its_status() -> None:
    form = FirstForm("people/join.html", JoinOffer(), "Ada")
    assert form.page().status == 200
    assert FirstForm("people/join.html", JoinOffer(), "Ada", {"name": "No"}).page().status == 422
    assert "Ada" not in repr(form)


def test_what_the_browser_answered_is_taken_with_which_browser_it_is() -> None:
    form = {"ceremony": "person-1", "passkey": "{}"}
    visit = Visit(None, "/join/x", form=form, browser="b", agent="Firefox")
    made = made_of(visit)
    assert (made.ceremony, made.answer, made.browser, made.agent) == (
        "person-1", "{}", "b", "Firefox",
    )  # fmt: skip
    assert is_made(visit)
    assert not is_made(Visit(None, "/join/x", form={"name": "Ada"}))
    assert "person-1" not in repr(made)
