from tests.fakes.visitor import Visitor


async def test_the_look_is_kept_and_only_known_ones() -> None:
    visitor = await Visitor().sign_in()
    answer = await visitor.post("/look", page="/console/live", look="dark", back="/console/ledger")
    assert answer.headers["location"] == "/console/ledger"
    assert 'data-look="dark"' in (await visitor.get("/console/live")).text
    bad = await visitor.post("/look", page="/console/live", look='"><script>', back="/")
    assert bad.status_code == 400
    away = await visitor.post(
        "/look", page="/console/live", look="auto", back="//elsewhere.example"
    )
    assert away.headers["location"] == "/"
