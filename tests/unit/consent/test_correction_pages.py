"""Corrections in the console: said on *Try it*, listed and withdrawn."""

from dataclasses import replace

from curtilage.consent.corrections import Verdict
from tests.fakes.console import FakeConsole
from tests.fakes.corrections import EMAIL, FakeCorrections
from tests.fakes.visitor import Visitor

LIST, TRY = "/console/corrections", "/console/try"
VALUE = "ada.quill@orchard.example"
FIELDS = {
    "verdict": "not_personal", "qualified": EMAIL, "value": VALUE, "reason": "Ours", "days": "90",
}  # fmt: skip


async def a_visitor(corrections: FakeCorrections) -> Visitor:
    return await Visitor(FakeConsole(corrections=corrections)).sign_in()


async def test_what_holds_is_listed_with_who_said_it_and_why() -> None:
    text = (await (await a_visitor(FakeCorrections())).get(LIST)).text
    assert "Should be found" in text and "Not personal" in text
    assert "The address of the help desk" in text and "Ada Quill" in text
    assert "Customer number" in text and "CUSTOMER" in text
    empty = (await (await a_visitor(FakeCorrections(kept=[]))).get(LIST)).text
    assert "Nothing was corrected yet" in empty


async def test_a_finding_is_said_to_be_not_personal_where_it_is_tried() -> None:
    corrections = FakeCorrections()
    visitor = await a_visitor(corrections)
    tried = await visitor.post(TRY, page=TRY, text=f"Mail {VALUE}", purpose="assist", policy="x")
    assert f'name="value" value="{VALUE}"' in tried.text
    assert f'name="qualified" value="{EMAIL}"' in tried.text
    made = await visitor.post(LIST, page=TRY, **FIELDS)
    assert (made.status_code, made.headers["location"]) == (303, LIST)
    (said,) = corrections.said
    assert (said.verdict, said.value, said.life.days) == (Verdict.NOT_PERSONAL, VALUE, 90)
    assert VALUE not in made.headers["location"] and VALUE not in repr(said)


async def test_a_secret_is_not_offered_as_not_personal() -> None:
    visitor = await a_visitor(FakeCorrections())
    tried = await visitor.post(
        TRY, page=TRY, text="AKIAEXAMPLEEXAMPLE00", purpose="assist", policy="x"
    )
    assert "AKIAEXAMPLEEXAMPLE00" in tried.text
    assert 'value="not_personal"' not in tried.text
    assert 'value="missed"' in tried.text


async def test_what_was_missed_is_said_below_the_result() -> None:
    corrections = FakeCorrections()
    visitor = await a_visitor(corrections)
    await visitor.post(LIST, page=TRY, **{**FIELDS, "verdict": "missed"})
    assert corrections.said[0].verdict is Verdict.MISSED


async def test_what_is_not_offered_is_refused() -> None:
    corrections = FakeCorrections()
    visitor = await a_visitor(corrections)
    for wrong in ({"verdict": "harmless"}, {"days": "9999"}, {"days": ""}):
        assert (await visitor.post(LIST, page=TRY, **{**FIELDS, **wrong})).status_code == 422
    assert (await visitor.post(LIST, token="", **FIELDS)).status_code == 403
    assert corrections.said == []


async def test_one_is_withdrawn_from_the_list() -> None:
    corrections = FakeCorrections()
    visitor = await a_visitor(corrections)
    assert (await visitor.post(f"{LIST}/correction-1/withdraw", page=LIST)).status_code == 303
    assert [each.id for each in corrections.kept] == ["correction-2"]
    assert (await visitor.post(f"{LIST}/gone/withdraw", page=LIST)).status_code == 404


async def test_words_of_others_are_text() -> None:
    hostile = replace(FakeCorrections().kept[0], reason="<script>alert(1)</script>")
    text = (await (await a_visitor(FakeCorrections(kept=[hostile]))).get(LIST)).text
    assert "<script>alert" not in text


async def test_the_words_around_are_kept_only_where_the_box_is_ticked() -> None:
    corrections = FakeCorrections()
    visitor = await a_visitor(corrections)
    wrote = f"Mail {VALUE} today"
    tried = await visitor.post(TRY, page=TRY, text=wrote, purpose="assist", policy="x")
    assert f'name="around" value="{wrote}"' in tried.text and "checked" not in tried.text
    for keep in ({}, {"keep": "no"}, {"keep": "yes"}):
        await visitor.post(LIST, page=TRY, **FIELDS, around=wrote, **keep)
    assert [said.text for said in corrections.said] == ["", "", wrote]
    assert wrote not in repr(corrections.said)


async def test_the_list_says_what_is_kept_as_a_case() -> None:
    kept = replace(FakeCorrections().kept[0], is_case=True)
    assert (
        "Kept as a case" in (await (await a_visitor(FakeCorrections(kept=[kept]))).get(LIST)).text
    )
    assert "Kept as a case" not in (await (await a_visitor(FakeCorrections())).get(LIST)).text
