"""Which operation a path names."""

from contextlib import nullcontext

import pytest

from curtilage.gateway.errors import UnservedMethod, UnservedPath
from curtilage.gateway.paths import find_operation

ARN = "arn:aws:bedrock:eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("path", "kind", "model"),
    [
        ("/v1/chat/completions", "openai.chat", ""),
        ("/v1/messages", "anthropic.messages", ""),
        ("/openai/deployments/gpt-4o/chat/completions", "azure.chat", "gpt-4o"),
        ("/openai/deployments/chat/completions", "azure.completions", "chat"),
        ("/openai/deployments/g/embeddings", "azure.embeddings", "g"),
        ("/openai/v1/completions", "azure.v1.completions", ""),
        ("/openai/files", "azure.files", ""),
        ("/openai/v1/batches", "azure.v1.batches", ""),
        ("/openai/deployments/a/b/embeddings", "", ""),
        ("/openai/deployments/a\n/embeddings", "", ""),
        (f"/openai/deployments/{'a' * 129}/embeddings", "", ""),
        ("/openai/deployments/g/embeddings\n", "", ""),
        ("/v1/nothing", "", ""),
        ("/v1beta/models/gemini-2.5-pro:generateContent", "gemini.generate", "gemini-2.5-pro"),
        ("/v1beta/models/g:streamGenerateContent", "gemini.stream", "g"),
        ("/v1beta/models/g:countTokens", "gemini.count", "g"),
        ("/v1beta/models/g:embedContent", "", ""),
        ("/v1/models/g:generateContent", "gemini.v1.generate", "g"),
        ("/v1/models/ft:gpt-4o:a", "", ""),
        ("/model/amazon.nova-v1:0/converse", "bedrock.converse", "amazon.nova-v1:0"),
        (
            f"/model/{ARN}:inference-profile/eu.n/count-tokens",
            "bedrock.count",
            f"{ARN}:inference-profile/eu.n",
        ),
        (f"/model/{ARN}:prompt/P:1/converse", "", ""),
        (f"/model/{ARN}:endpoint/a/b/converse", "", ""),
        ("/model/a/b/converse", "", ""),
        ("/model/m/invoke", "", ""),
        ("/v1beta/models/a/b:generateContent", "", ""),
    ],
)
def test_a_path_is_plain_or_names_a_model_in_its_shape(path: str, kind: str, model: str) -> None:
    operation = find_operation("POST", path)
    assert (operation.protocol.kind if operation else "") == kind
    assert (operation.model if operation else "") == model


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/openai/files/file-1/content", "azure.files.content"),
        ("DELETE", "/openai/v1/files/file-1", "azure.v1.files.delete"),
        ("POST", "/openai/batches/batch_1/cancel", "azure.batches.cancel"),
        ("GET", "/openai/v1/fine_tuning/jobs/ftjob-1/events", "azure.v1.fine_tuning.events"),
    ],
)
def test_what_azure_keeps_has_its_own_paths(method: str, path: str, kind: str) -> None:
    found = find_operation(method, path)
    assert found is not None and found.protocol.kind == kind


@pytest.mark.parametrize("path", ["/openai/files/import", "/openai/responses/resp_1"])
def test_what_azure_serves_beside_that_is_not_served(path: str) -> None:
    with pytest.raises(UnservedMethod) if "files" in path else nullcontext():
        assert find_operation("POST", path) is None


def test_what_a_provider_keeps_is_asked_for_by_method() -> None:
    found = find_operation("GET", "/v1/responses/resp_abcdef")
    assert found is not None
    assert (found.protocol.kind, found.kept_id) == ("openai.responses.read", "resp_abcdef")
    with pytest.raises(UnservedMethod):
        find_operation("PATCH", "/v1/responses/resp_abcdef")
    with pytest.raises(UnservedPath):
        find_operation("GET", "/v1/responses/resp_abcdef/nothing")
