from tests.fakes.visitor import Visitor


async def test_the_page_of_components_exists_in_development_only() -> None:
    assert (await Visitor(dev=True).get("/console/_kit")).status_code == 200
    assert (await Visitor(dev=False).get("/console/_kit")).status_code == 404
