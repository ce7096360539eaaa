"""Which protocol's shape a caller expects."""

import pytest

from curtilage.gateway.shapes import find_dialect

ANTHROPIC = [(b"anthropic-version", b"2023-06-01")]


@pytest.mark.parametrize(
    ("path", "headers", "name"),
    [
        ("/v1/messages", [], "anthropic"),
        ("/v1/messages/count_tokens", [], "anthropic"),
        ("/v1/chat/completions", ANTHROPIC, "openai"),
        ("/v1/models", [], "openai"),
        ("/v1/models", ANTHROPIC, "anthropic"),
        ("/v1/models/claude-next", ANTHROPIC, "anthropic"),
        ("/v1/files", ANTHROPIC, "anthropic"),
        ("/v1/files", [], "openai"),
        ("/v1/modelsmith", ANTHROPIC, "openai"),
        ("/openai/deployments/x", [], "azure"),
        ("/v1/models/g:batchEmbedContents", [], "gemini"),
        ("/v1/models/ft:gpt-4o:a", [], "openai"),
        ("/model/m/converse", [], "bedrock"),
        ("/async-invoke", [], "bedrock"),
        ("/v1beta/models/g:generateContent", [], "gemini"),
        ("/openai/v1/chat/completions", ANTHROPIC, "azure"),
    ],
)
def test_the_path_tells_and_where_both_have_it_the_headers(
    path: str, headers: list[tuple[bytes, bytes]], name: str
) -> None:
    assert find_dialect(path, headers).name == name
