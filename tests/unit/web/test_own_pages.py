from tests.fakes.console import FakeConsole
from tests.fakes.live import a_row
from tests.fakes.visitor import Visitor


async def test_home_is_the_first_place_of_the_navigation() -> None:
    visitor = await Visitor(FakeConsole()).sign_in()
    visitor.console.live.rows = [a_row(1)]
    for path in ("/", "/console"):
        assert (await visitor.get(path)).headers["location"] == "/console/live"


async def test_every_problem_code_leads_to_a_page() -> None:
    visitor = Visitor()
    assert "Not allowed" in (await visitor.get("/problems/denied")).text
    assert (await visitor.get("/problems/none-such")).status_code == 404
