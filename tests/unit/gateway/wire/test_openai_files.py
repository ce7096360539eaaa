"""Files, batches, jobs, forms of sound and pictures: what the gateway relies on in each."""

from typing import Any

import pytest

from curtilage.gateway.errors import QueryRefused
from curtilage.gateway.wire import anthropic_batches, openai_files, openai_media
from curtilage.gateway.wire.errors import UnexpectedShape
from curtilage.gateway.wire.facts import RequestFacts
from curtilage.gateway.wire.file_protocols import FILE_PROTOCOLS, LINES, LISTED, Listed, read_listed
from curtilage.gateway.wire.protocols import PROTOCOLS
from curtilage.shield.held import Held

PARAMS = {"model": "claude-sonnet-4-5", "max_tokens": 9, "messages": []}
NOTHING = Held()


@pytest.mark.parametrize(
    ("prepare", "document"),
    [
        (openai_files.prepare_upload, {}),
        (openai_files.prepare_upload, {"purpose": "anything"}),
        (openai_files.prepare_upload, []),
        (openai_files.prepare_batch, {}),
        (openai_files.prepare_job, {"training_file": "file-1"}),
        (openai_files.prepare_job, {"model": "gpt-5", "method": {"type": "reinforcement"}}),
        (openai_files.prepare_nothing, 1),
        (openai_files.files_of_batch, {}),
        (openai_files.files_of_batch, {"input_file_id": "a/b"}),
        (openai_files.files_of_job, {"training_file": "file-1", "validation_file": 3}),
        (anthropic_batches.prepare_batch, {"requests": []}),
        (anthropic_batches.prepare_batch, {"requests": [1]}),
        (anthropic_batches.prepare_batch, {"requests": [{"params": {**PARAMS, "stream": True}}]}),
        (anthropic_batches.prepare_batch, {"requests": [{"params": PARAMS}, {"params": {**PARAMS, "model": "x"}}]}),
        (openai_media.prepare_speech, {"model": "tts-1"}),
        (openai_media.prepare_picture, {"model": "gpt-image-1", "prompt": 1}),
        (openai_media.prepare_transcript, {"model": "whisper-1", "stream": "true"}),
        (openai_media.prepare_transcript, {}),
        (LINES["openai"]["/v1/chat/completions"].prepare, {"method": "POST", "body": 1}),
        (LINES["openai"]["/v1/responses"].prepare, {"method": "POST", "body": {"model": "gpt-5", "previous_response_id": "resp_1"}}),
    ],
)  # fmt: skip
def test_what_has_another_shape_is_refused(prepare: Any, document: Any) -> None:
    with pytest.raises(UnexpectedShape):
        prepare(document)


def test_what_is_relied_on_is_read() -> None:
    assert openai_files.prepare_upload({"purpose": "evals"}).stored
    assert openai_files.files_of_job({"training_file": "file-1"}) == ("file-1",)
    both = {"training_file": "file-1", "validation_file": "file-2"}
    assert openai_files.files_of_job(both) == ("file-1", "file-2")
    batch = {"requests": [{"params": dict(PARAMS)}, {"params": dict(PARAMS)}]}
    assert anthropic_batches.prepare_batch(batch).n == 2
    anthropic_batches.name_model(batch, "other")
    assert {one["params"]["model"] for one in batch["requests"]} == {"other"}
    line = {"method": "POST", "body": {"model": "gpt-5", "messages": []}}
    LINES["openai"]["/v1/chat/completions"].name_model(line, "other")
    assert line["body"] == {"model": "other", "messages": []}
    assert openai_media.prepare_picture({"model": "m", "prompt": "a", "n": 3}).n == 3


def test_the_files_that_a_reply_names_are_noted() -> None:
    facts = RequestFacts("")
    stats = openai_files.restore_object(
        {"id": "batch_1", "output_file_id": "file-1", "error_file_id": None, "result_files": ["file-2", 3, "a/b"]},
        NOTHING, facts,
    )  # fmt: skip
    assert (stats.reply_id, stats.names) == ("batch_1", ("file-1", "file-2"))
    for other in (1, {"id": 3}, {"id": "a/b", "result_files": {}}):
        stats = openai_files.restore_object(other, NOTHING, facts)
        assert (stats.reply_id, stats.names) == ("", ())


def test_results_are_read_here_and_not_there() -> None:
    told = {"id": "msgbatch_1", "results_url": "https://provider.example/x"}
    stats = anthropic_batches.restore_batch(told, NOTHING, RequestFacts(""))
    assert told["results_url"] == "/v1/messages/batches/msgbatch_1/results" and stats.rewritten
    for other in (1, {"id": "../x", "results_url": "x"}, {"id": "msgbatch_1", "results_url": None}):
        assert not anthropic_batches.restore_batch(other, NOTHING, RequestFacts("")).rewritten


@pytest.mark.parametrize("document", [1, {}, {"data": 1}, {"data": [1, {"revised_prompt": 2}]}, {"segments": [1], "words": {}}])  # fmt: skip
def test_replies_of_any_shape_are_left_as_they_came(document: Any) -> None:
    facts = RequestFacts("")
    assert openai_media.restore_pictures(document, NOTHING, facts).usage.prompt is None
    assert openai_media.restore_transcript(document, NOTHING, facts).usage.prompt is None


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        (b"", Listed()),
        (b"limit=5&after=file-1&order=asc&purpose=batch", Listed("file-1", "", 5, "asc", "batch")),
        (b"after_id=msgbatch_1&limit=", Listed("msgbatch_1")),
        (b"page=file_1", Listed("file_1")),
        (b"before_id=file_1", Listed(before="file_1")),
    ],
)
def test_a_list_is_asked_for_in_few_words(query: bytes, asked: Listed) -> None:
    assert LISTED.fits(query)
    assert read_listed(query) == asked


@pytest.mark.parametrize(
    "query", [b"limit=x", b"order=up", b"before_id=a&page=b", b"limit=1234567"]
)
def test_a_list_is_asked_for_in_no_other(query: bytes) -> None:
    with pytest.raises(QueryRefused):
        read_listed(query)
    for other in (b"q=ada", b"limit=5&&x", b"after=a b", b"after=a@b.example"):
        assert not LISTED.fits(other)


def test_every_operation_has_a_kind_and_a_path_of_its_own() -> None:
    served = [*PROTOCOLS.values(), *FILE_PROTOCOLS.values()]
    assert len({one.kind for one in served}) == len(served)
    assert len({(one.method, one.path) for one in served}) == len(served)


@pytest.mark.parametrize("where", ["input_blob", "output_folder"])
def test_a_batch_that_reads_or_writes_in_another_store_is_refused(where: str) -> None:
    asked = {"model": "m", "input_file_id": "file-1", "endpoint": "/chat/completions"}
    assert openai_files.prepare_batch(asked).stored
    with pytest.raises(UnexpectedShape):
        openai_files.prepare_batch({**asked, where: "https://blobs.example/in.jsonl"})
