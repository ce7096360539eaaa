"""Anthropic's files through its own SDK: tokens at the provider, values with the caller."""

from collections.abc import Iterator
from typing import Any

import anthropic
import openai
import pytest

from tests.fakes.filestore import FileStore
from tests.integration.service import RunningService

ADA = "ada.quill@orchard.example"
TEXT = f"Dear {ADA}, good morning.".encode()
PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def store(service: RunningService) -> FileStore:
    store = FileStore()
    service.provider.script = store
    return store


@pytest.fixture
def claude(service: RunningService, store: FileStore) -> Iterator[anthropic.Anthropic]:
    with client_of(service) as client:
        yield client


def client_of(service: RunningService, **given: Any) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=service.url, api_key=service.key(**given), max_retries=0)


def upload(client: anthropic.Anthropic, content: bytes = TEXT, name: str = f"{ADA}.txt") -> str:
    return client.beta.files.upload(file=(name, content, "text/plain")).id


def test_a_file_goes_out_in_tokens_and_comes_back_in_values(
    service: RunningService, store: FileStore, claude: anthropic.Anthropic
) -> None:
    file = claude.beta.files.upload(
        file=(f"{ADA}.txt", TEXT, "text/plain"), betas=["files-api-2025-04-14"]
    ).id
    assert ADA.encode() not in store.stored + service.provider.received[0].body
    assert service.provider.received[0].headers["anthropic-beta"] == "files-api-2025-04-14"
    assert claude.beta.files.retrieve_metadata(file).filename == f"{ADA}.txt"
    assert claude.beta.files.download(file).read() == TEXT
    assert claude.beta.files.delete(file).type == "file_deleted"
    with pytest.raises(anthropic.NotFoundError):
        claude.beta.files.retrieve_metadata(file)


def test_another_key_knows_none_of_the_ids(
    service: RunningService, store: FileStore, claude: anthropic.Anthropic
) -> None:
    file = upload(claude)
    asked = len(service.provider.received)
    with client_of(service, name="other") as other:
        assert list(other.beta.files.list()) == []
        for act in (
            other.beta.files.retrieve_metadata, other.beta.files.download, other.beta.files.delete,
        ):  # fmt: skip
            with pytest.raises(anthropic.NotFoundError) as unknown:
                act(file)
            told: Any = unknown.value.body
            assert told["type"] == "error"
    assert len(service.provider.received) == asked


def test_a_list_goes_on_page_by_page_in_either_direction(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    files = [upload(claude) for _ in range(3)]
    newest = files[::-1]
    assert [one.id for one in claude.beta.files.list(limit=2)] == newest
    with service.client("", **{"x-api-key": claude.api_key or "", "anthropic-version": "2023-06-01"}) as plain:  # fmt: skip
        plain.headers.pop("authorization")
        told = plain.get(f"/v1/files?before_id={files[0]}&limit=1").json()
        assert ([one["id"] for one in told["data"]], told["has_more"]) == ([files[1]], True)
        told = plain.get(f"/v1/files?after_id={newest[0]}").json()
        assert [one["id"] for one in told["data"]] == newest[1:]
        assert (told["has_more"], told["first_id"]) == (False, newest[1])


def test_what_cannot_be_read_is_refused_by_the_usual_policy(
    store: FileStore, claude: anthropic.Anthropic
) -> None:
    with pytest.raises(anthropic.PermissionDeniedError):
        upload(claude, PDF, "a.pdf")
    with pytest.raises(anthropic.APIStatusError):
        claude.beta.files.upload(file=("a.txt", TEXT), extra_body={"purpose": ADA})
    assert store.files == {}


def test_a_key_of_two_providers_sees_in_each_list_what_lies_there(
    service: RunningService, claude: anthropic.Anthropic
) -> None:
    file = upload(claude)
    with openai.OpenAI(base_url=f"{service.url}/v1", api_key=claude.api_key, max_retries=0) as gpt:
        own = gpt.files.create(file=("a.txt", TEXT), purpose="user_data").id
        assert [one.id for one in gpt.files.list()] == [own]
        assert [one.id for one in claude.beta.files.list()] == [file]
        asked = len(service.provider.received)
        with pytest.raises(openai.APIStatusError):
            gpt.files.content(file)
        assert len(service.provider.received) == asked
