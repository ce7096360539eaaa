from tests.fakes.console import FakeConsole
from tests.fakes.ids import fixed_id
from tests.fakes.ledger import FakeLedger
from tests.fakes.live import REFUSED
from tests.fakes.visitor import Visitor


async def a_visitor(**told: object) -> Visitor:
    return await Visitor(FakeConsole(ledger=FakeLedger(**told))).sign_in()  # type: ignore[arg-type]


async def test_the_ledger_shows_writers_checkpoint_and_anchor() -> None:
    text = (await (await a_visitor()).get("/console/ledger")).text
    assert "gateway-1" in text
    assert "ledger.curtilage.example/tenant-orchard" in text
    assert "the key directory" in text


async def test_the_ledger_claims_no_more_than_it_proves() -> None:
    text = (await (await a_visitor()).get("/console/ledger")).text
    assert "Every request leaves two records" in text and "up to the last anchor" in text
    assert "both directories" in text
    assert "Nobody can" not in text and "unseen" not in text
    assert "compare it with a later one" in text


async def test_an_empty_ledger_says_how_it_begins() -> None:
    text = (await (await a_visitor(is_empty=True)).get("/console/ledger")).text
    assert "Nothing is written yet" in text
    assert "none yet" in text


async def test_verifying_starts_a_check_and_shows_its_verdict() -> None:
    visitor = await a_visitor(slowness=1)
    begun = await visitor.post("/console/ledger/checks", page="/console/ledger")
    assert begun.status_code == 303
    path = begun.headers["location"]
    running = (await visitor.get(path)).text
    assert "Checking." in running
    assert f'hx-get="{path}"' in running
    done = (await visitor.get(path, hx_request="true")).text
    assert "The ledger holds." in done
    assert "<html" not in done
    assert "hx-get" not in done


async def test_a_broken_ledger_names_the_place() -> None:
    visitor = await a_visitor(holds=False)
    text = (await visitor.get(f"/console/ledger/checks/{fixed_id(7)}")).text
    assert "The ledger does not hold." in text
    assert "gateway-1" in text
    assert "1\u202f207" in text


async def test_an_unknown_check_or_record_is_not_there() -> None:
    visitor = await a_visitor()
    assert (await visitor.get(f"/console/ledger/checks/{fixed_id(8)}")).status_code == 404
    assert (await visitor.get(f"/console/ledger/records/{fixed_id(404)}")).status_code == 404


async def test_a_proof_can_be_read_and_saved() -> None:
    visitor = await a_visitor()
    page = await visitor.get(f"/console/ledger/records/{fixed_id(7)}")
    assert "c2sp.org/tlog-proof@v1" in page.text
    saved = await visitor.get(f"/console/ledger/proofs/{fixed_id(7)}")
    assert saved.text.startswith("c2sp.org/tlog-proof@v1")
    assert "attachment" in saved.headers["content-disposition"]


async def test_a_refusal_is_explained_by_its_reason_and_what_became_of_it() -> None:
    visitor = await a_visitor()
    text = (await visitor.get(f"/console/ledger/explain?request={REFUSED}")).text
    assert "Refused: The key does not hold this purpose." in text
    assert "gateway.purpose-not-held" in text
    assert "Refused; nothing left. Status 403." in text
    assert "It was not scanned" in text and "Nothing was found" not in text
    allowed = (await visitor.get(f"/console/ledger/explain?request={fixed_id(7)}")).text
    assert "Answered. Status 200." in allowed and "external, by openai" in allowed
    assert "leaves as a token" in allowed


async def test_a_request_is_explained_by_its_id() -> None:
    visitor = await a_visitor()
    answer = await visitor.get(f"/console/ledger/explain?request=%20{fixed_id(7).upper()}%20")
    assert answer.status_code == 200
    assert "Cards never leave." in answer.text


async def test_what_is_no_request_id_is_an_error_beside_the_field() -> None:
    visitor = await a_visitor()
    answer = await visitor.get("/console/ledger/explain?request=hello")
    assert answer.status_code == 422
    assert '<a href="#request">' in answer.text
    assert "hello" not in answer.text
